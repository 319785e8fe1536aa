import Diagnostics
import TestSupport
import Testing

@testable import Reporting

@Suite("Differences of texts")
struct UnifiedDiffTests {
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `a difference leads from one text to the other, by the shortest way`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let lines = { (random: inout SeededRandom) in
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
          Int.random(in: 0...3, using: &random)
        }
      }
      let (before, after) = (lines(&random), lines(&random))
      let edits = LineDifference(from: before, to: after).edits
      Self.expect(edits, leadFrom: before, to: after, "seed \(seed)")
      let kept = edits.count { if case .keep = $0 { true } else { false } }
      #expect(kept == Self.longestCommon(before, after), "seed \(seed): \(before) \(after)")
      let cut = LineDifference(from: before, to: after, limit: 2).edits
      Self.expect(cut, leadFrom: before, to: after, "seed \(seed), cut short")
    }
  }

  private static func expect(
    _ edits: [LineDifference.Edit], leadFrom before: [Int], to after: [Int], _ what: String
  ) {
    var (left, right) = (0, 0)
    for edit in edits {
      switch edit {
      case .keep(let x, let y):
        #expect(x == left && y == right && before[x] == after[y], "\(what)")
        (left, right) = (left + 1, right + 1)
      case .remove(let x):
        #expect(x == left, "\(what)")
        left += 1
      case .add(let y):
        #expect(y == right, "\(what)")
        right += 1
      }
    }
    #expect(left == before.count && right == after.count, "\(what)")
  }

  private static func longestCommon(_ left: [Int], _ right: [Int]) -> Int {
    var best = Array(repeating: Array(repeating: 0, count: right.count + 1), count: left.count + 1)
    for x in left.indices {
      for y in right.indices {
        best[x + 1][y + 1] =
          left[x] == right[y] ? best[x][y] + 1 : max(best[x][y + 1], best[x + 1][y])
      }
    }
    return best[left.count][right.count]
  }

  @Test func `it reads as diff -u prints it`() {
    let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n"
    let after = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl"
    let diff = UnifiedDiff(of: "t.yml", from: Array(before.utf8), to: Array(after.utf8))
    #expect(
      diff.text() == """
        --- t.yml
        +++ t.yml
        @@ -1,5 +1,5 @@
         a
        -b
        +B
         c
         d
         e
        @@ -9,4 +9,4 @@
         i
         j
         k
        -l
        +l
        \\ No newline at end of file

        """)
    #expect(diff.text(style: TerminalStyle(usesColour: true)).contains("\u{1B}[31m-b\u{1B}[0m\n"))
    #expect(UnifiedDiff(of: "t.yml", from: [], to: []).text() == "")
    #expect(
      UnifiedDiff(of: "t.yml", from: [], to: Array("a\n".utf8)).text()
        == "--- t.yml\n+++ t.yml\n@@ -0,0 +1 @@\n+a\n")
  }

  @Test func `lines that must not be shown are not`() {
    let diff = UnifiedDiff(
      of: "t.yml", from: Array("a:  1\npassword:  hunter2\n  more\n".utf8),
      to: Array("a: 1\npassword: hunter2\n  more\n".utf8), hiding: { _ in [2, 3] })
    let text = diff.text()
    #expect(!text.contains("hunter2") && !text.contains("more"))
    #expect(text.contains("-password: (sensitive value)\n"))
  }
}
