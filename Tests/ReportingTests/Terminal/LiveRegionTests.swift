import Diagnostics
import Reporting
import TestSupport
import Testing

/// Rows at a terminal's foot: what a terminal makes of the bytes.
struct LiveRegionTests {
  private static let style = TerminalStyle(isTerminal: true, usesColour: true)

  /// A region on a terminal.
  private struct Stage {
    var region = LiveRegion()
    var terminal: TerminalModel

    init(columns: Int = 40, rows: Int = 30) {
      terminal = TerminalModel(columns: columns, rows: rows)
    }

    var size: TerminalSize { TerminalSize(columns: terminal.columns, rows: terminal.rows) }

    @discardableResult
    mutating func draw(_ rows: [String]) -> String {
      let bytes = region.draw(rows.map { LiveRow($0, .bold) }, size, LiveRegionTests.style)
      terminal.write(bytes)
      return bytes
    }

    mutating func pass(_ text: String) {
      terminal.write(region.erase(size))
      terminal.write(text.replacing("\n", with: "\r\n"))
      region.wrote(text)
    }

    mutating func end() { terminal.write(region.erase(size)) }
  }

  @Test func `text goes past above the rows, and nothing of them is left`() {
    var stage = Stage()
    stage.draw(["a: Creating...", "0 of 2"])
    #expect(stage.terminal.screen == ["a: Creating...", "0 of 2", ""])
    stage.pass("b: done\n")
    stage.draw(["a: Creating...", "1 of 2"])
    #expect(stage.terminal.screen == ["b: done", "a: Creating...", "1 of 2", ""])
    stage.draw(["1 of 2"])
    #expect(stage.terminal.screen == ["b: done", "1 of 2", ""])
    stage.end()
    #expect(stage.terminal.text == "b: done\n")
  }

  @Test func `what is there already is not written again`() {
    var stage = Stage()
    #expect(
      stage.draw(["a", "b"])
        == "\r\u{1B}[1ma\u{1B}[0m\u{1B}[K\n\u{1B}[1mb\u{1B}[0m\u{1B}[K\n\u{1B}[J")
    #expect(stage.draw(["a", "b"]) == "")
    #expect(stage.draw(["a"]) == "\r\u{1B}[2A\u{1B}[1ma\u{1B}[0m\u{1B}[K\n\u{1B}[J")
    #expect(stage.region.isDrawn)
    #expect(stage.region.erase(stage.size) == "\r\u{1B}[1A\u{1B}[J")
    #expect(stage.region.erase(stage.size) == "")
  }

  @Test func `a question keeps its line`() {
    var stage = Stage()
    stage.pass("Enter a value: ")
    #expect(stage.draw(["a"]) == "")
    stage.pass("yes\n")
    stage.draw(["a"])
    #expect(stage.terminal.screen == ["Enter a value: yes", "a", ""])
  }

  @Test func `rows are cut to what a terminal has, and one without room shows none`() {
    var stage = Stage(columns: 12, rows: 3)
    stage.draw(["1 that is too long", "界界界界界界界界", "3", "4"])
    #expect(stage.terminal.screen == ["1 that i...", "界界界界...", ""])
    #expect(stage.terminal.wrapCount == 0)
    stage.terminal.resize(columns: 12, rows: 1)
    stage.draw(["1"])
    #expect(!stage.region.isDrawn)
  }

  @Test func `the terminal of the tests wraps as terminals do`() {
    var terminal = TerminalModel(columns: 4, rows: 3)
    terminal.write("abcdef\r\nx\r\n")
    #expect(terminal.screen == ["ef", "x", ""])
    #expect(terminal.text == "abcdef\nx\n")
    terminal.resize(columns: 8, rows: 3)
    #expect(terminal.screen == ["abcdef", "x", ""])
    terminal.resize(columns: 2, rows: 9)
    #expect(terminal.screen == ["ab", "cd", "ef", "x", ""])
    terminal.write("\u{1B}[2Aq\u{1B}[9z")
    #expect(terminal.screen[2] == "qf" && terminal.unknown == ["\u{1B}[9z"])
  }

  @Test(arguments: 0..<200)
  func `whatever happens, the text is whole and the rows fit`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let letters = ["a", "bc ", "界", "\u{1B}[2J", "\u{202E}", "\n", "\r", "é", "::"]
    func word(_ length: ClosedRange<Int>) -> String {
      (0..<Int.random(in: length, using: &random)).map { _ in
        letters[Int.random(in: 0..<letters.count, using: &random)]
      }.joined()
    }
    var stage = Stage(columns: Int.random(in: 20...80, using: &random), rows: 60)
    var passed = ""
    for _ in 0..<60 {
      switch Int.random(in: 0..<5, using: &random) {
      case 0:
        let line = word(0...30).visible
        passed += line + "\n"
        stage.pass(line + "\n")
      case 1:
        stage.terminal.resize(
          columns: Int.random(in: 20...80, using: &random),
          rows: Int.random(in: 50...60, using: &random))
      default:
        let rows = (0..<Int.random(in: 0...9, using: &random)).map { _ in word(0...40) }
        let before = stage.terminal.wrapCount
        stage.draw(rows)
        #expect(stage.terminal.wrapCount == before, "seed \(seed)")
        let shown = stage.terminal.screen.suffix(rows.count + 1).dropLast()
        #expect(shown.count == rows.count, "seed \(seed)")
        for (row, text) in zip(shown, rows) {
          let whole = text.visible
          let isWhole = row == whole.trimmingEnd
          let isCut = row.hasSuffix("...") && whole.hasPrefix(row.dropLast(3))
          #expect(isWhole || isCut, "seed \(seed): \(row) of \(whole)")
        }
      }
    }
    stage.end()
    let lines = stage.terminal.text.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = passed.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.map(String.init) == wanted.map { String($0).trimmingEnd }, "seed \(seed)")
    #expect(stage.terminal.unknown.isEmpty, "seed \(seed)")
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
