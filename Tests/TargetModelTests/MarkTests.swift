import TargetModel
import TestSupport
import Testing

private let digest = "0123456789abcdef0123456789abcdef"

struct MarkTagsTests {
  private let marks = OwnershipMarks(
    stack: "prod", applied: digest, secrets: ["tls.key": "aaaa1", "password": "aaaa2"],
    onRemove: .retain, isProtected: true)

  private func read(_ tags: [String: String]) -> OwnershipMarks {
    MarkTags.marks(in: AttributeMap(tags.mapValues(AttributeValue.text)))
  }

  @Test func `marks as tags`() {
    #expect(
      MarkTags.tags(for: marks) == [
        "berth-stack": "prod", "berth-applied": digest, "berth-on-remove": "retain",
        "berth-secrets": "password=aaaa2 tls.key=aaaa1", "berth-protect": "true",
      ])
    #expect(MarkTags.tags(for: OwnershipMarks()).isEmpty)
  }

  @Test func `marks come back, whichever are set`() {
    for seed in UInt64(1)...200 {
      var random = SeededRandom(seed: seed)
      let some = { (random: inout SeededRandom) in Bool.random(using: &random) }
      var marks = OwnershipMarks()
      if some(&random) { marks.applied = digest }
      if some(&random), marks.applied != nil { marks.stack = "prod" }
      for path in ["a", "b.c", "tls.key"] where some(&random) {
        marks.secrets[AttributePath(path)] = String(random.next(), radix: 16)
      }
      marks.onRemove = some(&random) ? RemovalPolicy.allCases.randomElement(using: &random) : nil
      marks.isProtected = some(&random)
      let tags = MarkTags.tags(for: marks)
      #expect(read(tags) == marks, "seed \(seed)")
      #expect(tags.keys.allSatisfy(MarkTags.isMark), "seed \(seed)")
    }
  }

  @Test func `the case of a tag means nothing, and of two spellings Berth's own counts`() {
    #expect(
      read(["BERTH-STACK": "prod", "Berth-Applied": digest]).stack == "prod")
    #expect(MarkTags.isMark("Berth-Protect"))
    #expect(!MarkTags.isMark("berth-team"))
    for _ in 0..<20 {
      let two = [
        "Berth-Stack": "theirs", "berth-stack": "prod", "BERTH-STACK": "others",
        "berth-applied": digest,
      ]
      #expect(read(two).stack == "prod")
    }
  }

  @Test(arguments: ["", " ", "=", "a", "a=", "=b", "a = b", "  =  "])
  func `T19 fingerprints that can't be read count as absent`(_ text: String) {
    #expect(read(["berth-secrets": text]).secrets.isEmpty)
  }

  @Test(arguments: [
    nil, "", "yes", "0123", String(digest.dropLast()), digest + "0", digest.uppercased(),
  ])
  func `T19 the name of a stack alone claims nothing`(_ applied: String?) {
    var tags = ["berth-stack": "prod"]
    tags["berth-applied"] = applied
    let marks = read(tags)
    #expect(marks.stack == nil && marks.applied == nil)
  }

  @Test func `T19 other words than Berth's own count as absent`() {
    let marks = read(["berth-on-remove": "explode", "berth-protect": "yes"])
    #expect(marks == OwnershipMarks())
  }
}

struct AppliedDigestTests {
  private func digest(_ attributes: AttributeMap) -> String {
    desired("pool", "p", attributes).appliedDigest
  }

  @Test func `thirty-two hexadecimal digits, always the same`() {
    #expect(digest([:]).count == 32)
    #expect(digest([:]).allSatisfy { $0.isHexDigit && !$0.isUppercase })
    #expect(digest(["count": 3]) == digest(["count": 3]))
  }

