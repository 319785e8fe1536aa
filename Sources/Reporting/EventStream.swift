public import ApplyJournal
public import Diagnostics
public import Planning
public import TargetModel

/// The event stream (conventions: event stream): JSON objects, one a line.
///
/// Times are handed in as RFC 3339 text with microseconds.
public struct EventStream: Sendable {
  private let timestamp: @Sendable () -> String
  private let sources: SourceTexts
  private let stack: String?

  /// A stream of events that happen when `timestamp` says.
  ///
  /// - Parameter stack: the folder of the stack that they are about, where a run is about many.
  public init(
    sources: SourceTexts, stack: String? = nil, timestamp: @escaping @Sendable () -> String
  ) {
    self.sources = sources
    self.stack = stack
    self.timestamp = timestamp
  }

  // MARK: Lines of their own

  /// The first line of every stream.
  public func version(_ version: String) -> String {
    line("version", "Berth \(version)", [("name", .text(version)), ("ui", "1.0")])
  }

  /// A finding.
  public func diagnostic(_ finding: Diagnostic) -> String {
    line(
      "diagnostic", "\(finding.severity.title): \(finding.summary)",
      [("diagnostic", .value(JSONObjects.diagnostic(finding, sources: sources)))],
      level: finding.severity.level)
  }

  /// A message that is no event of its own.
  public func log(_ level: String, _ message: String, _ values: AttributeValue) -> String {
    let members = (values.map ?? [:]).map { ($0.key, OrderedJSON.value($0.value)) }
    return line("log", message, members, level: level)
  }

  /// A target is about to be read.
  public func refreshStart(_ address: TargetAddress) -> String {
    refresh("refresh_start", address, "Refreshing...")
  }

  /// A target was read.
  public func refreshComplete(_ address: TargetAddress) -> String {
    refresh("refresh_complete", address, "Refresh complete")
  }

  private func refresh(_ type: String, _ address: TargetAddress, _ what: String) -> String {
    line(
      type, "\(address): \(what)",
      [("hook", .object([("resource", JSONObjects.resource(address)), ("action", "read")]))])
  }

  /// The stack's lock is about to be taken.
  public func stateLockAcquire() -> String {
    line("state_lock_acquire", "Acquiring lock. This may take a few moments...", [])
  }

  /// The stack's lock was given back.
  public func stateLockRelease() -> String {
    line("state_lock_release", "Releasing lock", [])
  }

  // MARK: Plans

  /// A plan: its drift, its changes and their summary, a line each.
  public func plan(_ plan: Plan, operation: String = "plan") -> [String] {
    let counts = PlanCounts(plan)
    return plan.drift.map(drift) + plan.unmanaged.map(unmanaged) + plan.changes.map(change)
      + [summary(counts, operation: operation, "Plan: \(counts.sentence)")]
  }

  private func drift(_ target: DriftedTarget) -> String {
    let action = target.isMissing ? "delete" : "update"
    return line(
      "resource_drift", "\(target.address): Drift detected (\(action))",
      [
        change(of: target.address, action), ("severity", .text(target.severity.rawValue)),
        ("unclear", .value(.bool(target.isUnclear))),
      ])
  }

  private func unmanaged(_ target: UnmanagedTarget) -> String {
    let owner = target.owner.map { "the stack '\($0)' owns it" } ?? "nobody owns it"
    return line(
      "log", "\(target.address): Not managed by this stack (\(owner))",
      [("resource", JSONObjects.resource(target.address))])
  }

  private func change(_ change: Change) -> String {
    line(
      "planned_change", "\(change.address): Plan to \(change.action.word)",
      [self.change(of: change.address, change.action.word)])
  }

  private func change(of address: TargetAddress, _ action: String) -> OrderedJSON.Member {
    ("change", .object([("resource", JSONObjects.resource(address)), ("action", .text(action))]))
  }

  /// The counts at the end of a plan or an apply.
  ///
  /// - Parameter throttled: for how long the service's limits held an apply back; a second and more
  ///   is told.
  public func summary(
    _ counts: PlanCounts, operation: String, _ message: String, throttled: Duration = .zero
  ) -> String {
    let seconds = Int(throttled.components.seconds)
    let waiting: [OrderedJSON.Member] =
      seconds > 0 ? [("throttled_seconds", .integer(seconds))] : []
    return line(
      "change_summary", message,
      waiting + [
        (
          "changes",
          .object([
            ("add", .integer(counts.add)), ("change", .integer(counts.change)),
            ("import", .integer(counts.imports)), ("remove", .integer(counts.destroy)),
            ("forget", .integer(counts.forget)), ("attach", .integer(counts.attach)),
            ("detach", .integer(counts.detach)), ("reattach", .integer(counts.reattach)),
            ("operation", .text(operation)),
          ])
        )
      ])
  }

