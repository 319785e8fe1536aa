import Diagnostics
import TestSupport
import Testing

@testable import ManifestSyntax

@Suite("Printing YAML")
struct YAMLPrinterTests {
  @Test func `values are printed as people write them`() {
    let value = YAMLValue.mapping([
      .init("name", .text("gpu")),
      .init("max_instances", .scalar(.integer(4)), comment: "raise with care"),
      .init("tags", .mapping([.init("on", .text("no")), .init("a b", .text("12"))])),
      .init("list", .sequence([.mapping([.init("x", .scalar(.null)), .init("y", .text(""))])])),
      .init("script", .text("line one\nline two\n")), .init("none", .sequence([])),
    ])
    #expect(
      value.yaml == """
        name: gpu
        # raise with care
        max_instances: 4
        tags:
          on: no
          a b: "12"
        list:
          - x: null
            y: ""
        script: |
          line one
          line two
        none: []

        """)
  }

  @Test func `reading what was printed gives the value`() {
    for seed in 0..<3_000 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let value = YAMLValue.random(depth: 3, using: &random)
      let text = value.yaml
      var findings = DiagnosticList()
      let documents = readYAML(Array(text.utf8), file: "a.yml", reporting: &findings)
      #expect(findings.isEmpty, "seed \(seed): \(findings.findings)\n\(text)")
      #expect(documents.first?.root?.value == value, "seed \(seed):\n\(text)")
    }
  }
}

extension YAMLValue {
  fileprivate static func random(depth: Int, using random: inout SeededRandom) -> YAMLValue {
    switch Int.random(in: 0...(depth > 0 ? 9 : 6), using: &random) {
    case 0: return .scalar(.null)
    case 1: return .scalar(.bool(.random(using: &random)))
    case 2: return .scalar(.integer(.random(in: -1_000_000...1_000_000, using: &random)))
    case 3: return .scalar(.number(.random(in: -1e9...1e9, using: &random)))
    case 4...6: return .text(text(using: &random))
    case 7:
      return .sequence(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
          .random(depth: depth - 1, using: &random)
        })
    default:
      var keys: Set<String> = []
      var entries: [Entry] = []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let key = text(using: &random)
        guard keys.insert(key).inserted, key.utf8.count <= 1_024 else { continue }
        entries.append(Entry(key, .random(depth: depth - 1, using: &random)))
      }
      return .mapping(entries)
    }
  }

  private static func text(using random: inout SeededRandom) -> String {
    let nasty = [
      "no", "1e3", " a", "a ", "a\n", "\na", "a\n\n", "#", "a #b", "a: b", "a:", "- a", "?", "<<",
      "---", "...", "\u{1B}[31m", "\u{202E}x", "🙂", "äöü", "\u{FEFF}", "'", "\"", "\\", "{", "[]",
      "null", "~", "0x1F", ".inf", "\t", "a\tb", "\r\n", "\u{85}", "\u{2028}", "%TAG", "@", "`",
      "*a", "&a", "!a", "|", ">", "a\n b\nc\n", String(repeating: "x", count: 2_000), "", "=",
      "a b", "ключ", "\u{0}", "\u{7F}", "a\n\nb", "1:30", "on",
    ]
    let count = Int.random(in: 1...3, using: &random)
    let text = (0..<count).map { _ in nasty.randomElement(using: &random) ?? "" }.joined()
    return String(text.prefix(2_400))
  }
}
