import Diagnostics
import ManifestSyntax
import TestSupport
import Testing

/// The threats T1 to T8 of reliability.md.
///
/// On a small stack, since none may recurse.
@Suite("Threats to the reader")
struct ThreatTests {
  private func rules(_ text: String) async -> [Rule] {
    await onSmallStack { Reading(text).rules }
  }

  // MARK: T1

  @Test func `T1 a bomb of aliases is refused at its budget`() async {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...30 {
      let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(uses)]\n"
    }
    let reading = Reading(text)
    #expect(reading.rules == [.yamlLimit])
    #expect(reading.findings.first?.detail.contains("'*a1'") ?? false)
    #expect(reading.documents.isEmpty)
  }

  @Test func `T1 a chain of 400 merges is refused`() async {
    var text = "m0: &m0 {k0: 0}\n"
    for index in 1...400 { text += "m\(index): &m\(index) {<<: *m\(index - 1), k\(index): 0}\n" }
    #expect(await rules(text) == [.yamlLimit])
  }

  @Test func `T1 an expansion beyond ten times is refused, and ten times is not`() {
    func text(uses: Int) -> String {
      "a: &a [\(Array(repeating: "1", count: 196).joined(separator: ","))]\nb: ["
        + Array(repeating: "*a", count: uses).joined(separator: ",") + "]\n"
    }
    // 201 nodes are written when the aliases come; each alias stands for 197.
    #expect(Reading(text(uses: 9)).rules == [])
    #expect(Reading(text(uses: 10)).rules == [.yamlLimit])
  }

  @Test func `T1 an alias inside what it names, or of nothing, is refused by name`() throws {
    let own = MarkedText("a: 1️⃣&x\n  b: 2️⃣*x3️⃣\n")
    let reading = Reading(own.text)
    #expect(reading.rules == [.invalidAlias])
    #expect(try reading.findings.first?.location?.start == own.place(2))
    #expect(try reading.findings.first?.related.first?.location.start == own.place(1))
    #expect(reading.findings.first?.detail.contains("'*x'") ?? false)
    #expect(Reading("a: &x {<<: *x}\n").rules == [.invalidAlias])
    #expect(Reading("a: *nothing\n").rules == [.invalidAlias])
  }

  @Test func `T1 aliases do not nest deeper than brackets may`() {
    let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    let under = String(repeating: "[", count: 30) + "*a" + String(repeating: "]", count: 30)
    #expect(Reading("a: &a \(deep)\nb: \(under)\n").rules == [.yamlLimit])
  }

  // MARK: T2

  @Test(arguments: ["[", "{a: ", "- ", "? ", "[\n", "{a:\n", "[[{a: "])
  func `T2 deep nesting is refused while reading`(opening: String) async {
    let rules = await rules(String(repeating: opening, count: 40_000))
    #expect(rules.last == .yamlLimit)
    #expect(Set(rules).isSubset(of: [.yamlLimit, .invalidKey, .invalidYAML]))
  }

  @Test func `T2 deep indentation is refused while reading`() async {
    let text = (0..<1_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(await rules(text) == [.yamlLimit])
  }

  @Test func `T2 the depth that is allowed can be read, converted and printed`() async {
    @Sendable func text(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let printed = await onSmallStack {
      Reading(text(64)).value.map { $0.yaml }
    }
    #expect(printed.map { Reading($0).value == Reading(text(64)).value } == true)
    #expect(Reading(text(65)).rules == [.yamlLimit])
  }

  @Test(arguments: ["%TAG !e! tag:e\n", "%TAG !e! tag:e\n# x\n\n", "%TAG !e! tag:e\r"])
  func `T2 a flood of directives is refused`(line: String) async {
    let text = String(repeating: line, count: 40_000) + "---\na: 1\n"
    #expect(await rules(text) == [.unsupportedDirective])
  }

  @Test(arguments: [
    "%TAG ! x\n---\na: 1\n", "%YAML 1.3\n--- a\n", "%YAML 2.0\n--- a\n",
    "%YAML 1.2\n%YAML 1.2\n--- a\n", "%FOO\n--- a\n",
  ])
  func `T2 directives other than YAML 1_1 and 1_2 are refused`(text: String) {
    #expect(Reading(text).rules == [.unsupportedDirective])
  }

  @Test(arguments: ["%YAML 1.1\n--- a\n", "%YAML 1.2 # c\n--- a\n", "# c\n%YAML 1.2\n--- a\n"])
  func `T2 the directives that are understood change nothing`(text: String) throws {
    #expect(try read(text).text == "a")
  }

  @Test func `T2 limits name their figure`() {
    var limits = YAMLLimits()
    limits.fileSize = 4_000
    limits.documentCount = 3
    limits.documentSize = 1_000
    limits.keyLength = 5
    limits.scalarLength = 10
    limits.expandedNodes = 20
    func details(_ text: String) -> [String] {
      Reading(text, limits: limits).findings.map(\.detail)
    }
    let blank = String(repeating: "\n", count: 1_001)
    #expect(details("abcde: 1234567890\n") == [])
    #expect(details("abcdef: 1\n").first?.contains("at most 5") ?? false)
    #expect(details("a: 12345678901\n").first?.contains("at most 10") ?? false)
    #expect(details("a: 1\n\(blank)").first?.contains("at most 1000") ?? false)
    #expect(details("a\n---\nb\n---\nc\n---\nd\n").first?.contains("at most 3") ?? false)
    #expect(details("a\n---\nb\n---\nc\n") == [])
    #expect(details(String(repeating: "\n", count: 4_001)).first?.contains("at most 4000") ?? false)
    #expect(details("[" + String(repeating: "a,", count: 20) + "]").first?.contains("20") ?? false)
  }

  @Test func `T2 the size of a document counts in bytes, to its boundaries`() throws {
    var limits = YAMLLimits()
    limits.documentSize = 13
    #expect(Reading("a: 123456789\n---\nb: 1\n...\n---\nc: 1", limits: limits).findings == [])
    let marked = MarkedText("a: 1\n1️⃣---\nb: ääää\n")
    let finding = try #require(Reading(marked.text, limits: limits).findings.first)
    #expect(finding.rule == .yamlLimit)
    #expect(try finding.location?.start == marked.place(1))
  }

  @Test func `T2 a document that asks for too much does not hide its neighbours`() {
    let deep = String(repeating: "[", count: 70)
    let reading = Reading("a: 1\n---\nb: \(deep)\n---\nc: 1\n")
    #expect(reading.rules == [.yamlLimit])
    #expect(reading.documents.map { $0.root?.keys ?? [] } == [["a"], ["c"]])
  }

  @Test(arguments: ["a: 1\n", "[b]: 1\n", "---\n]\n", "--- !x y\n", "...\n"])
  func `T2 findings themselves are bounded`(line: String) {
    let reading = Reading("a: 1\n" + String(repeating: line, count: 5_000))
    #expect(reading.findings.count <= 1_001)
    if reading.findings.count > 1 { #expect(reading.rules.last == .yamlLimit) }
  }

  @Test(arguments: ["a, ", "ä, ", "[ü], "])
  func `T2 a document on one line costs no more than on many`(element: String) {
    // Places once cost a walk along the line: minutes for this.
    let reading = Reading("[" + String(repeating: element, count: 30_000) + "]")
    #expect(reading.findings == [])
    #expect(reading.value != nil)
  }

  // MARK: T3

  @Test(arguments: [
    "1️⃣a: 1\n2️⃣a: 2\n", "1️⃣a: 1\n2️⃣\"a\": 2\n", "1️⃣'a': 1\n? 2️⃣a\n: 2\n", "x: {1️⃣a: 1, 2️⃣a: 2}\n",
    "- - 1️⃣b: 1\n    c: 1\n    2️⃣\"\\x62\": 2\n", "1️⃣<<: {}\n2️⃣<<: {}\n", "1️⃣1: a\n2️⃣\"1\": b\n",
    "<<: {a: 0}\n1️⃣a: 1\n2️⃣a: 2\n",
  ])
  func `T3 duplicate keys are refused, and both places named`(text: String) throws {
    let marked = MarkedText(text)
    let reading = Reading(marked.text)
    #expect(reading.rules == [.duplicateKey])
    #expect(try reading.findings.first?.location?.start == marked.place(2))
    #expect(try reading.findings.first?.related.first?.location.start == marked.place(1))
  }

  @Test func `T3 duplicates among many keys are found`() {
    let many = (0..<2_000).map { "key\($0): \($0)\n" }.joined()
    #expect(Reading(many).rules == [])
    #expect(Reading(many + "key77: 0\n").rules == [.duplicateKey])
  }

  @Test func `T3 two ways to write an accent are one key, other likenesses are not`() {
    #expect(Reading("é: 1\ne\u{301}: 2\n").rules == [.duplicateKey])
    #expect(Reading("é: 1\n\"e\\u0301\": 2\n").rules == [.duplicateKey])
    #expect(Reading("А: 0\nA: 1\na: 2\nａ: 3\n").rules == [])
  }

  // MARK: T4

  @Test(arguments: [
    "[]: x\n", "{}: x\n", "? [a]\n: x\n", "? a: b\n: c\n", "~: x\n", "null: x\n", ": x\n",
    "{: x}\n",
    "{[a]: b}\n", "{ ?foo: 1 }\n", "[ ?foo: 1 ]\n", "{ ?foo }\n", "[?x]\n", "a: {{ name }}\n",
    "!!null a: x\n", "? \n: x\n",
  ])
  func `T4 what can't be a key is refused`(text: String) async {
    let rules = await rules(text)
    #expect(rules.contains(.invalidKey) || rules.contains(.unknownTag), "\(rules)")
  }

  @Test func `T4 quoted words are good keys`() throws {
    #expect(try read("'null': 1\n\"~\": 2\n'': 3\n").keys == ["null", "~", ""])
  }

  // MARK: T5

  @Test(arguments: [
    [0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0x61, 0x00, 0x3A, 0x00],
    [0x00, 0x61, 0x00, 0x3A], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0x61, 0xC3], [0xE2, 0x82], [0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
  ])
  func `T5 what is not UTF-8 is refused`(bytes: [UInt8]) {
    let reading = Reading(bytes)
    #expect(reading.rules == [.notUTF8])
    #expect(reading.documents.isEmpty)
  }

  @Test(arguments: [
    "\0", "\u{1}", "\u{1B}", "\u{7F}", "\u{80}", "\u{9F}", "\u{FEFF}", "\u{FFFE}", "\u{85}",
    "\u{2028}", "\u{2029}",
  ])
  func `T5 control characters are refused at their place`(character: String) throws {
    let marked = MarkedText("# ok\nä: xy 1️⃣\(character)\n")
    let reading = Reading(marked.text)
    #expect(reading.rules == [.forbiddenCharacter])
    #expect(try reading.findings.first?.location?.start == marked.place(1))
  }

  @Test(arguments: 0...UInt8.max)
  func `T5 each byte is looked at, wherever it stands`(byte: UInt8) {
    // A byte alone: printable ASCII, a tab or the end of a line, or it is refused.
    let expected: [Rule] =
      switch byte {
      case 0x20..<0x7F, 0x09, 0x0A, 0x0D: []
      case 0x80...: [.notUTF8]
      default: [.forbiddenCharacter]
      }
    for offset in 0..<24 {
      var letters = Array(repeating: UInt8(ascii: "a"), count: 26)
      letters[offset] = byte
      let found = Reading(Array("# ".utf8) + letters + [0x0A]).rules
      #expect(found.filter { [.notUTF8, .forbiddenCharacter].contains($0) } == expected)
    }
  }

  @Test func `T5 escapes may spell any character`() throws {
    #expect(
      try read(#""\0\e\x7F\N\L\P\uFEFF""#).text == "\0\u{1B}\u{7F}\u{85}\u{2028}\u{2029}\u{FEFF}")
    #expect(Reading(#""\uD800""#).rules == [.invalidYAML])
  }

  // T6 is ScalarTests, and the binder's; T7 is the binder's.

  // MARK: T8

  @Test(arguments: [
    "a: \"b\"1️⃣# c\n", "a: [b]1️⃣#c\n", "a: [b,1️⃣#c\n  d]\n", "a: |1️⃣#c\n  b\n", "a: &x |1️⃣#c\n  b\n",
    "a: [\n1️⃣b]\n", "a:\n  b: [\n  1️⃣c]\n", "a:\n- [\n1️⃣c]\n", "a: [b\n1️⃣, c]\n", "a: \"b\n1️⃣c\"\n",
    "a: 'b\n1️⃣c'\n", "a: [b\n1️⃣c]\n", "- [1️⃣-, a]\n", "[1️⃣-]\n",
    "a:\n1️⃣[b]\n", "a:\n1️⃣\"b\"\n", "a:\n1️⃣&x\n- b\n", "a: >\n1️⃣    \n  b\n", "%YAML 1.21️⃣#c\n--- a\n",
    "a: 1\n... 1️⃣b\n",
  ])
  func `T8 what libyaml lets pass is refused`(text: String) throws {
    let marked = MarkedText(text)
    let reading = Reading(marked.text)
    #expect(reading.rules == [.invalidYAML])
    #expect(try reading.findings.first?.location?.start == marked.place(1))
    #expect(reading.documents.allSatisfy { $0.root?["a"]?.scalar != .text("b") })
  }

  @Test(arguments: [
    "a: [\n  b,\n]\n", "a: {\n  b: c\n}\n", "a: [ # c\n  b, # c\n  # c\n  c ]\n",
    "a: \"b\n\n  c\"\n",
    "a:\n- [b,\n  c]\n", "[\na,\nb\n]\n", "\"a\nb\"\n", "a: [-1, -x]\n", "a:\n- b\n",
    "#c\na: 1\n#c\n",
    "a: |\n  # text\n\n  b\n# c\n", "a: b#c\n", "a: >\n\n  b\n", "a: |2\n\n   \n  b\n", "a: ''\n",
    "- [a\n  b]\n", "a: &x\n  b: 1\n", "a: !!map # c\n  b: 1\n", "? a\n: b\n",
    "a: {b: 1,\n  c: 2}\n",
    "a: |", "a: |\n\nb: 1\n",
  ])
  func `T8 what is right stays right`(text: String) {
    #expect(Reading(text).findings == [])
  }

  @Test(arguments: [
    "a:\n1️⃣\tb: 1\n", "a:\n  b: 1\n1️⃣\tc: 1\n", "a: [\n1️⃣\tb]\n", "a: \"b\n1️⃣\tc\"\n", "1️⃣\ta: 1\n",
  ])
  func `T8 tabs do not indent`(text: String) throws {
    let marked = MarkedText(text)
    let reading = Reading(marked.text)
    #expect(reading.rules == [.tabIndentation])
    #expect(try reading.findings.first?.location?.start == marked.place(1))
  }
}
