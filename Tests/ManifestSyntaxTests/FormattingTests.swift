import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import ManifestSyntax

/// The formatted text, or nil if the text can't be read; anything else breaks a law.
func formatted(
  _ bytes: [UInt8], _ what: String, at location: Testing.SourceLocation = #_sourceLocation
) -> [UInt8]? {
  var findings = DiagnosticList()
  switch formatYAML(bytes, file: "t.yml", reporting: &findings) {
  case .formatted(let text):
    #expect(!findings.hasErrors, "\(what)", sourceLocation: location)
    return text
  case .unreadable:
    #expect(findings.hasErrors, "\(what)", sourceLocation: location)
    return nil
  case .unfaithful:
    Issue.record(
      "unfaithful: \(what)\n\(String(decoding: bytes, as: UTF8.self).debugDescription)",
      sourceLocation: location)
    return nil
  }
}

/// Checks the laws of formatting on a text; says whether it could be read.
@discardableResult
func expectLaws(
  _ bytes: [UInt8], _ what: String, at location: Testing.SourceLocation = #_sourceLocation
) -> Bool {
  guard let once = formatted(bytes, what, at: location) else { return false }
  let (before, after) = (Reading(bytes), Reading(once))
  let shown = String(decoding: bytes, as: UTF8.self).debugDescription
  // Not a number is no value that equals itself.
  if !shown.lowercased().contains(".nan") {
    #expect(
      before.documents.map { $0.root?.value } == after.documents.map { $0.root?.value },
      "\(what)\n\(shown)", sourceLocation: location)
  }
  let twice = formatted(once, what, at: location)
  #expect(
    twice.map { String(decoding: $0, as: UTF8.self) } == String(decoding: once, as: UTF8.self),
    "\(what)\n\(shown)", sourceLocation: location)
  return true
}

