internal import Diagnostics
internal import Planning
internal import TargetModel

/// A run as a comment on a pull request, or a page of a pipeline's summary (conventions: Markdown).
///
/// What matters most stands first, and what is too much is cut from the end and said.
public struct MarkdownReport: Sendable {
  private let report: RunReport
  private let limit: Int
  private let result: RunResult

  /// The most that a comment on GitHub may have, in bytes; that is no more characters.
  public static let commentLimit = 65_000
  /// The most that a step's summary on GitHub may have, in bytes.
  public static let summaryLimit = 1_000_000

  /// - Parameter limit: the most bytes of UTF-8 that the text may have.
  public init(_ report: RunReport, limit: Int = commentLimit) {
    self.report = report
    self.limit = limit
    result = RunResult(report)
  }

  /// The text.
  public var text: String {
    let notes = report.problems.filter { $0.rule != .drift }
    let subjects = subjects
    let plan = report.plan.map { PlanText($0.plan) }
    return MarkdownPart.text(
      [
        .always(heading + lossWarning),
        MarkdownPart(
          title: "\n### Findings\n\n", count: notes.count, item: { item(notes[$0]) },
          cut: { "\nCut: \($0) of \($1) findings not shown\n" }),
        MarkdownPart(
          title: "\n" + tableHead, count: subjects.count, item: { row(subjects[$0]) },
          cut: { "\nCut: \($0) of \($1) \(noun) not shown\n" }),
        MarkdownPart(
          title: "\n<details><summary>Differences</summary>\n", count: subjects.count,
          item: { index in plan.map { block(subjects[index], in: $0) } ?? "" },
          cut: { "\nCut: the differences of \($0) of \($1) \(noun) not shown\n" },
          end: "\n</details>\n"),
      ], limit: limit)
  }

  // MARK: Heading

  private var heading: String {
    let mark =
      switch result.mood {
      case .calm: ""
      case .warning: ":warning: "
      case .failure: ":x: "
      }
    let title = MarkdownText.plain(result.subject) + ": " + MarkdownText.plain(result.words)
    return """
      <!-- berth:\(report.command.rawValue):\(Self.marker(report.scopeName)) -->
      ## \(mark)\(title)
      \(digestLine)
      """
  }

  /// A name as it stands in a comment of HTML, which it can't end.
  private static func marker(_ name: String) -> String {
    String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._/".contains($0)) ? $0 : "_" })
  }

  private var digestLine: String {
    guard let plan = report.plan, report.command == .plan || report.command == .apply else {
      return ""
    }
    let digest = plan.digest
    let isAppliable = !plan.isErrored && plan.isRefreshed && !plan.plan.steps.isEmpty
    let way =
      isAppliable && report.outcome == nil
      ? " - apply with `berth apply --expect-digest \(digest)`" : ""
    return "Digest `\(digest)`\(way)\n"
  }

  /// How much is taken away, before anybody reads a table.
  private var lossWarning: String {
    let actions = (report.plan?.plan.changes ?? []).map(\.action)
    let kept = actions.count { $0 == .detachThenAttach }
    let parts = [
      (actions.count { $0 == .delete }, "to destroy"),
      (actions.count { $0.isReplacement && $0 != .detachThenAttach }, "to replace"),
      (actions.count { $0 == .detach }, "to detach"),
      (kept, "to re-attach (the resource itself is kept)"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty
      ? "" : "\n**Look twice.** This plan takes away: \(parts.joined(separator: ", ")).\n"
  }

  // MARK: Findings

  private func item(_ finding: Diagnostic) -> String {
    let target = finding.address.map { " in \(MarkdownText.code($0))" } ?? ""
    let place = finding.location.map { " (\(source($0)))" } ?? ""
    let detail = MarkdownText.plain(
      String(finding.detail.replacing("\n", with: " ").prefix(1_000)))
    return
      "- **\(finding.severity.title): \(MarkdownText.plain(finding.summary))**\(target)\(place): "
      + "\(detail) \(MarkdownText.code(finding.rule.id))\n"
  }

  private func source(_ location: SourceLocation) -> String {
    MarkdownText.code("\(report.path(location.file)):\(location.start.line)")
  }

  // MARK: Table

  private var isDrift: Bool { report.plan?.plan.mode == .refreshOnly }
  private var noun: String { isDrift ? "drifted targets" : "changes" }

  private var tableHead: String {
    let column = isDrift ? "Difference" : report.outcome == nil ? "Reason" : "Outcome"
    return "| Action | Address | \(column) | Source |\n|--|--|--|--|\n"
  }

  /// What a row and a block are about.
  private enum Subject {
    case change(Change, outcome: String?)
    case drift(DriftedTarget)
  }

  /// The worst first: what is cut is cut from the end.
  private var subjects: [Subject] {
    guard let plan = report.plan?.plan else { return [] }
    if isDrift {
      return plan.drift.enumerated().sorted {
        ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
      }.map { .drift($0.element) }
    }
    let states = report.outcome.map { ApplyText.states(plan, $0) }
    return report.rankedChanges.map { .change($0, outcome: states?[$0.address]) }
  }

  private func row(_ subject: Subject) -> String {
    switch subject {
    case .change(let change, let outcome):
      row(change.action.verb, change.address, outcome ?? change.reason.text, change.source)
    case .drift(let target):
      row(
        target.isMissing ? "deleted" : "changed", target.address,
        String(target.difference.prefix(300)), target.source)
    }
  }

  private func row(
    _ action: String, _ address: TargetAddress, _ words: String, _ place: SourceLocation?
  ) -> String {
    "| \(action) | \(MarkdownText.code(address.description)) | \(MarkdownText.plain(words)) | "
      + "\(place.map(source) ?? "") |\n"
  }

  // MARK: Differences

  private func block(_ subject: Subject, in plan: PlanText) -> String {
    let text: String
    switch subject {
    case .change(var change, _):
      change.source = change.source.map(relocated)
      text = plan.block(change)
    case .drift(var target):
      target.source = target.source.map(relocated)
      text = plan.block(target)
    }
    return "\n" + MarkdownText.block(Self.diff(text), language: "diff")
  }

  /// A place as seen from the repository's root, as everywhere on the page.
  private func relocated(_ place: SourceLocation) -> SourceLocation {
    SourceLocation(file: report.path(place.file), start: place.start, end: place.end)
  }

  /// A block of the plan with its symbols where a viewer of diffs looks for them.
  private static func diff(_ block: String) -> String {
    block.split(separator: "\n").map { line in
      let words = line.drop { $0 == " " }
      guard let symbol = words.first, words.dropFirst().first == " ", "+-~".contains(symbol) else {
        return String(line)
      }
      let margin = String(repeating: " ", count: line.count - words.count + 1)
      return (symbol == "~" ? "!" : String(symbol)) + margin + words.dropFirst(2)
    }.joined(separator: "\n")
  }
}