  // MARK: Applies

  /// Something that happened in an apply.
  ///
  /// An error is one `diagnostic` and one `apply_errored`.
  public func event(_ event: ApplyEvent) -> [String] {
    switch event {
    case .stepStarted(let step): [hook("apply_start", step, event.message, nil)]
    case .stepProgressed(let step, let elapsed):
      [hook("apply_progress", step, event.message, elapsed)]
    case .stepCompleted(let step, let elapsed):
      [hook("apply_complete", step, event.message, elapsed)]
    case .stepFailed(let step, let elapsed, let failure):
      [
        hook("apply_errored", step, event.message, elapsed),
        diagnostic(ApplyText.finding(step, failure)),
      ]
    case .stepSkipped(let step, _):
      [
        line(
          "log", event.message, [("resource", JSONObjects.resource(step.address))], level: "warn")
      ]
    case .noted: [line("log", event.message, [])]
    }
  }

  private func hook(
    _ type: String, _ step: Step, _ message: String, _ elapsed: Duration?
  ) -> String {
    var hook: [OrderedJSON.Member] = [
      ("resource", JSONObjects.resource(step.address)), ("action", .text(step.act.rawValue)),
    ]
    if let elapsed {
      hook.append(("elapsed_seconds", .integer(Int(elapsed.components.seconds))))
    }
    return line(
      type, message, [("hook", .object(hook))], level: type == "apply_errored" ? "error" : "info")
  }

  /// One event.
  ///
  /// The keys of the top stand sorted; those below in the order of the conventions.
  private func line(
    _ type: String, _ message: String, _ members: [OrderedJSON.Member], level: String = "info"
  ) -> String {
    let all =
      members + (stack.map { [("stack", .text($0))] } ?? []) + [
        ("@level", .text(level)), ("@message", .text(message)), ("@module", "berth.ui"),
        ("@timestamp", .text(timestamp())), ("type", .text(type)),
      ]
    return OrderedJSON.object(all.sorted { $0.key < $1.key }).text + "\n"
  }

  // MARK: Validation

  /// The one object that `validate --json` prints.
  public static func validation(_ findings: DiagnosticList, sources: SourceTexts) -> String {
    object(findings, findings.sorted.map { JSONObjects.diagnostic($0, sources: sources) })
      .prettyJSON + "\n"
  }

  /// The same for many stacks: what holds for all of them, each finding with the folder of its stack,
  /// and an object for each stack.
  ///
  /// - Parameter findings: those of no stack.
  public static func validation(
    _ findings: DiagnosticList,
    stacks: [(folder: String, findings: DiagnosticList, sources: SourceTexts)]
  ) -> String {
    var all = findings
    var diagnostics = findings.sorted.map {
      JSONObjects.diagnostic($0, sources: SourceTexts())
    }
    var objects: [AttributeValue] = []
    for stack in stacks {
      all.append(contentsOf: stack.findings.findings)
      let own = stack.findings.sorted.map {
        JSONObjects.diagnostic($0, sources: stack.sources)
      }
      diagnostics += own.map { diagnostic in
        var diagnostic = diagnostic
        diagnostic["stack"] = .text(stack.folder)
        return diagnostic
      }
      var object = object(stack.findings, own)
      object["stack"] = .text(stack.folder)
      objects.append(object)
    }
    var object = object(all, diagnostics)
    object["stacks"] = .list(objects)
    return object.prettyJSON + "\n"
  }

  private static func object(
    _ findings: DiagnosticList, _ diagnostics: [AttributeValue]
  ) -> AttributeValue {
    [
      "format_version": "1.0", "valid": .bool(!findings.hasErrors),
      "error_count": .integer(findings.errorCount),
      "warning_count": .integer(findings.findings.count { $0.severity == .warning }),
      "diagnostics": .list(diagnostics),
    ]
  }
}

extension Severity {
  /// The word before a finding's summary.
  var title: String {
    switch self {
    case .error: "Error"
    case .warning: "Warning"
    case .note: "Note"
    }
  }

  fileprivate var level: String {
    switch self {
    case .error: "error"
    case .warning: "warn"
    case .note: "info"
    }
  }
}
