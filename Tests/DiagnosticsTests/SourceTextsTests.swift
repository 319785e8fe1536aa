import Diagnostics
import Synchronization
import Testing

@Suite("Lines of source")
struct SourceTextsTests {
  @Test(arguments: ["\n", "\r\n", "\r"])
  func `a line is found by its place, whatever ends lines`(end: String) {
    let text = ["first", "second: ü", "third"].joined(separator: end)
    let sources = SourceTexts(text)
    #expect(sources.line(at: place(of: "first", in: text)) == "first")
    #expect(sources.line(at: place(of: "ü", in: text)) == "second: ü")
    #expect(sources.line(at: place(of: "third", in: text)) == "third")
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `a place from a saved plan has a line and no offset`(end: String) {
    let text = ["first", "second", "third"].joined(separator: end)
    let start = SourcePosition(line: 2, column: 3, offset: 0)
    let location = SourceLocation(file: "compute.yml", start: start, end: start)
    #expect(SourceTexts(text).line(at: location) == "second")
    let beyond = SourcePosition(line: 9, column: 1, offset: 0)
    #expect(
      SourceTexts(text).line(at: SourceLocation(file: "compute.yml", start: beyond, end: beyond))
        == nil)
  }

  @Test func `unknown files, empty files and places beyond the end have no line`() {
    let text = "first\n"
    #expect(SourceTexts().line(at: place(of: "first", in: text)) == nil)
    #expect(SourceTexts("").line(at: place(of: "", in: "")) == nil)
    let beyond = SourcePosition(line: 7, column: 1, offset: 700)
    let location = SourceLocation(file: "compute.yml", start: beyond, end: beyond)
    #expect(SourceTexts(text).line(at: location) == nil)
  }

  @Test func `a byte order mark is not shown`() {
    let text = "\u{FEFF}name: a\n"
    #expect(SourceTexts(text).line(at: place(of: "name", in: text)) == "name: a")
  }

  @Test func `a long line is cut around the place`() {
    let text = String(repeating: "é", count: 9_000) + "HERE" + String(repeating: "ü", count: 9_000)
    let finding = Diagnostic(
      .error, .sample, "Bad", detail: "It is.", at: place(of: "HERE", in: text))
    let shown = finding.text(sources: SourceTexts(text)).split(separator: "\n")[2]
    #expect(shown.hasPrefix("  1: ...é"))
    #expect(shown.contains("HERE"))
    #expect(shown.hasSuffix("ü..."))
    #expect(shown.count < 140)
    #expect(!shown.contains("\u{FFFD}"))
  }

  @Test func `a line of common length is shown whole`() {
    let line = String(repeating: "a", count: 119) + "b"
    let finding = Diagnostic(.error, .sample, "Bad", detail: "x", at: place(of: "b", in: line))
    #expect(finding.text(sources: SourceTexts(line)).contains("  1: \(line)\n"))
  }

  @Test func `a text that was let go of is read again, once`() {
    let text = "first\nsecond\n"
    let reads = Mutex(0)
    var sources = SourceTexts(text)
    sources.letGo(of: "compute.yml") {
      reads.withLock { $0 += 1 }
      return Array(text.utf8)
    }
    // Whoever took the texts over shares what is read.
    let taken = sources
    #expect(reads.withLock(\.self) == 0)
    #expect(sources.line(at: place(of: "second", in: text)) == "second")
    #expect(taken.line(at: place(of: "first", in: text)) == "first")
    #expect(reads.withLock(\.self) == 1)
  }

  @Test func `a text that nobody has any more has no line, and one that never was stays unknown`() {
    let text = "first\n"
    let reads = Mutex(0)
    var sources = SourceTexts(text)
    for file in ["compute.yml", "other.yml"] {
      sources.letGo(of: file) {
        reads.withLock { $0 += 1 }
        return nil
      }
    }
    for file in ["compute.yml", "compute.yml", "other.yml"] {
      let start = SourcePosition(line: 1, column: 1, offset: 0)
      #expect(sources.line(at: SourceLocation(file: file, start: start, end: start)) == nil)
    }
    #expect(reads.withLock(\.self) == 1)
  }
}
