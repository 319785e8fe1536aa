import Diagnostics
import TestSupport
import Testing

@testable import ManifestSyntax

@Suite("Common form")
struct CommonFormTests {
  @Test(arguments: [
    "a: b\n", "---\na: b\n", "# c\n\n---  # c\na: b # c\nb:\n\n  # c\n  c: 'd'\n",
    "a:\n- b\n- c\nd: e\n", "a:\n  - b: c\n    d: \"e # f\"\n  - g\n",
    "- a: b\n  c:\n- d:\n  - e\n",
    "$schema: https://example.com/a.json\nname: x\nnull-ish: ~\nempty:\n",
    "a: é#é # ü\nb: 0 1 * * 1-5\n", "a: [b, 'c', [d], {}]  # e\nf: { g: \"4\", h: 16Gi }\n",
    "a: >\n  b c\n  d\ne: |-\n  f: g # h\n", "- a: |\n    b\n- >-\n  c\n",
  ])
  func `what nearly everybody writes is read without libyaml`(text: String) throws {
    let checked = try checked(text)
    #expect(checked.mayBeInCommonForm)
    let start = checked.boundaries.first ?? checked.start
    #expect(document(from: start, of: checked) != nil)
    #expect(dump(text, takesCommonForm: true) == dump(text, takesCommonForm: false))
  }

  @Test(arguments: [
    "a: [b,\n  c]\n", "a: [[[[[b]]]]]\n", "a: {b}\n", "a: [b: c]\n", "a: [b,]\n", "a: [é: b]\n",
    "a: |\n  b\n\n",
    "a: |+\n  b\n", "a: |2\n  b\n", "a: >\n  b\n   c\n", "a: |\nb: c\n", "a: &b c\n",
    "a: !!str b\n", "a: *b\n", "a:\tb\n",
    "a: b\n  c\n", "a: \"b\n  c\"\n", "a: 'b''c'\n", "a: \"\\x41\"\n", "? a\n", "a: b: c\n",
    "a: b\na: c\n", "<<: {a: b}\n", "- - a\n", "-\n  a\n", "a\n", "a: b\r\n", "--- a: b\n",
    "a: 'b'c\n", "a: 'b'#c\n", "a: -b\n", "null: a\n", "a: b\n c: d\n", "a:\n    b: c\n  d: e\n",
    "# c\n",
  ])
  func `anything else is left to libyaml`(text: String) throws {
    let checked = try checked(text)
    #expect(document(from: checked.start, of: checked) == nil)
    #expect(dump(text, takesCommonForm: true) == dump(text, takesCommonForm: false))
  }

  @Test(arguments: ["a: b", "%YAML 1.2\n---\na: b\n", "a: b\n...\n", "\u{FEFF}a: b\n"])
  func `some files are left to libyaml as a whole`(text: String) throws {
    #expect(try !checked(text).mayBeInCommonForm)
  }

  /// Pieces of which lines are made, the odd ones among them.
  private static let pieces = [
    "a: b", "b: 'c'", "c: \"d e\"", "d:", "e: # f", "- a", "- b: c", "-", "- 'x'", "# c", "", "---",
    "a: b # c", "f: g:h", "g: h: i", "h: #i", "i: j#k", "j:k", "é: ü", "k: ü # ü", "- ü: é",
    "l: [m]",
    "m: ~", "n: -1", "o: - p", "'q': r", "- - s", "a: c", "text", "...", "p: 'q' r", "p: \"q\" # r",
    "q: \"\\u0061\"", "r: |", "s: &t u", "u: *t", "<<: a", "- {a: b}", "v: +1", "w: (x)", "- x: ",
    "\ty: z", "z: a\tb", "--- # c", "--- a", "- # c", "null: x", "a.b-c/d_1: e",
    "a: >", "b: |-", "- |", "  b c", "c: [d, 'e']", "- [x, {y: \"z\"}]", "d: {e: f, g: [h]} # i",
    "e: [i,, j]", "f: [k l]", "g: { }", "h: [ m:n ]", "- {n: o}", "i: [\"ü\", p] ", "j: [q]r",
    "k: [s # t]", "l: {u: v w}", "m: |  # n", "n: >+",
  ]

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `both ways of reading come to the same`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var indents = [0, 0, 0, 2, 2, 4, 1, 3, 6]
    for _ in 0..<400 {
      indents.shuffle(using: &random)
      var text = ""
      // Half of the lines as they should be, so that some texts are read to their end.
      let pieces = Self.pieces.prefix(Bool.random(using: &random) ? 12 : Self.pieces.count)
      for _ in 0..<Int.random(in: 1...7, using: &random) {
        let indent = indents[Int.random(in: 0..<4, using: &random)]
        text += String(repeating: " ", count: indent)
        text += pieces.randomElement(using: &random) ?? ""
        text += Int.random(in: 0..<12, using: &random) == 0 ? "  \n" : "\n"
      }
      let usual = dump(text, takesCommonForm: true)
      #expect(usual == dump(text, takesCommonForm: false), "seed \(seed):\n\(text)")
    }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `both ways read mutated manifests alike`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<80 {
      var texts: [UInt8] = []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        var bytes = Array(MutationTests.corpus.randomElement(using: &random)?.utf8 ?? "".utf8)
        if Bool.random(using: &random) { MutationTests.mutate(&bytes, &random) }
        texts += bytes + Array("\n---\n".utf8)
      }
      let usual = dump(texts, takesCommonForm: true)
      #expect(
        usual == dump(texts, takesCommonForm: false),
        "seed \(seed):\n\(String(decoding: texts, as: UTF8.self))")
    }
  }

  // MARK: Telling results apart

  private func checked(_ text: String) throws -> CheckedText {
    var findings = DiagnosticList()
    return try #require(
      checkText(Array(text.utf8), file: "t.yml", limits: .standard, reporting: &findings))
  }

  private func document(from start: TextPoint, of text: CheckedText) -> YAMLDocument? {
    var builder = DocumentBuilder(file: "t.yml", text: text, limits: .standard, room: 10)
    builder.restart(at: start)
    var form = CommonForm(text, from: start, to: text.end)
    return form.read(with: &builder)
  }

  private func dump(_ text: String, takesCommonForm: Bool) -> [String] {
    dump(Array(text.utf8), takesCommonForm: takesCommonForm)
  }

  /// Everything that can be asked of the documents of a text, and what was found.
  private func dump(_ bytes: [UInt8], takesCommonForm: Bool) -> [String] {
    var lines: [String] = []
    var findings = DiagnosticList()
    readYAML(bytes, file: "t.yml", takesCommonForm: takesCommonForm, reporting: &findings) {
      lines.append("document \($0.location.stretch)")
      if let root = $0.root { dump(root, into: &lines) }
    }
    return lines + findings.findings.map { "\($0)" }
  }

  private func dump(_ node: YAMLNode, into lines: inout [String]) {
    lines.append(
      "\(node.kind) \(node.location.stretch) \(node.isPlain) \(String(describing: node.scalar))")
    for element in node.elements { dump(element, into: &lines) }
    for (key, value) in node.entries {
      dump(key, into: &lines)
      dump(value, into: &lines)
    }
  }
}

extension Diagnostics.SourceLocation {
  fileprivate var stretch: String {
    "\(start.line):\(start.column) @\(start.offset) to \(end.line):\(end.column) @\(end.offset)"
  }
}
