import Diagnostics
import TestSupport
import Testing

@testable import ManifestSyntax

/// Reads a text that must be faultless.
private func reading(_ text: String) throws -> [YAMLDocument] {
  var findings = DiagnosticList()
  let documents = readYAML(Array(text.utf8), file: "a.yml", reporting: &findings)
  #expect(findings.isEmpty, "\(findings.findings)")
  return documents
}

private func findings(_ text: String, limits: YAMLLimits = .standard) -> [Diagnostic] {
  var findings = DiagnosticList()
  _ = readYAML(Array(text.utf8), file: "a.yml", limits: limits, reporting: &findings)
  return findings.findings
}

@Suite("Reading YAML")
struct YAMLReaderTests {
  @Test func `every node and key knows where it stands`() throws {
    let root = try #require(try reading("name: gpu\nnested:\n  größe: \"ä b\"\n").first?.root)
    let nested = try #require(root["nested"])
    let (key, value) = try #require(nested.entries.first)
    #expect(key.location.description == "a.yml:3:3")
    #expect(key.location.end.column == 8)
    #expect(value.location.start == SourcePosition(line: 3, column: 10, offset: 29))
    #expect(value.location.end == SourcePosition(line: 3, column: 15, offset: 35))
    #expect(nested.location.end == value.location.end)
  }

  @Test func `a byte order mark counts in offsets and nowhere else`() throws {
    let root = try #require(try reading("\u{FEFF}a: 1\r\nb: 2\r\n").first?.root)
    #expect(root["b"]?.location.start == SourcePosition(line: 2, column: 4, offset: 12))
  }

  @Test func `a stream has several documents and some may be empty`() throws {
    let documents = try reading("a: 1\n---\n# nothing\n---\nb: 2\n")
    #expect(documents.count == 3)
    #expect(documents[1].root?.scalar == .null)
    #expect(documents[2].root?["b"]?.scalar == .integer(2))
    #expect(documents[2].location.start.line == 4)
  }

  @Test(arguments: [
    ("no", YAMLScalar.text("no")), ("1:30", .text("1:30")), ("1_000", .text("1_000")),
    ("0o17", .integer(15)), ("0x1F", .integer(31)), ("-12", .integer(-12)), ("+3", .integer(3)),
    ("12345678901234567890", .number(12_345_678_901_234_567_168)), (".inf", .number(.infinity)),
    ("1e3", .number(1000)), ("1.", .number(1)), (".5", .number(0.5)), (".", .text(".")),
    ("-", .text("-")), ("0o9", .text("0o9")), ("0x", .text("0x")), ("TRUE", .bool(true)),
    ("tRUE", .text("tRUE")), ("~", .null), ("", .null), ("1e", .text("1e")),
    ("2021-03-10", .text("2021-03-10")), ("0xFFFFFFFFFFFFFFFFFF", .number(.infinity)),
  ])
  func `plain scalars mean what the core schema says`(text: String, meaning: YAMLScalar) {
    #expect(YAMLScalar(plain: text) == meaning)
  }