@Suite("Formatting")
struct FormattingTests {
  private static func expect(
    _ text: String, _ expected: String, at location: Testing.SourceLocation = #_sourceLocation
  ) {
    expectLaws(Array(text.utf8), "case", at: location)
    let result = formatted(Array(text.utf8), "case", at: location)
    #expect(
      result.map { String(decoding: $0, as: UTF8.self) } == expected, sourceLocation: location)
  }

  @Test(arguments: [" ... u\n", "\r --- u"])
  func `a text that would become a marker stays where it is`(text: String) {
    var findings = DiagnosticList()
    let result = formatYAML(Array(text.utf8), file: "t.yml", reporting: &findings)
    #expect(result == .unfaithful)
  }

  @Test func `levels are indented by two, sequences below their key included`() {
    Self.expect(
      """
      schedules:
         compute_start_stop:
            - action: stop
              trigger:
               type: cron
      list:
      - a
      -   b: 1
          c: 2
      -
         - d
      -    - e
           -  f
               
      """,
      """
      schedules:
        compute_start_stop:
          - action: stop
            trigger:
              type: cron
      list:
        - a
        - b: 1
          c: 2
        -
          - d
        - - e
          - f

      """)
  }

  @Test func `blanks between tokens are single, and at the ends of lines there are none`() {
    Self.expect(
      "a:   1  \nb :\t2\nc: [ a,b , {x:  1,y: 2} ,[ ] ]   # why\nd: {  }\ne: {f: *x1}\n"
        .replacing("*x1", with: "g")
        + "h: &x   !!str   i    #no blank\n*x : j\nk:  *x\nl: [*x,  *x]\n",
      "a: 1\nb: 2\nc: [a, b, { x: 1, y: 2 }, []] # why\nd: {}\ne: { f: g }\n"
        + "h: &x !!str i #no blank\n*x : j\nk: *x\nl: [*x, *x]\n")
  }

  @Test func `comments stay where they belong`() {
    Self.expect(
      """


      # top
      a:
            # about b
          b: 1     # beside


          # behind b


        # still a


      # about c
      c:
      - d
      # about e
      - e
        # behind e
      f: 1
         # at the end
      """,
      """
      # top
      a:
        # about b
        b: 1 # beside

        # behind b

      # still a

      # about c
      c:
        - d
        # about e
        - e
        # behind e
      f: 1
      # at the end

      """)
  }

  @Test func `blocks of text say what they said`() {
    Self.expect(
      """
      a:
          b: |   # why
               one
                 two

               three


          c: >1-
            four
          d: |+
             five


      e: |
         six  
      """,
      """
      a:
        b: | # why
          one
            two

          three

        c: >2-
           four
        d: |+
          five


      e: |
        six  
      """)
    Self.expect("a: |-\n    x\n     ", "a: |-\n  x\n   \n")
  }

  @Test func `text over several lines is indented below its key`() {
    Self.expect(
      "a:  one\n       two\n\n\n       three\nb: \"four  \n  five\\ \n six\"\nc: ['x\n    y', z]\n",
      "a: one\n  two\n\n\n  three\nb: \"four\n  five\\ \n  six\"\nc: ['x\n  y', z]\n")
  }

  @Test func `brackets over several lines are indented by level`() {
    Self.expect(
      "a: [\n    b,   # one\n  # two\n  {\n  c: 1 },\n ]\nd:\n  - {x: [\n       1\n     ]}\n",
      """
      a: [
        b, # one
        # two
        {
          c: 1 },
      ]
      d:
        - { x: [
            1
          ] }

      """)
  }

  @Test func `documents keep their markers`() {
    Self.expect(
      "\u{FEFF}%YAML 1.2\r\n---   # one\r\na: 1\r\n...\r\nb: 2\r\n---\r\n\r\n\r\n- c\r\n---   d\n",
      "%YAML 1.2\n--- # one\na: 1\n...\nb: 2\n---\n\n- c\n--- d\n")
    Self.expect("", "")
    Self.expect("\n\n", "")
    Self.expect("# only\n\n\n# words", "# only\n\n# words\n")
  }

  @Test func `a text that can't be read is left alone`() {
    var findings = DiagnosticList()
    #expect(formatYAML(Array("a: [".utf8), file: "t.yml", reporting: &findings) == .unreadable)
    #expect(findings.hasErrors)
  }

  // MARK: Laws

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `mutated manifests keep the laws`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var readable = 0
    for _ in 0..<60 {
      var bytes = Array(Self.corpus.randomElement(using: &random)?.utf8 ?? "".utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) { Self.mutate(&bytes, &random) }
      if expectLaws(bytes, "seed \(seed)") { readable += 1 }
    }
    #expect(readable > 10, "seed \(seed)")
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `invented documents keep the laws`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var readable = 0
    for _ in 0..<40 {
      var invention = InventedText(random: random)
      let text = invention.text()
      random = invention.random
      if expectLaws(Array(text.utf8), "seed \(seed)") { readable += 1 }
    }
    #expect(readable > 20, "seed \(seed)")
  }

  @Test func `every valid input of the YAML test suite that is read keeps the laws`() throws {
    struct Case: Decodable {
      let id: String
      let yaml: String
    }
    let file = Self.root.deletingLastPathComponent()
      .appendingPathComponent("shared/yaml-test-suite/cases.json")
    guard let data = try? Data(contentsOf: file) else {
      print("SKIPPED: the YAML test suite is not beside the repository (\(file.path)).")
      return
    }
    let cases = try JSONDecoder().decode([Case].self, from: data)
    let readable = cases.filter { expectLaws(Array($0.yaml.utf8), $0.id) }
    #expect(readable.count > 200)
  }

  @Test func `the examples have canonical form, and Microsoft's keep the laws`() throws {
    var count = 0
    let examples = Self.root.appendingPathComponent("examples")
    for name in try FileManager.default.subpathsOfDirectory(atPath: examples.path).sorted()
    where name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
      let bytes = Array(try Data(contentsOf: examples.appendingPathComponent(name)))
      expectLaws(bytes, name)
      #expect(
        formatted(bytes, name).map { String(decoding: $0, as: UTF8.self) }
          == String(decoding: bytes, as: UTF8.self), "\(name)")
      count += 1
    }
    #expect(count > 10)
    let theirs = Self.root.deletingLastPathComponent()
      .appendingPathComponent("shared/azure/spec/cli-v2-examples")
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: theirs.path) else {
      print("SKIPPED: Microsoft's examples are not beside the repository (\(theirs.path)).")
      return
    }
    for name in names.sorted() {
      let bytes = Array(try Data(contentsOf: theirs.appendingPathComponent(name)))
      #expect(expectLaws(bytes, name), "\(name)")
    }
  }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0 where place < bytes.count:
      bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...6, using: &random)))
    case 1:
      let from = Int.random(in: 0...bytes.count, using: &random)
      let piece = bytes[from..<min(bytes.count, from + Int.random(in: 1...30, using: &random))]
      bytes.insert(contentsOf: Array(piece), at: place)
    default:
      bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
    }
  }

  private static let tokens = [
    " ", "  ", "\n", "\n\n\n", "\r\n", "\r", "\t", " # c", "\n# c\n", "\n    # c\n", ", ", ": ",
    "- ", "\n- ", "? ", "[", "]", "{", "}", "&a ", "*a", "!!str ", "! ", "|\n", ">-\n  ", "|+\n",
    "'", "\"", "\n---\n", "\n...\n", "ü", "<<: ", "\\",
  ]

  private static let corpus = [
    "name: gpu\ntype: amlcompute # c\ntags: {a: b, \"c\": 'd'}\nlist:\n- a\n- b: c\n  d: e\n",
    "# ä\na: &a\n  x: 1\nb:\n  <<: *a\n  y: [*a, {z: *a}]\n---\nc: |\n  text ü\n  more\n\nd: >-\n  x\n",
    "a:\n    - b:\n        - |+\n           c\n\n\n    # d\n    -   - e\n\n\n  # f\ng: \"h\n\n   i\"\n",
    "? a\n: - b\n  - c # d\n? e\n# f\n: g\n",
    "- - - a\n    - b\n  - !!int 5\n- ! x\n- {a: [b, c], d: }\n- ''\n",
    "{\n  \"a\": [1, 2.5, true, null],\n  \"b\": {\"c\": \"d\"}\n}\n",
    "a: !!map # x\n  &b c: d\ne: &f\n# g\n- h\n- &i\n  j: |2\n      k\n    l\n",
  ]
}

