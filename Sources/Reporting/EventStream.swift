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

  /// A stream of events that happen when `timestamp` says.
  public init(sources: SourceTexts, timestamp: @escaping @Sendable () -> String) {
    self.sources = sources
    self.timestamp = timestamp
  }

  /// The first line of every stream.
  public func version(_ version: String) -> String {
    line("version", "Berth \(version)", ["name": .text(version), "ui": "1.0"])
  }

  /// A finding.
  public func diagnostic(_ finding: Diagnostic) -> String {
    let title = finding.severity.rawValue.prefix(1).uppercased() + finding.severity.rawValue.dropFirst()
    return line(
      "diagnostic", "\(title): \(finding.summary)",
      ["diagnostic": JSONObjects.diagnostic(finding, sources: sources)], level: finding.level)
  }

  /// A plan: its drift, its changes and their summary, a line each.
  public func plan(_ plan: Plan, operation: String = "plan") -> [String] {
    plan.drift.map { drift in
      line(
        "resource_drift",
        "\(drift.address): Drift detected (\(drift.isMissing ? "delete" : "update"))",
        [
          "change": [
            "resource": JSONObjects.resource(drift.address),
            "action": drift.isMissing ? "delete" : "update",
          ]
        ])
    }
      + plan.changes.map { change in
        line(
          "planned_change", "\(change.address): Plan to \(change.action.word)",
          [
            "change": [
              "resource": JSONObjects.resource(change.address),
              "action": .text(change.action.word),
              "reason": .text(change.reason.rule.id),
            ]
          ])
      } + [
        summary(PlanCounts(plan), operation: operation, "Plan: \(PlanCounts(plan).sentence)")
      ]
  }

  /// The counts at the end of a plan or an apply.
  public func summary(_ counts: PlanCounts, operation: String, _ message: String) -> String {
    line(
      "change_summary", message,
      [
        "changes": [
          "add": .integer(counts.add), "change": .integer(counts.change), "import": 0,
          "remove": .integer(counts.destroy), "forget": .integer(counts.forget),
          "attach": .integer(counts.attach), "detach": .integer(counts.detach),
          "reattach": .integer(counts.reattach), "operation": .text(operation),
        ]
      ])
  }

  /// Something that happened in an apply. An error is one `diagnostic` and one `apply_errored`.
  public func event(_ event: ApplyEvent) -> [String] {
    switch event {
    case .stepStarted(let step): [hook("apply_start", step, ApplyText.line(event), nil)]
    case .stepProgressed(let step, let elapsed):
      [hook("apply_progress", step, ApplyText.line(event), elapsed)]
    case .stepCompleted(let step, let elapsed):
      [hook("apply_complete", step, ApplyText.line(event), elapsed)]
    case .stepFailed(let step, let elapsed, let failure):
      [
        hook("apply_errored", step, ApplyText.line(event), elapsed),
        diagnostic(ApplyText.finding(step, failure)),
      ]
    case .stepSkipped(let step, _):
      [log("warn", ApplyText.line(event), ["resource": JSONObjects.resource(step.address)])]
    case .noted(let text): [log("info", text, .map([:]))]
    }
  }

  private func hook(
    _ type: String, _ step: Step, _ message: String, _ elapsed: Duration?
  ) -> String {
    var hook: AttributeValue = [
      "resource": JSONObjects.resource(step.address), "action": .text(step.act.rawValue),
    ]
    if let elapsed { hook["elapsed_seconds"] = .integer(Int(elapsed.components.seconds)) }
    return line(type, message, ["hook": hook], level: type == "apply_errored" ? "error" : "info")
  }

  /// A message that is no event of its own.
  public func log(_ level: String, _ message: String, _ values: AttributeValue) -> String {
    line("log", message, values, level: level)
  }

  private func line(
    _ type: String, _ message: String, _ values: AttributeValue, level: String = "info"
  ) -> String {
    var object = values
    object["@level"] = .text(level)
    object["@message"] = .text(message)
    object["@module"] = "berth.ui"
    object["@timestamp"] = .text(timestamp())
    object["type"] = .text(type)
    return object.canonicalJSON + "\n"
  }

  /// The one object that `validate --json` prints.
  public static func validation(_ findings: DiagnosticList, sources: SourceTexts) -> String {
    let sorted = findings.sorted
    let object: AttributeValue = [
      "format_version": "1.0", "valid": .bool(!findings.hasErrors),
      "error_count": .integer(findings.errorCount),
      "warning_count": .integer(sorted.count { $0.severity == .warning }),
      "diagnostics": .list(sorted.map { JSONObjects.diagnostic($0, sources: sources) }),
    ]
    return object.prettyJSON + "\n"
  }
}

extension Diagnostic {
  fileprivate var level: String {
    switch severity {
    case .error: "error"
    case .warning: "warn"
    case .note: "info"
    }
  }
}
