import Diagnostics
import ManifestSyntax
import TestSupport
import Testing

@Suite("Printed values")
struct PrinterTests {
  @Test func `values print the way people write them`() throws {
    let value = YAMLValue.mapping([
      .init("$schema", .text("https://azuremlschemas.azureedge.net/x.json")),
      .init("name", .text("gpu-a100"), comment: "The pool for training.\nAsk first."),
      .init("max_instances", .scalar(.integer(4))),
      .init("ratio", .scalar(.number(1))),
      .init("enabled", .scalar(.bool(true))),
      .init("nothing", .scalar(.null)),
      .init("word", .text("no")),
      .init("resource_id", .text("/subscriptions/0/resourceGroups/rg")),
      .init("size", .text("Standard_DS3_v2")),
      .init("duration", .text("PT2H")),
      .init("script", .text("one\n  two\n")),
      .init("empty", .mapping([])),
      .init("none", .sequence([])),
      .init(
        "items",
        .sequence([
          .mapping([.init("a", .scalar(.integer(1))), .init("b", .text("x: y"))]),
          .sequence([.text("deep"), .text("")]),
          .mapping([.init("c", .text("it's: \"so\""), comment: "why")]),
        ])),
    ])
    let expected = #"""
      $schema: https://azuremlschemas.azureedge.net/x.json
      # The pool for training.
      # Ask first.
      name: gpu-a100
      max_instances: 4
      ratio: 1.0
      enabled: true
      nothing: null
      word: no
      resource_id: /subscriptions/0/resourceGroups/rg
      size: Standard_DS3_v2
      duration: PT2H
      script: |
        one
          two
      empty: {}
      none: []
      items:
        - a: 1
          b: "x: y"
        -
          - deep
          - ""
        -
          # why
          c: "it's: \"so\""

      """#
    #expect(value.yaml == expected)
    #expect(try read(expected).value == value.withoutComments)
  }

  @Test func `a comment can't become content`() throws {
    let value = YAMLValue.mapping([.init("a", .scalar(.null), comment: "x\r\nb: 1\u{2028}c: 1\n")])
    #expect(try read(value.yaml).keys == ["a"])
  }

  @Test func `aliases and merges are written out`() throws {
    let root = try read("a: &a {x: 1}\nb: {<<: *a, z: [*a]}\n")
    #expect(
      root.value.yaml
        == "a:\n  x: 1\nb:\n  z:\n    - x: 1\n  x: 1\n")
  }

  @Test(arguments: Self.nasty)
  func `nasty texts come back as they were`(text: String) throws {
    let value = YAMLValue.text(text)
    let key = String(text.prefix(1_000))
    let inner = YAMLValue.sequence([.mapping([.init(key, .scalar(.null))])])
    let values: [YAMLValue] = [
      value, .sequence([value]), .mapping([.init("k", value)]),
      .mapping([.init(key, value), .init("an other", inner)]),
    ]
    for value in values {
      let printed = value.yaml
      #expect(try read(printed).value == value, "\(printed.debugDescription)")
    }
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func `printing and reading is identity`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let value = Self.value(depth: 4, &random)
    let printed = value.yaml
    let reading = Reading(printed)
    #expect(reading.findings == [], "seed \(seed): \(printed.debugDescription)")
    let result = reading.value
    #expect(result == value, "seed \(seed): \(printed.debugDescription)")
  }

  static let nasty: [String] = [
    "", " ", "no", "Yes", "on", "y", "true", "null", "~", "1e3", "0x1F", "0o17", "017", "1_000",
    "1:30", "2001-01-01", ".inf", "-.INF", ".nan", "-", "--", "---", "...", "- a", "-a", "?", "? a",
    "?a", ":", ": a", ":a", "a:", "a: b", "a:b", "a #b", "a#b", "#a", "&a", "*a", "!a", "|", ">",
    "'", "\"", "'a'", "\"a\"", "%a", "@a", "`a", "{a}", "[a]", "a, b", "a]", "{{ x }}", "${env:X}",
    " a", "a ", "  a\n", "\n", "\n\n", "a\n", "a\n\n", "\na", "a\nb", "a\n\nb\n", "a\n b\n",
    " a\nb\n",
    "a \nb\n", "a\n\t\nb", "a\r\nb", "a\rb", "a\tb", "\ta", "\t", "a\n---\nb\n", "a\n...\n",
    "# a\nb",
    "\0", "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{A0}", "\u{A0}\n\u{A0}", "\u{AD}", "\u{2028}",
    "\u{202E}abc", "\u{FEFF}", "\u{FFFE}", "\u{1FFFF}", "\u{10FFFF}", "é", "e\u{301}", "🐟", "🏳️‍🌈",
    "日本語", "\\", "\\n", "a\\b", "a\"b", "a'b", "a'b\"c", "a'b\"c\n", "a\\\n", "=", "<<", "1.", "+1",
    "1.5.2", "1e", "Infinity", "NaN", "0.0", "-0", "99999999999999999999", "a  b", "a\n\n\n  b",
    String(repeating: "long ", count: 300), String(repeating: "\u{1}", count: 1_000),
    String(repeating: "x", count: 1_024),
  ]

  private static func text(_ random: inout SeededRandom) -> String {
    if Bool.random(using: &random) { return nasty.randomElement(using: &random) ?? "" }
    let pieces = [
      "a", "b ", "\n", " ", ":", "#", "-", "'", "\"", "\\", "ü", "🐟", "1", ".", "\t", "?",
      ",", "[", "}", "\u{200B}", "\r",
    ]
    let length = Int.random(in: 0...12, using: &random)
    return (0..<length).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }

  private static func value(depth: Int, _ random: inout SeededRandom) -> YAMLValue {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
    case 0: return .scalar(.null)
    case 1: return .scalar(.bool(.random(using: &random)))
    case 2: return .scalar(.integer(Int(truncatingIfNeeded: random.next())))
    case 3:
      let number = Double(bitPattern: random.next())
      return .scalar(.number(number.isNaN ? 0.1 : number))
    case 4, 5: return .text(text(&random))
    case 6:
      let count = Int.random(in: 0...4, using: &random)
      return .sequence((0..<count).map { _ in value(depth: depth - 1, &random) })
    default:
      var keys: Set<String> = []
      let count = Int.random(in: 0...5, using: &random)
      return .mapping(
        (0..<count).compactMap { _ in
          let key = text(&random)
          guard keys.insert(key).inserted, key.utf8.count <= 1_024 else { return nil }
          return .init(key, value(depth: depth - 1, &random))
        })
    }
  }
}

extension YAMLValue {
  fileprivate var withoutComments: YAMLValue {
    switch self {
    case .sequence(let items): .sequence(items.map(\.withoutComments))
    case .mapping(let entries): .mapping(entries.map { Entry($0.key, $0.value.withoutComments) })
    case .scalar: self
    }
  }
}
