import Diagnostics
import ManifestSyntax
import TestSupport
import Testing

@Suite("Places of nodes")
struct MarkTests {
  @Test(arguments: ["\n", "\r\n", "\r"])
  func `every node and key has its start and end`(lineBreak: String) throws {
    let marked = MarkedText(
      """
      # Größe
      1️⃣name2️⃣: 3️⃣"grüße 🐟"4️⃣ # eins
      5️⃣sizes6️⃣:
        7️⃣- a
        - [b, 8️⃣{c: d}9️⃣]

      # end
      """.replacing("\n", with: lineBreak))
    let root = try read(marked.text)
    let entries = root.entries
    #expect(root.keys == ["name", "sizes"])
    #expect(try entries[0].key.location == marked.range(1, 2))
    #expect(try entries[0].value.location == marked.range(3, 4))
    #expect(try entries[1].key.location == marked.range(5, 6))
    #expect(try entries[1].value.location.start == marked.place(7))
    let elements = entries[1].value.elements
    #expect(try elements[1].elements.last?.location == marked.range(8, 9))
    // A block collection ends with its last child, not behind the comment below it.
    #expect(entries[1].value.location.end == elements[1].location.end)
    #expect(root.location.end == elements[1].location.end)
  }

  @Test func `a byte order mark at the start counts as bytes and not as a column`() throws {
    let entries = try read("\u{FEFF}a: ü\nb: 1\n").entries
    #expect(entries[0].key.location.start == SourcePosition(line: 1, column: 1, offset: 3))
    #expect(entries[0].value.location.end == SourcePosition(line: 1, column: 5, offset: 8))
    #expect(entries[1].key.location.start == SourcePosition(line: 2, column: 1, offset: 9))
  }

  @Test func `a comment after a byte order mark is one`() throws {
    #expect(try read("\u{FEFF}# hello\na: 1\n")["a"]?.scalar == .integer(1))
  }

  @Test func `places go on counting in later documents`() throws {
    let marked = MarkedText("a: ä\n---\nb: 1️⃣ö2️⃣\n...\n# end\n---\nc: 3️⃣d4️⃣")
    let reading = Reading(marked.text)
    #expect(reading.findings == [])
    try #require(reading.documents.count == 3)
    #expect(try reading.documents[1].root?["b"]?.location == marked.range(1, 2))
    #expect(try reading.documents[2].root?["c"]?.location == marked.range(3, 4))
  }

  @Test func `blocks of text end with their last line that is not blank`() throws {
    let marked = MarkedText("a: 1️⃣|\n  grün\n  two2️⃣\n\n\nb: 3️⃣>-\n  x\n  y4️⃣")
    let root = try read(marked.text)
    #expect(try root["a"]?.location == marked.range(1, 2))
    #expect(try root["b"]?.location == marked.range(3, 4))
    #expect(root["a"]?.text == "grün\ntwo\n")
    #expect(root["b"]?.text == "x y")
  }

  @Test func `an empty value stands behind its colon`() throws {
    let marked = MarkedText("a:1️⃣\nb:\n- x\n")
    let value = try #require(try read(marked.text)["a"])
    #expect(value.scalar == .null)
    #expect(try value.location == marked.range(1, 1))
  }

  @Test func `an alias is what it names, place included`() throws {
    let marked = MarkedText("a: 1️⃣&x {k: v}2️⃣\nb: *x\n")
    let value = try #require(try read(marked.text)["b"])
    #expect(value.kind == .mapping)
    #expect(try value.location == marked.range(1, 2))
    #expect(value["k"]?.text == "v")
  }

  @Test func `a collection ends where an alias in it ends`() throws {
    let marked = MarkedText("a: &x 1\nb:\n  1️⃣c: *x2️⃣\n")
    #expect(try read(marked.text)["b"]?.location == marked.range(1, 2))
  }

  @Test func `only scalars without quotes and tags are plain`() throws {
    let root = try read("- a\n- 'b'\n- &x \"c\"\n- !!str 1\n- |\n  t\n- >\n  t\n- &y z\n")
    #expect(root.elements.map(\.isPlain) == [true, false, false, false, false, false, true])
  }

  @Test(arguments: [
    "", "# nothing\n", "\n\n", "\u{FEFF}", "\n# a\n   # b", "...\n", "# a\n...\n# b", "...",
  ])
  func `a file without content gives no document`(text: String) {
    let reading = Reading(text)
    #expect(reading.findings == [])
    #expect(reading.documents.isEmpty)
  }

  @Test func `a document of comments only is null`() {
    let reading = Reading("---\n# nothing\n---\na: 1\n---\n")
    #expect(reading.findings == [])
    #expect(reading.documents.map { $0.root?.scalar == .null } == [true, false, true])
  }

  @Test func `a broken document does not hide the others`() throws {
    let marked = MarkedText(
      "a: 1\n---\nb: 1️⃣]\n---\nc: 1\nc: 2\n---\nd: 2️⃣\"x\n---\ne: 1\n...\n%TAG ! x\n---\nf: 1\n")
    let reading = Reading(marked.text)
    #expect(reading.rules == [.invalidYAML, .duplicateKey, .invalidYAML, .unsupportedDirective])
    #expect(try reading.findings[0].location?.start == marked.place(1))
    #expect(try reading.findings[2].location?.start == marked.place(2))
    #expect(reading.findings[0].detail.contains("The rest of this document was not read."))
    #expect(reading.documents.map { $0.root?.keys ?? [] } == [["a"], ["c"], ["e"], ["f"]])
  }

  @Test func `a document may follow the end of another without a start`() throws {
    let marked = MarkedText("...\n# a\na: 1\n... # c\n...\n\nb: 1️⃣ä2️⃣\n...\n# end\n")
    let reading = Reading(marked.text)
    #expect(reading.findings == [])
    #expect(reading.documents.map { $0.root?.keys ?? [] } == [["a"], ["b"]])
    #expect(try reading.documents.last?.root?["b"]?.location == marked.range(1, 2))
  }

  @Test func `a text without a last line break has its places too`() throws {
    let marked = MarkedText("ä: 1\nb: 1️⃣\"x")
    #expect(try Reading(marked.text).findings.first?.location?.start == marked.place(1))
    let other = MarkedText("ä: [1, 2️⃣")
    #expect(try Reading(other.text).findings.first?.location?.start == other.place(2))
  }
}