  @Test func `quotes and tags decide before the text does`() throws {
    let root = try #require(
      try reading("a: \"1\"\nb: !!str 1\nc: !!int \"1\"\nd: !!float 1\ne: ! 1\n").first?.root)
    #expect(root["a"]?.scalar == .text("1"))
    #expect(root["b"]?.scalar == .text("1"))
    #expect(root["c"]?.scalar == .integer(1))
    #expect(root["d"]?.scalar == .number(1))
    #expect(root["e"]?.scalar == .text("1"))
  }

  @Test func `merge keys give way to explicit keys and to earlier mappings`() throws {
    let root = try #require(
      try reading(
        """
        base: &base {a: 1, b: 2}
        other: &other {b: 3, c: 4}
        all: {<<: [*base, *other], a: 9}
        """
      ).first?.root)
    #expect(
      root["all"]?.value
        == .mapping([
          .init("a", .scalar(.integer(9))), .init("b", .scalar(.integer(2))),
          .init("c", .scalar(.integer(4))),
        ]))
  }

  @Test(arguments: [
    ("a: 1\nb: 2\n\"a\": 3\n", "duplicate-key", "a.yml:3:1"),
    ("x:\n  - {k: 1, 'k': 2}\n", "duplicate-key", "a.yml:2:12"),
    ("[a]: 1\n", "invalid-key", "a.yml:1:1"), ("{ ?foo: 1 }\n", "invalid-key", "a.yml:1:4"),
    ("~: 1\n", "invalid-key", "a.yml:1:1"), ("a: *nothing\n", "invalid-alias", "a.yml:1:4"),
    ("a: &a [*a]\n", "invalid-alias", "a.yml:1:8"), ("<<: 3\n", "invalid-merge", "a.yml:1:5"),
    ("a: !secret b\n", "unknown-tag", "a.yml:1:4"),
    ("%YAML 2.0\n---\na: 1\n", "unsupported-directive", "a.yml:1:1"),
    ("%TAG ! tag:x,2000:\n---\na: 1\n", "unsupported-directive", "a.yml:1:1"),
    ("a:\n\tb: 1\n", "tab-indentation", "a.yml:2:1"),
    ("a: \"x\n", "invalid-yaml", "a.yml:1:4"), ("a: [b, -]\n", "invalid-yaml", "a.yml:1:8"),
    ("a: [b,\nc]\n", "invalid-yaml", "a.yml:2:1"), ("a: \"b\"#c\n", "invalid-yaml", "a.yml:1:7"),
    ("a: 1\n%YAML 1.2\n---\nb: 1\n", "unsupported-directive", "a.yml:2:1"),
    ("a: \u{1}\n", "forbidden-character", "a.yml:1:4"),
    ("a: \u{FEFF}b\n", "forbidden-character", "a.yml:1:4"),
    ("é: \0\n", "forbidden-character", "a.yml:1:4"),
  ])
  func `faults are told with their place`(text: String, rule: String, place: String) throws {
    let found = findings(text)
    let first = try #require(found.first)
    #expect(first.rule.id == rule)
    #expect(first.location?.description == place)
    #expect(found.count == 1)
  }

  @Test(arguments: [1, 16, 17, 40])
  func `a repeated key is found among few and among many`(_ count: Int) {
    for repeated in [0, count - 1] {
      let keys = (0..<count).map { "key\($0)" } + ["key\(repeated)"]
      let found = findings(keys.map { "\($0): 1\n" }.joined())
      #expect(found.map(\.rule.id) == ["duplicate-key"])
      #expect(found.first?.location?.description == "a.yml:\(count + 1):1")
      #expect(found.first?.related.first?.location.start.line == repeated + 1)
    }
  }

  @Test func `a repeated key names both places and hides nothing else`() throws {
    let found = findings("a: 1\na: 2\n---\nb: 1\nb: 2\n")
    #expect(found.map { $0.location?.start.line } == [2, 5])
    #expect(found[0].related.map(\.location.description) == ["a.yml:1:1"])
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0x61, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80]])
  func `what is not UTF-8 is refused`(bytes: [UInt8]) {
    var findings = DiagnosticList()
    #expect(readYAML(bytes, file: "a.yml", reporting: &findings).isEmpty)
    #expect(findings.findings.map(\.rule.id) == ["not-utf-8"])
  }

  // MARK: Threats

  @Test func `T1: alias bombs and merge chains are refused at the budget`() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...30 {
      let before = "*a\(level - 1)"
      bomb +=
        "a\(level): &a\(level) [\(Array(repeating: before, count: 9).joined(separator: ","))]\n"
    }
    #expect(findings(bomb).map(\.rule.id) == ["yaml-limit"])
    #expect(findings(bomb).first?.detail.contains("*a") == true)

    var chain = "m0: &m0 {k0: 1}\n"
    for level in 1...400 { chain += "m\(level): &m\(level) {<<: *m\(level - 1), k\(level): 1}\n" }
    #expect(findings(chain).map(\.rule.id) == ["yaml-limit"])
  }

  @Test func `limits on sizes hold to the byte`() {
    var limits = YAMLLimits()
    limits.keyLength = 3
    limits.scalarLength = 5
    limits.depth = 2
    limits.documentCount = 2
    #expect(findings("abc: 12345\n", limits: limits).isEmpty)
    #expect(findings("abcd: 1\n", limits: limits).map(\.rule.id) == ["yaml-limit"])
    #expect(findings("abc: 123456\n", limits: limits).map(\.rule.id) == ["yaml-limit"])
    #expect(findings("a: {b: c}\n", limits: limits).isEmpty)
    #expect(findings("a: {b: [c]}\n", limits: limits).map(\.rule.id) == ["yaml-limit"])
    #expect(
      findings("--- a\n--- b\n--- c\n", limits: limits).map(\.rule.id) == ["too-many-documents"])
    limits.documentSize = 20
    #expect(
      findings("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n", limits: limits).map(\.rule.id) == ["yaml-limit"])
    limits.fileSize = 4
    #expect(findings("a: 12", limits: limits).map(\.rule.id) == ["file-too-large"])
  }

  @Test func `mutilated text never traps and always ends`() {
    let seeds = [
      "a: &x [1, {b: *x}]\n---\nc: |\n  d\n", "\"a\\x41\": 'b'\n? c\n: - d\n<<: {e: f}\n",
    ]
    for seed in 0..<2_000 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1:
          bytes.insert("[]{}:,-?&*!|>%\n\t #\"'".utf8.randomElement(using: &random) ?? 0, at: index)
        default: bytes.remove(at: index)
        }
      }
      var findings = DiagnosticList()
      for document in readYAML(bytes, file: "a.yml", reporting: &findings) {
        _ = document.root?.value
        _ = document.root?.location
      }
    }
  }
}
