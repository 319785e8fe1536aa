import Diagnostics
import ManifestSyntax
import TestSupport
import Testing

@Suite("Aliases and merge keys")
struct AliasTests {
  @Test func `merge keys fill in what a mapping has not`() throws {
    let root = try read(
      """
      base: &base {size: s, min: 0, max: 4}
      more: &more {max: 8, tier: low}
      one: {name: a, <<: *base, max: 1}
      both: {<<: [*base, *more, {tier: x, extra: 1}], name: b}
      again: &again {<<: *base, deep: 1}
      chain: {<<: *again}
      """)
    func pairs(_ key: String) -> [String] {
      root[key]?.entries.map { "\($0.key.text)=\($0.value.text)" } ?? []
    }
    #expect(pairs("one") == ["name=a", "max=1", "size=s", "min=0"])
    #expect(pairs("both") == ["name=b", "size=s", "min=0", "max=4", "tier=low", "extra=1"])
    #expect(pairs("chain") == ["deep=1", "size=s", "min=0", "max=4"])
    #expect(root["one"]?["min"]?.scalar == .integer(0))
  }

  @Test func `a merged entry stands where it was written`() throws {
    let marked = MarkedText("a: &a\n  1️⃣k2️⃣: 3️⃣v4️⃣\nb:\n  <<: *a\n")
    let entry = try #require(try read(marked.text)["b"]?.entries.first)
    #expect(try entry.key.location == marked.range(1, 2))
    #expect(try entry.value.location == marked.range(3, 4))
  }

  @Test(arguments: ["<<: 1", "<<: [a]", "<<:", "<<: [{a: 1}, [b]]"])
  func `only mappings can be merged`(text: String) {
    #expect(Reading("\(text)\nb: 1\n").rules == [.invalidMerge])
  }

  @Test func `a quoted merge key is an ordinary key`() throws {
    #expect(try read("\"<<\": 1\n")["<<"]?.text == "1")
    #expect(try read("a: &x <<\n*x : 1\n")["<<"]?.text == "1")
  }

  @Test func `an alias may be a key if it names a scalar`() throws {
    #expect(try read("a: &x name\n*x : 1\n").keys == ["a", "name"])
    #expect(Reading("a: &x [1]\n*x : 1\n").rules == [.invalidKey])
    let marked = MarkedText("a: &x name\n1️⃣*x : 1\n2️⃣name: 2\n")
    let finding = try #require(Reading(marked.text).findings.first)
    #expect(finding.rule == .duplicateKey)
    #expect(try finding.location?.start == marked.place(2))
    #expect(try finding.related.first?.location.start == marked.place(1))
  }

  @Test func `a long text can't become a key through an alias`() {
    let text = String(repeating: "x", count: 2_000)
    #expect(Reading("a: &x \(text)\n*x : 1\n").rules == [.yamlLimit])
  }

  @Test func `an anchor given again names the later node`() throws {
    let root = try read("- &a 1\n- *a\n- &a 2\n- *a\n- &a [&a 3, *a]\n- *a\n")
    let three = YAMLValue.scalar(.integer(3))
    #expect(
      root.value
        == .sequence(
          [1, 1, 2, 2].map { .scalar(.integer($0)) } + [.sequence([three, three]), three]))
  }

  @Test func `anchors end with their document`() {
    #expect(Reading("a: &x 1\n---\nb: *x\n").rules == [.invalidAlias])
  }

  @Test func `a misspelt alias is told its neighbour`() {
    let reading = Reading("a: &defaults 1\nb: *defalts\n")
    #expect(reading.rules == [.invalidAlias])
    #expect(reading.findings.first?.detail.contains("Did you mean '*defaults'?") ?? false)
  }

  @Test func `a limit that is no limit is none`() {
    var limits = YAMLLimits.standard
    limits.expansionFactor = .max
    #expect(Reading("a: &a [b]\nc: *a\n", limits: limits).findings == [])
  }
}
