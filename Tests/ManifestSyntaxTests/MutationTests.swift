import Diagnostics
import ManifestSyntax
import TestSupport
import Testing

@Suite("Mutated text")
struct MutationTests {
  /// Whatever the bytes: no trap, an end, and documents or findings that hold together.
  @Test(arguments: 0..<24 as Range<UInt64>)
  func `mutated manifests never trap`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<60 {
      var bytes = Array(Self.corpus.randomElement(using: &random)?.utf8 ?? "".utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&bytes, &random) }
      let reading = Reading(bytes)
      for finding in reading.findings {
        let place = try #require(finding.location, "seed \(seed)")
        #expect(place.start.offset <= place.end.offset, "seed \(seed) \(finding)")
        #expect(place.end.offset <= bytes.count, "seed \(seed) \(finding)")
      }
      for document in reading.documents {
        guard let root = document.root else { continue }
        Self.check(root, in: bytes, seed)
        _ = root.value.yaml
      }
    }
  }

  /// What is wrong with a document must not change how the next one is read.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `a document reads the same alone and among others`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var texts: [[UInt8]] = []
    while texts.count < 25 {
      var bytes = Array(Self.corpus.randomElement(using: &random)?.utf8 ?? "".utf8)
      if bytes.starts(with: [0xEF]) { bytes.removeFirst(3) }
      for _ in 0..<Int.random(in: 0...1, using: &random) { Self.mutate(&bytes, &random) }
      bytes = Array("---\n".utf8) + bytes + Array("\n...\n".utf8)
      let isText = Reading(bytes).rules.allSatisfy { $0 != .notUTF8 && $0 != .forbiddenCharacter }
      if isText { texts.append(bytes) }
    }
    let alone = texts.map { Reading($0) }
    let together = Reading(texts.flatMap { $0 })
    #expect(together.rules == alone.flatMap(\.rules), "seed \(seed)")
    let values = { (reading: Reading) in reading.documents.map { $0.root?.value } }
    #expect(values(together) == alone.flatMap(values), "seed \(seed)")
  }

  private static func check(_ node: YAMLNode, in bytes: [UInt8], _ seed: UInt64) {
    let place = node.location
    #expect(place.start.offset <= place.end.offset && place.end.offset <= bytes.count, "\(seed)")
    // The line and column lead to the same place as the offset.
    let before = bytes[..<place.start.offset]
    let lastBreak = before.lastIndex { $0 == 0x0A || $0 == 0x0D }
    let bom = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let lineStart = lastBreak.map { $0 + 1 } ?? bom
    let column = bytes[lineStart..<place.start.offset].count { $0 & 0xC0 != 0x80 } + 1
    #expect(place.start.column == column, "seed \(seed): \(place)")
    for item in node.elements { check(item, in: bytes, seed) }
    for entry in node.entries {
      check(entry.key, in: bytes, seed)
      check(entry.value, in: bytes, seed)
    }
  }

  static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0 where place < bytes.count:
      bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1 where place < bytes.count:
      bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
    case 2:
      bytes.removeSubrange(place...)
    case 3:
      let from = Int.random(in: 0...bytes.count, using: &random)
      let piece = bytes[from..<min(bytes.count, from + Int.random(in: 1...30, using: &random))]
      bytes.insert(contentsOf: Array(piece), at: place)
    default:
      let token = tokens.randomElement(using: &random) ?? ""
      bytes.insert(contentsOf: Array(token.utf8), at: place)
    }
  }

  private static let tokens = [
    "[", "]", "{", "}", ",", ": ", ":", "- ", "? ", "?", "#", " #", "\n", "\r", "\r\n", "\t", " ",
    "&a ",
    "*a", "*a ", "!!str ", "!x ", "<<: ", "|\n", ">-\n", "'", "\"", "---\n", "...\n", "%TAG ! x\n",
    "%YAML 1.2\n", "ü", "🐟", "\u{FEFF}", "\u{2028}", "~", "\\", "\0",
  ]

  static let corpus = [
    "name: gpu\ntype: amlcompute # c\nsize: Standard_NC6\ntags: {a: b, \"c\": 'd'}\nlist:\n- a\n- b: c\n",
    "# ä\na: &a\n  x: 1\nb:\n  <<: *a\n  y: [*a, {z: *a}]\n---\nc: |\n  text ü\n  more\n\nd: >-\n  x\n...\n",
    "\u{FEFF}%YAML 1.2\n---\r\na: \"ü\\n\r\n  b\"\r\n? c\r\n: d\r\n",
    "- - - a\n    - b\n  - !!int 5\n- ! x\n- {a: [b, c], d: }\n- ''\n",
    "{\n  \"a\": [1, 2.5, true, null],\n  \"b\": {\"c\": \"d\"}\n}\n",
  ]
}