/// Documents of every construct, in a layout nobody would choose.
private struct InventedText {
  var random: SeededRandom

  mutating func text() -> String {
    var text = ""
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      text += oneOf(["---\n", "--- # c\n", "# c\n---\n"]) + noise(0)
      text += mapping(depth: 0, indent: oneOf([0, 0, 1, 3]))
    }
    return text + oneOf(["", "\n\n", "# end", "  # end\n"])
  }

  private mutating func oneOf<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }

  private mutating func noise(_ indent: Int) -> String {
    let spaces = String(repeating: " ", count: max(0, indent + oneOf([0, 0, -1, 2])))
    return oneOf(["", "", "", "", "\n", "\n\n\n", "\(spaces)# c: - x\n", "\n\(spaces)#c  \n\n"])
  }

  private mutating func behind() -> String { oneOf(["\n", "\n", "  \n", "  # c\n", " #\n"]) }

  private mutating func mapping(depth: Int, indent: Int, isInline: Bool = false) -> String {
    var text = ""
    for index in 0..<Int.random(in: 1...4, using: &random) {
      if index > 0 || !isInline {
        text += noise(indent) + String(repeating: " ", count: indent)
      }
      text += oneOf(["k\(index)", "\"k \(index)\"", "'k\(index)' ", "&k\(index) k\(index)"]) + ":"
      text += value(depth: depth, indent: indent, isInMapping: true)
    }
    return text
  }

  private mutating func sequence(depth: Int, indent: Int, isInline: Bool = false) -> String {
    var text = ""
    for index in 0..<Int.random(in: 1...3, using: &random) {
      if index > 0 || !isInline {
        text += noise(indent) + String(repeating: " ", count: indent)
      }
      text += "-"
      if depth < 4, oneOf([true, false, false]) {
        let width = oneOf([1, 2, 4])
        text += String(repeating: " ", count: width)
        text +=
          oneOf([true, false])
          ? mapping(depth: depth + 1, indent: indent + 1 + width, isInline: true)
          : sequence(depth: depth + 1, indent: indent + 1 + width, isInline: true)
      } else {
        text += value(depth: depth, indent: indent, isInMapping: false)
      }
    }
    return text
  }

  private mutating func value(depth: Int, indent: Int, isInMapping: Bool) -> String {
    let inner = indent + oneOf([1, 2, 4])
    let spaces = String(repeating: " ", count: inner)
    switch Int.random(in: 0..<(depth < 4 ? 10 : 7), using: &random) {
    case 0:
      return oneOf([" ", "   "]) + oneOf(["a", "1", "'it''s'", "\"\\n\"", "a b#c"]) + behind()
    case 1: return behind()
    case 2: return " a\n\(spaces)- b\n\n\(spaces)\tc" + behind()
    case 3: return " \"a  \n\n\(spaces)b\\\n  \(spaces)c\"" + behind()
    case 4:
      let keeps = oneOf(["", "-", "+"])
      let lines = oneOf(["x\n", "x\n\n  y \n", "x\n\n\n", "# x\n\(spaces)- y\n"])
        .replacing("\n  ", with: "\n\(spaces)  ")
      return " " + oneOf(["|", ">"]) + keeps + oneOf(["\n", " # c\n"]) + spaces + lines
    case 5: return " {a: [ b,c ,\n\(spaces)# c\n\(spaces)\"d\" ],\n\(spaces)  e: f}" + behind()
    case 6:
      return " " + oneOf(["&x ", "!!str ", "&x !!str  ", "! "]) + oneOf(["a", "''"]) + behind()
    case 7:
      return oneOf(["", " &m", " !!map"]) + behind() + noise(inner)
        + mapping(depth: depth + 1, indent: inner)
    case 8 where isInMapping: return behind() + sequence(depth: depth + 1, indent: indent)
    default: return behind() + noise(inner) + sequence(depth: depth + 1, indent: inner)
    }
  }
}
