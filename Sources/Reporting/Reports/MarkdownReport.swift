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
    if let stacks = report.stacks { return text(of: stacks) }
    return MarkdownPart.text([.always(heading + lossWarning)] + parts(), limit: limit)
  }

  /// What can be cut: findings, the table and the differences.
  ///
  /// - Parameter stack: the stack's folder, where the page has many.
  private func parts(of stack: String? = nil) -> [MarkdownPart] {
    let notes = report.problems.filter { $0.rule != .drift }
    let subjects = subjects
    let plan = report.plan.map { PlanText($0.plan) }
    let place = stack.map { " of " + MarkdownText.code($0) } ?? ""
    return [
      MarkdownPart(
        title: "\n### Findings\(place)\n\n", count: notes.count, item: { item(notes[$0]) },
        cut: { "\nCut: \($0) of \($1) findings\(place) not shown\n" }),
      MarkdownPart(
        title: "\n" + (stack.map { "### \(MarkdownText.plain($0))\n\n" } ?? "") + tableHead,
        count: subjects.count, item: { row(subjects[$0]) },
        cut: { "\nCut: \($0) of \($1) \(noun)\(place) not shown\n" }),
      MarkdownPart(
        title:
          "\n<details><summary>Differences\(stack.map { " in " + MarkdownText.plain($0) } ?? "")"
          + "</summary>\n",
        count: subjects.count,
        item: { index in plan.map { block(subjects[index], in: $0) } ?? "" },
        cut: { "\nCut: the differences of \($0) of \($1) \(noun)\(place) not shown\n" },
        end: "\n</details>\n"),
    ]
  }

  // MARK: Many stacks

  /// The most stacks that have a part of their own beside their row: what says that something is cut
  /// takes room too.
  private static let stacksInFull = 40

  /// A row for every stack, then findings and changes of the worst ones, then the differences.
  private func text(of stacks: [RunReport]) -> String {
    let ranked = stacks.enumerated().map { (at: $0.offset, report: $0.element) }
      .sorted { (Self.rank($0.report), $0.at) < (Self.rank($1.report), $1.at) }.map(\.report)
    let full = ranked.filter { !$0.findings.isEmpty || ($0.changeCount ?? 0) > 0 }
      .prefix(Self.stacksInFull).map { MarkdownReport($0).parts(of: $0.shownFolder) }
    return MarkdownPart.text(
      [
        .always(heading + lossWarning + skippedLine),
        MarkdownPart(
          title: "\n| Stack | Result |\n|--|--|\n", count: ranked.count,
          item: { Self.row(ranked[$0]) },
          cut: { "\nCut: \($0) of \($1) stacks not shown\n" }),
      ] + parts().prefix(1) + full.flatMap { $0.prefix(2) } + full.flatMap { $0.dropFirst(2) },
      limit: limit)
  }

  private static func rank(_ report: RunReport) -> Int {
    switch RunResult(report).mood {
    case .failure: 0
    case .warning: 1
    case .calm: (report.changeCount ?? 0) > 0 ? 2 : 3
    }
  }

  private static func row(_ report: RunReport) -> String {
    let result = RunResult(report)
    let digest = report.digest.map { " " + MarkdownText.code($0) } ?? ""
    return "| \(MarkdownText.code(report.shownFolder)) | \(mark(result.mood))"
      + "\(MarkdownText.plain(result.words))\(digest) |\n"
  }

  private var skippedLine: String {
    guard !report.skipped.isEmpty else { return "" }
    let shown = report.skipped.prefix(20).map(MarkdownText.code).joined(separator: ", ")
    let more = report.skipped.count > 20 ? " and \(report.skipped.count - 20) more" : ""
    return "\nSkipped, since nothing of theirs changed: \(shown)\(more).\n"
  }

  // MARK: Heading

  private var heading: String {
    let title = MarkdownText.plain(result.subject) + ": " + MarkdownText.plain(result.words)
    return """
      <!-- berth:\(report.command.rawValue):\(Self.marker(report.scopeName)) -->
      ## \(Self.mark(result.mood))\(title)
      \(digestLine)
      """
  }

  private static func mark(_ mood: RunResult.Mood) -> String {
    switch mood {
    case .calm: ""
    case .warning: ":warning: "
    case .failure: ":x: "
    }
  }

  /// A name as it stands in a comment of HTML, which it can't end.
  private static func marker(_ name: String) -> String {
    String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._/".contains($0)) ? $0 : "_" })
  }

  private var digestLine: String {
    guard let digest = report.digest, report.command == .plan || report.command == .apply else {
      return ""
    }
    let plans = (report.stacks ?? [report]).compactMap(\.plan)
    let isAppliable =
      (report.stacks == nil || report.wentWell)
      && plans.allSatisfy { !$0.isErrored && $0.isRefreshed }
      && plans.contains { !$0.plan.steps.isEmpty }
    let wasApplied = (report.stacks ?? [report]).contains { $0.outcome != nil }
    let option = report.stacks == nil ? "" : " --all"
    let way =
      isAppliable && !wasApplied
      ? " - apply with `berth apply\(option) --expect-digest \(digest)`" : ""
    return "Digest `\(digest)`\(way)\n"
  }

  /// How much is taken away, before anybody reads a table.
  private var lossWarning: String {
    let actions = (report.stacks ?? [report]).flatMap { $0.plan?.plan.changes ?? [] }
      .map(\.action)
    let kept = actions.count { $0 == .detachThenAttach }
    let parts = [
      (actions.count { $0 == .delete }, "to destroy"),
      (actions.count { $0.isReplacement && $0 != .detachThenAttach }, "to replace"),
      (actions.count { $0 == .detach }, "to detach"),
      (kept, "to re-attach (the resource itself is kept)"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty
      ? ""
      : "\n**Look twice.** \(report.stacks == nil ? "This plan takes" : "These plans take") away: \(parts.joined(separator: ", ")).\n"
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
