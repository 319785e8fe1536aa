import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// How Markdown is cut (conventions: Markdown).
@Suite("Markdown report")
struct MarkdownReportTests {
  /// A run that changes so many targets, every tenth of them by deleting it.
  private static func run(_ count: Int, text: String = "because") -> RunReport {
    var plan = plan(
      (0..<count).map { index in
        Change(
          address: TargetAddress(kind: "pool", name: "p\(index)"),
          action: index % 10 == 9 ? .delete : .create, reason: Reason(Rule("r"), text),
          attributes: [
            AttributeChange(path: "size", before: nil, after: .text(text), effect: .inPlace)
          ], source: testLocation(line: index + 1))
      })
    plan.stack = testWorkspace.name
    plan.steps = plan.changes.enumerated().map { index, change in
      Step(
        id: StepID(index + 1), address: change.address,
        act: change.action == .delete ? .delete : .create)
    }
    return RunReport(of: .of(plan))
  }

  /// The first cells of the table's rows.
  private static func actions(_ text: String) -> [Substring] {
    text.matches(of: /^\| (create|delete)\b/.anchorsMatchLineEndings()).map { $0.output.1 }
  }

  @Test(arguments: [0, 1, 5, 120, 3_000], [700, 20_000, 65_000, 1_000_000])
  func `it keeps its limit, and accounts for every change`(count: Int, limit: Int) throws {
    let text = MarkdownReport(Self.run(count), limit: limit).text
    #expect(text.utf8.count <= limit)
    let rows = Self.actions(text).count
    let cut = text.firstMatch(of: /Cut: (\d+) of (\d+) changes not shown/)
    #expect(rows + (cut.flatMap { Int($0.1) } ?? 0) == count)
    if let cut { #expect(cut.2 == "\(count)") }
    let blocks = text.matches(of: /^```diff$/.anchorsMatchLineEndings()).count
    let hidden = text.firstMatch(of: /Cut: the differences of (\d+) of (\d+) changes/)
    #expect(blocks + (hidden.flatMap { Int($0.1) } ?? 0) == count)
    #expect(text.contains("<details>") == text.contains("</details>"))
  }

  @Test func `losses stand first and are cut last`() throws {
    let text = MarkdownReport(Self.run(500), limit: 8_000).text
    let rows = Self.actions(text)
    #expect(rows.count > 50)
    #expect(rows.prefix(50).allSatisfy { $0 == "delete" })
    #expect(rows.dropFirst(50).allSatisfy { $0 == "create" })
  }

  @Test func `a shorter limit never shows more`() {
    let lengths = stride(from: 600, to: 30_000, by: 371).map { limit in
      Self.actions(MarkdownReport(Self.run(200), limit: limit).text).count
    }
    #expect(lengths == lengths.sorted())
  }

  @Test func `texts of many bytes a character keep the limit`() {
    let report = Self.run(800, text: String(repeating: "🙂é", count: 40))
    #expect(MarkdownReport(report).text.utf8.count <= MarkdownReport.commentLimit)
  }

  @Test func `the beginning is the one that bots look for`() {
    let file = Self.run(3).plan?.digest ?? ""
    #expect(
      MarkdownReport(Self.run(3)).text.hasPrefix(
        """
        <!-- berth:plan:test-ws -->
        ## Plan for test-ws: 3 to add, 0 to change, 0 to destroy
        Digest `\(file)` - apply with `berth apply --expect-digest \(file)`

        """))
  }

  @Test(arguments: [3, 60, 3_000])
  func `a report of many stacks keeps its limit and tells of every stack`(count: Int) {
    var report = ReportScenario.many.report
    report.stacks = (0..<count).map { index in
      var part = ReportScenario.everyday.report
      part.folder = "team-\(index)/prod"
      return part
    }
    let text = MarkdownReport(report).text
    #expect(text.utf8.count <= MarkdownReport.commentLimit)
    let rows = text.matches(of: /(?m)^\| `team-[0-9]+\/prod` \|/).count
    let cut = text.firstMatch(of: /Cut: ([0-9]+) of [0-9]+ stacks not shown/).flatMap { Int($0.1) }
    #expect(rows + (cut ?? 0) == count)
    #expect(text.contains("**Look twice.** These plans take away: "))
  }
}
