internal import BackendInterface
internal import Diagnostics
internal import TargetModel

/// A lease as people and programs read it (conventions: locks).
struct LockText {
  let record: LeaseRecord
  /// The wall time, in milliseconds since 1970.
  let now: Int64

  /// What whoever may end the lock by force is shown: also when its holder was last heard of.
  var allLines: [String] {
    let due = LeaseTimes().heartbeat.components.seconds * 1_000
    return lines + ["Heartbeat: \(heartbeat) (due every \(Self.span(due)))"]
  }

  /// Lines of `Key: value`, made visible: whoever took the lease wrote what he liked into it.
  var lines: [String] {
    let holder = record.holder
    var lines = [
      "ID:        \(record.lease.id)", "Path:      \(holder.path)",
      "Operation: \(holder.operation)", "Who:       \(holder.who)",
      "Version:   \(holder.version)", "Created:   \(created)",
    ]
    if let info = holder.info { lines.append("Info:      \(info)") }
    return lines.map(\.visible)
  }

  /// When it was taken: `2026-01-05 09:00:00 UTC (12m ago, expires in 3m)`.
  var created: String {
    let time = Self.time(record.holder.createdAt)
    let left = record.expiresAt - now
    let end = left > 0 ? "expires in \(Self.span(left))" : "expired \(Self.span(-left)) ago"
    return "\(time) (\(Self.span(now - record.holder.createdAt)) ago, \(end))"
  }

  /// When its holder was last heard of: `7s ago`.
  var heartbeat: String { "\(Self.span(now - record.renewedAt)) ago" }

  /// The members of the lock in JSON.
  var json: AttributeValue {
    [
      "id": .text(record.lease.id), "token": .integer(Int(record.lease.token)),
      "path": .text(record.holder.path), "operation": .text(record.holder.operation),
      "who": .text(record.holder.who), "version": .text(record.holder.version),
      "created": .text(Timestamp.text(record.holder.createdAt)),
      "expires": .text(Timestamp.text(record.expiresAt)),
      "heartbeat": .text(Timestamp.text(record.renewedAt)),
      "renewals": .integer(Int(record.renewals)),
      "info": record.holder.info.map(AttributeValue.text) ?? .null,
    ]
  }

  private static func time(_ milliseconds: Int64) -> String {
    "\(Timestamp.text(milliseconds).prefix(19).replacing("T", with: " ")) UTC"
  }

  /// `45s`, `12m`, `3h`, `2d`: as much as one needs to know.
  private static func span(_ milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds / 1_000)
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3_600 { return "\(seconds / 60)m" }
    if seconds < 48 * 3_600 { return "\(seconds / 3_600)h" }
    return "\(seconds / (24 * 3_600))d"
  }
}

extension Rule {
  static let stateLock = Rule("state-lock")
  static let lockLost = Rule("lock-lost")
  static let lockUnknown = Rule("lock-unknown")
}

extension Diagnostic {
  static func locked(_ record: LeaseRecord, now: Int64) -> Diagnostic {
    Diagnostic(
      .error, .stateLock, "Error acquiring the state lock",
      detail: """
        Lock Info:
        \(LockText(record: record, now: now).lines.map { "  \($0)" }.joined(separator: "\n"))
        Another run is applying in this workspace, and this one has done nothing. Wait until it \
        is done, or wait here with '--lock-timeout 5m'. If that run hangs: \
        'berth force-unlock \(record.lease.id.visible)'.
        """)
  }

  /// - Parameter severity: a warning where everything was done nevertheless.
  static func lockLost(_ severity: Severity) -> Diagnostic {
    Diagnostic(
      severity, .lockLost, "Lock was lost",
      detail: """
        Somebody removed this run's lock by force, or took it over because it was not renewed in \
        time. Nothing more was begun, and nothing more is sent. See \
        'berth lock list', and plan again when the other run is done.
        """)
  }

  static func lockUnknown(_ id: String, _ known: [LeaseRecord]) -> Diagnostic {
    let meant = nearest(to: id, among: known.map(\.lease.id))
    let hint =
      meant.map { " Did you mean \"\($0)\"?" }
      ?? (known.isEmpty ? " Nobody holds a lock." : " 'berth lock list' shows them.")
    return Diagnostic(
      .error, .lockUnknown, "Lock is not known",
      detail: "There is no lock with the id '\(id)'; it may be free by now.\(hint)")
  }
}

/// Where a pipeline's run can be looked at, as its environment tells.
enum PipelineLink {
  static func link(_ environment: [String: String]) -> String? {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let server = value("GITHUB_SERVER_URL"), let repository = value("GITHUB_REPOSITORY"),
      let run = value("GITHUB_RUN_ID")
    {
      return "\(server)/\(repository)/actions/runs/\(run)"
    }
    if let server = value("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"),
      let project = value("SYSTEM_TEAMPROJECT"),
      let build = value("BUILD_BUILDID")
    {
      return "\(server)\(project)/_build/results?buildId=\(build)"
    }
    return value("CI_JOB_URL") ?? value("BUILD_URL")
  }
}
