internal import Diagnostics
internal import Planning

/// A run as OpenMetrics text, for a collector of text files (conventions: OpenMetrics).
struct MetricsReport {
  private let report: RunReport
  /// True if it is one of many: then its folder is what tells it from the others.
  private let isOfMany: Bool

  init(_ report: RunReport, isOfMany: Bool = false) {
    self.report = report
    self.isOfMany = isOfMany
  }

  var text: String {
    let parts = report.stacks.map { $0.map { MetricsReport($0, isOfMany: true) } } ?? [self]
    return Family.merged(parts.map(\.families)).map(\.text).joined() + "# EOF\n"
  }

  private var families: [Family] { drift + changes + findings + run }

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
    let place = isOfMany ? [("folder", report.folder.isEmpty ? "." : report.folder)] : []
    guard let scope = report.scope else { return own + place }
    let stack = scope.stack == scope.workspace ? [] : [("stack", scope.stack)]
    return [("workspace", scope.workspace)] + own + stack + place
  }

  private var commandLabels: Labels { labels([("command", report.command.rawValue)]) }

  /// A metric with its samples.
  private struct Family {
    let name: String
    let help: String
    let unit: String?
    var samples: [(Labels, Int)]

    init(_ name: String, _ help: String, unit: String? = nil, _ samples: [(Labels, Int)]) {
      (self.name, self.help, self.unit, self.samples) = (name, help, unit, samples)
    }

    var text: String {
      let unitLine = unit.map { "# UNIT \(name) \($0)\n" } ?? ""
      return "# TYPE \(name) gauge\n# HELP \(name) \(help)\n\(unitLine)"
        + samples.map { "\(name)\(Self.labels($0)) \($1)\n" }.joined()
    }

    /// The families of several runs, each with the samples of all: a metric stands in one place.
    static func merged(_ parts: [[Family]]) -> [Family] {
      var merged: [Family] = []
      for family in parts.joined() {
        if let place = merged.firstIndex(where: { $0.name == family.name }) {
          merged[place].samples += family.samples
        } else {
          merged.append(family)
        }
      }
      return merged
    }

    static func labels(_ labels: Labels) -> String {
      guard !labels.isEmpty else { return "" }
      return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
      value.visible.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
  }
}

extension RunReport {
  /// Takes over when such a run last went well, as the text of an earlier metrics report tells: a run
  /// that fails must not forget it.
  public mutating func rememberSuccess(fromMetrics text: String) {
    let lines = text.split(separator: "\n").filter {
      $0.hasPrefix("berth_last_success_timestamp_seconds")
    }
    guard let parts = stacks else {
      lastSuccess = lines.first.flatMap(Self.time)
      return
    }
    let times = Dictionary(
      lines.compactMap { line in
        MetricsReport.folder(inLine: line).flatMap { folder in
          Self.time(line).map { (folder, $0) }
        }
      }, uniquingKeysWith: { first, _ in first })
    stacks = parts.map { part in
      var part = part
      part.lastSuccess = times[MetricsReport.folderLabel(part)]
      return part
    }
  }

  private static func time(_ line: Substring) -> Int64? {
    line.split(separator: " ").last.flatMap { Int64($0) }
  }
}

extension MetricsReport {
  /// The last label of a sample of one of many stacks, as it stands there.
  fileprivate static func folder(inLine line: Substring) -> Substring? {
    guard let end = line.lastIndex(of: "}"),
      let start = line.firstRange(of: "folder=\"")?.lowerBound
    else { return nil }
    return line[start..<end]
  }

  fileprivate static func folderLabel(_ part: RunReport) -> Substring {
    let folder = part.folder.isEmpty ? "." : part.folder
    return Family.labels([("folder", folder)]).dropFirst().dropLast()
  }
}
