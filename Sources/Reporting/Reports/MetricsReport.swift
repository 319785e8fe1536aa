internal import Diagnostics
internal import Planning

/// A run as OpenMetrics text, for a collector of text files (conventions: OpenMetrics).
struct MetricsReport {
  private let report: RunReport

  init(_ report: RunReport) { self.report = report }

  var text: String {
    (drift + changes + findings + run).map(\.text).joined() + "# EOF\n"
  }

  /// What nobody knows has no sample: a zero would say that all is well.
  private var drift: [Family] {
    guard let plan = report.plan, plan.isRefreshed else { return [] }
    let gone = plan.plan.drift.count(where: \.isMissing)
    return [
      Family(
        "berth_drift_resources", "Targets that differ from their manifest.",
        [
          (labels([("action", "delete")]), gone),
          (labels([("action", "update")]), plan.plan.drift.count - gone),
        ])
    ]
  }

  private var changes: [Family] {
    guard let plan = report.plan?.plan, plan.mode != .refreshOnly else { return [] }
    let counts = Dictionary(grouping: plan.changes, by: \.action).mapValues(\.count)
    return [
      Family(
        "berth_planned_changes", "Targets that the plan changes.",
        Action.allCases.map { (labels([("action", $0.word)]), counts[$0] ?? 0) })
    ]
  }

  private var findings: [Family] {
    let samples = [Severity.error, .warning, .note].map { severity in
      (labels([("severity", severity.rawValue)]), report.findings.count { $0.severity == severity })
    }
    return [Family("berth_findings", "Findings of the last run.", samples)]
  }

  private var run: [Family] {
    let began = Int(report.startedAt / 1_000)
    let last = report.wentWell ? began : report.lastSuccess.map(Int.init)
    var families = [
      Family(
        "berth_managed_resources", "Targets that have a document.",
        [(labels(), report.targets.count)]),
      Family(
        "berth_exit_code", "Exit code of the last run.", [(commandLabels, Int(report.exitCode))]),
      Family(
        "berth_run_duration_seconds", "How long the last run took.", unit: "seconds",
        [(commandLabels, Int(report.duration.components.seconds))]),
      Family(
        "berth_last_run_timestamp_seconds", "When the last run began.", unit: "seconds",
        [(labels(), began)]),
    ]
    if let last {
      families.append(
        Family(
          Self.lastSuccess, "When the last run that went well began.", unit: "seconds",
          [(labels(), last)]))
    }
    return families
  }

  private static let lastSuccess = "berth_last_success_timestamp_seconds"

  private typealias Labels = [(name: String, value: String)]

  /// The workspace first, then a sample's own, and the stack where it has a name of its own.
  private func labels(_ own: Labels = []) -> Labels {
    guard let scope = report.scope else { return own }
    let stack = scope.stack == scope.workspace ? [] : [("stack", scope.stack)]
    return [("workspace", scope.workspace)] + own + stack
  }

  private var commandLabels: Labels { labels([("command", report.command.rawValue)]) }

  /// A metric with its samples.
  private struct Family {
    let name: String
    let help: String
    let unit: String?
    let samples: [(Labels, Int)]

    init(_ name: String, _ help: String, unit: String? = nil, _ samples: [(Labels, Int)]) {
      (self.name, self.help, self.unit, self.samples) = (name, help, unit, samples)
    }

    var text: String {
      let unitLine = unit.map { "# UNIT \(name) \($0)\n" } ?? ""
      return "# TYPE \(name) gauge\n# HELP \(name) \(help)\n\(unitLine)"
        + samples.map { "\(name)\(Self.labels($0)) \($1)\n" }.joined()
    }

    private static func labels(_ labels: Labels) -> String {
      guard !labels.isEmpty else { return "" }
      return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
      value.visible.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
  }
}

extension RunReport {
  /// When a run last went well, in seconds since 1970, as the text of an earlier metrics report
  /// tells: a run that fails must not forget it.
  public static func lastSuccess(inMetrics text: String) -> Int64? {
    text.split(separator: "\n").lazy
      .filter { $0.hasPrefix("berth_last_success_timestamp_seconds") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int64($0) } }.first
  }
}