  /// Live targets carry it, so it is the same in every version of Berth:
  /// `printf 'kind=pool\nsize="big"\ncount=2\ntags={"team":"ml"}' | sha256sum | cut -c 1-32`.
  @Test func `it is made of lines that anybody can put together`() {
    #expect(
      digest(["size": "Big", "count": 2, "tags": ["team": "ml"]])
        == "ea564a3ad7ba101c38f1090d1c95cf46")
  }

  @Test func `spelling and spelled-out defaults do not move it`() {
    #expect(digest(["size": "BIG"]) == digest(["size": "big"]))
    #expect(digest(["size": "small", "count": 1]) == digest([:]))
    let hub = desired("hub", "h", ["tls.status": .null])
    #expect(hub.appliedDigest == desired("hub", "h").appliedDigest)
  }

  @Test func `every field moves it`() {
    let digests: [AttributeMap] = [
      [:], ["size": "big"], ["count": 2], ["tags": ["a": "b"]], ["tags": ["a": "c"]],
    ]
    #expect(Set(digests.map(digest)).count == digests.count)
    #expect(digest(["size": "x"]) != desired("box", "p", ["size": "x"]).appliedDigest)
  }

  @Test func `neither name, nor place, nor settings, nor secrets move it`() {
    let link = { (name: String, line: Int, secrets: [String: String]) in
      desired("link", name, ["resource_id": .resource("r")], secrets: secrets, line: line) {
        $0.protect = line > 1
      }.appliedDigest
    }
    #expect(link("a", 1, [:]) == link("b", 9, ["password": "hunter2"]))
  }

  @Test func `a text can't pass for another field`() {
    #expect(
      digest(["size": "x\ncount=2"]) != digest(["size": "x", "count": 2]))
    #expect(digest(["tags": ["a": "1\nb"]]) != digest(["tags": ["a": "1", "b": ""]]))
  }

  @Test func `the marks of an apply carry it`() {
    let link = desired(
      "link", "l", ["resource_id": .resource("r")], secrets: ["password": "aaaa1"])
    let marks = link.marks(of: "prod")
    #expect(marks.applied == link.appliedDigest)
    #expect(marks.stack == "prod")
    #expect(marks.secrets == ["password": "aaaa1"])
  }
}

struct ObservedFingerprintTests {
  private func hub(_ attributes: AttributeMap = [:]) -> ObservedTarget {
    let held: AttributeMap = ["resource_id": .resource("r")]
    return observed("hub", "h", held.merging(attributes) { $1 })
  }

  private func fingerprint(_ target: ObservedTarget) -> String {
    target.fingerprint(in: .invented)
  }

  @Test func `everything that a plan relies on moves it`() throws {
    var targets = [hub(), hub(["agents": 2]), hub(["resource_id": .resource("other")])]
    let changes: [(inout ObservedTarget) -> Void] = [
      { $0.state = .failed }, { $0.isAttached = false }, { $0.resource = nil },
      { $0.power = .stopped }, { $0.marks.stack = "other" }, { $0.marks.applied = "x" },
      { $0.marks.isProtected = true }, { $0.marks.onRemove = .retain },
      { $0.marks.secrets = ["tls.key": "aaaa1"] },
    ]
    for change in changes {
      var target = hub()
      change(&target)
      targets.append(target)
    }
    targets.append(observed("link", "h", ["resource_id": .resource("r")]))
    #expect(Set(targets.map(fingerprint)).count == targets.count)
    #expect(fingerprint(hub()).wholeMatch(of: /[0-9a-f]{64}/) != nil)
  }

  /// Saved plans carry it: `printf` of these lines with `\n` between them, and `sha256sum`.
  ///
  ///     name=p
  ///     kind=pool
  ///     state=succeeded
  ///     attached=false
  ///     resource=
  ///     power=
  ///     berth-stack=prod
  ///     size="big"
  ///     count=2
  ///     tags={"team":"ml"}
  @Test func `it is made of lines that anybody can put together`() {
    let target = observed("pool", "P", ["size": "Big", "count": 2, "tags": ["team": "ml"]])
    #expect(
      fingerprint(target) == "90cb3cde2198455f44bb280995000a770981ea81ff1bb7f03323b8c6335d4cf4")
  }

  @Test func `what only the service sets does not move it, nor does its spelling`() {
    #expect(fingerprint(hub(["version": "1.29"])) == fingerprint(hub(["version": "1.30"])))
    let upper = AttributeValue.text((AttributeValue.resource("r").text ?? "").uppercased())
    #expect(fingerprint(hub(["resource_id": upper])) == fingerprint(hub()))
    #expect(
      fingerprint(observed("pool", "P", ["size": "BIG"]))
        == fingerprint(observed("pool", "p", ["size": "big"])))
    var failing = hub()
    failing.errors = ["No room."]
    #expect(fingerprint(failing) == fingerprint(hub()))
  }
}

struct CatalogTests {
  @Test func `words compare without case`() {
    #expect(KindCatalog.invented["POOL"]?.name == "pool")
    #expect(KindCatalog.invented.kind(computeType: "sharedLINK")?.name == "sharedlink")
    #expect(KindCatalog.invented["absent"] == nil)
    #expect(
      KindCatalog.invented.kinds.map(\.name) == KindCatalog.invented.kinds.map(\.name).sorted())
  }

  @Test func `every field has its slot`() {
    for kind in KindCatalog.invented.kinds {
      for (slot, field) in kind.fields.enumerated() { #expect(kind.slot(field.path) == slot) }
      #expect(kind.slot("absent.path") == nil)
    }
  }

  @Test func `a snapshot is sorted by name without regard to case`() {
    let snapshot = Snapshot(
      workspace: testWorkspace,
      targets: ["b", "C", "a"].map { observed("pool", $0) })
    #expect(snapshot.targets.map(\.name) == ["a", "b", "C"])
  }
}
