import TargetModel
import TestSupport
import Testing

/// Two spellings of one wish are one wish.
struct NormalisationTests {
  private func field(
    _ type: FieldType, _ comparison: Comparison = .exact,
    default defaultValue: AttributeValue? = nil
  ) -> Field {
    Field(
      "field", type, "A field", default: defaultValue, onChange: .inPlace, comparison: comparison,
      wire: "properties.field")
  }

  private let id = "/subscriptions/S/resourceGroups/G/providers/P.Q/things/N"

  @Test func `exact is exact`() {
    #expect(field(.text()).normalised("Big") == "Big")
    #expect(field(.integer(0...9)).normalised(4) == 4)
    #expect(field(.text()).normalised(.null) == .null)
  }

  @Test func `words, regions and resource ids lose what means nothing`() {
    #expect(field(.text(), .ignoringCase).normalised("STANDARD_D2") == "standard_d2")
    #expect(field(.text(), .region).normalised("West Europe") == "westeurope")
    #expect(field(.region).normalised("West\u{A0}Europe ") == "westeurope")
    #expect(field(.text(), .resourceID).normalised(.text(id + "/")) == .text(id.lowercased()))
    #expect(field(.resourceID([])).normalised(.text(id)) == .text(id.lowercased()))
    #expect(field(.resourceID([])).normalised("Not/An/Id") == "not/an/id")
  }

  @Test func `a choice is its name in whatever word`() {
    let mode = field(
      .choice([
        .init("low_priority", wire: "LowPriority", olderNames: ["spot"]), .init("b", wire: "B"),
      ]))
    #expect(mode.normalised("SPOT") == "low_priority")
    #expect(mode.normalised("Low_Priority") == "low_priority")
    #expect(mode.normalised("Elsewhere") == "elsewhere")
  }

  @Test func `sets have neither order nor repetition`() {
    let set = field(.list(of: .text()), .set)
    #expect(set.normalised(["b", "a", "b"]) == set.normalised(["a", "b"]))
    #expect(set.normalised(["a", "b"]) != set.normalised(["a"]))
    #expect(field(.list(of: .text())).normalised(["b", "a"]) == ["b", "a"])
  }

  @Test func `lists by key have no order`() {
    let byKey = field(.list(of: .anything), .listByKey("name"))
    let one: AttributeValue = [["name": "b", "x": 1], ["name": "a", "x": 2]]
    let two: AttributeValue = [["name": "a", "x": 2], ["name": "b", "x": 1]]
    #expect(byKey.normalised(one) == byKey.normalised(two))
    let three: AttributeValue = [["name": "a", "x": 1], ["name": "b", "x": 2]]
    #expect(byKey.normalised(one) != byKey.normalised(three))
  }

  @Test func `entries of an object are normalised by their own fields and get their defaults`() {
    let inner = [
      Field("region", .region, "R", onChange: .inPlace, wire: "r"),
      Field(
        "size", .text(), "S", default: "Small", onChange: .inPlace, comparison: .ignoringCase,
        wire: "s"),
      Field("none", .text(), "N", default: .null, onChange: .inPlace, wire: "n"),
    ]
    let object = field(.list(of: .object(inner)))
    #expect(
      object.normalised([["region": "West Europe", "none": .null], ["size": "BIG"]])
        == [["region": "westeurope", "size": "small"], ["size": "big"]])
  }

  @Test func `normalising twice changes nothing more, whatever the value`() {
    let inner = [
      Field("a", .region, "A", default: "B", onChange: .inPlace, wire: "a"),
      Field(
        "b.c", .list(of: .text()), "B", default: .null, onChange: .inPlace, comparison: .set,
        wire: "b"),
    ]
    let types: [FieldType] = [
      .text(), .boolean, .integer(0...9), .region, .resourceID([]), .anything,
      .choice([.init("a", wire: "A", olderNames: ["b"])]), .list(of: .region), .map(of: .region),
      .object(inner), .list(of: .object(inner)), .duration(.minutes, 0...9),
    ]
    let comparisons: [Comparison] = [
      .exact, .ignoringCase, .resourceID, .region, .set, .listByKey("a"),
    ]
    for seed in UInt64(1)...400 {
      var random = SeededRandom(seed: seed)
      let value = AttributeValue.random(depth: 3, &random)
      for type in types {
        for comparison in comparisons {
          let field = field(type, comparison)
          let once = field.normalised(value)
          #expect(field.normalised(once) == once, "seed \(seed): \(type) \(comparison) \(value)")
        }
      }
    }
  }
}

/// From a manifest onto the wire and back.
struct WireMappingTests {
  private let mapping = WireMapping(catalog: .invented)

  @Test func `the body of a create`() {
    let pool = desired("pool", "p", ["count": 4, "tags": ["team": "ml", "Berth-Stack": "mine"]])
    let marks = OwnershipMarks(stack: "prod", applied: "abc", isProtected: true)
    #expect(
      mapping.body(for: pool, marks: marks, in: testWorkspace).prettyJSON == """
        {
          "location": "westeurope",
          "properties": {
            "computeType": "Pool",
            "properties": {
              "count": 4,
              "size": "small"
            }
          },
          "tags": {
            "berth-applied": "abc",
            "berth-protect": "true",
            "berth-stack": "prod",
            "team": "ml"
          }
        }
        """)
  }

  @Test func `a secret travels in the body and does not come back`() throws {
    let link = desired(
      "link", "l", ["resource_id": .resource("r")], secrets: ["password": "hunter2"])
    let body = mapping.body(for: link, marks: OwnershipMarks(), in: testWorkspace)
    #expect(body["properties.properties.password"] == "hunter2")
    let seen = try #require(mapping.target(in: answered(body, name: "l")))
    #expect(seen.kind == "link")
    #expect(KindDescriptor.inventedLink.value("password", in: seen.attributes) == nil)
    #expect(seen.resource == link.heldResource)
    #expect(seen.isAttached)
  }

  @Test func `what is sent is what is seen`() throws {
    for seed in UInt64(1)...500 {
      var random = SeededRandom(seed: seed)
      let target = Self.randomTarget(&random)
      let marks = target.marks(of: "prod")
      let body = mapping.body(for: target, marks: marks, in: testWorkspace)
      let seen = try #require(
        mapping.target(in: answered(body, name: target.name)), "seed \(seed)")
      let expected = converged(target, stack: "prod")
      #expect(seen.address == expected.address, "seed \(seed)")
      #expect(seen.marks == marks, "seed \(seed)")
      #expect(seen.isAttached == target.isAttached, "seed \(seed)")
      #expect(seen.resource == target.heldResource, "seed \(seed)")
      #expect(seen.state == .succeeded && seen.isKnownKind && seen.errors.isEmpty, "seed \(seed)")
      for (slot, field) in target.kind.fields.enumerated() {
        let wanted = expected.attributes[slot] == [:] ? nil : expected.attributes[slot]
        #expect(seen.attributes[slot] == wanted, "seed \(seed): \(target.kind.name) \(field.path)")
      }
    }
  }

  @Test func `the same target gives the same bytes, and they are JSON`() throws {
    for seed in UInt64(1)...200 {
      var one = SeededRandom(seed: seed)
      var two = SeededRandom(seed: seed)
      let texts = [Self.randomTarget(&one), Self.randomTarget(&two)].map {
        mapping.body(for: $0, marks: $0.marks(of: "prod"), in: testWorkspace).canonicalJSON
      }
      #expect(texts[0] == texts[1], "seed \(seed)")
      #expect(try AttributeValue(json: texts[0]).canonicalJSON == texts[0], "seed \(seed)")
    }
  }

  @Test func `a kind that nobody knows still holds what it names`() throws {
    let body: AttributeValue = [
      "name": "k",
      "properties": [
        "computeType": "Kusto", "resourceId": .resource("R1"), "provisioningState": "Moving",
        "provisioningErrors": [
          ["error": ["code": "Full", "message": "No room."]], ["message": "Alone."], ["odd": 1],
        ],
      ],
      "tags": ["BERTH-STACK": "prod", "team": "ml"],
    ]
    let seen = try #require(mapping.target(in: body))
    #expect(seen.kind == "Kusto" && !seen.isKnownKind && seen.isAttached)
    #expect(seen.resource == .invented("r1"))
    #expect(seen.state == .unknown("Moving") && !seen.state.isTransitional)
    #expect(seen.errors == ["Full: No room.", "Alone.", #"{"odd":1}"#])
    #expect(seen.marks.stack == "prod")
  }

  @Test func `a body of odd types makes a poor target and no crash`() {
    #expect(mapping.target(in: .null) == nil)
    #expect(mapping.target(in: ["name": 1]) == nil)
    let odd: AttributeValue = [
      "name": "x", "properties": "none", "tags": ["berth-stack": 1, "berth-secrets": "a =b c= d"],
    ]
    let seen = mapping.target(in: odd)
    #expect(seen?.kind == "Unknown")
    #expect(seen?.marks == OwnershipMarks())
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      let body: AttributeValue = [
        "name": "x", "tags": .random(depth: 2, &random),
        "properties": [
          "computeType": "Pool", "resourceId": .random(depth: 1, &random),
          "properties": [
            "size": .random(depth: 2, &random), "count": .random(depth: 2, &random),
            "state": .random(depth: 1, &random),
          ],
        ],
      ]
      #expect(mapping.target(in: body)?.kind == "pool", "seed \(seed)")
    }
  }

  @Test func `power is told in the service's words`() {
    let state = { (word: String) in
      mapping.target(
        in: [
          "name": "b",
          "properties": ["computeType": "Box", "properties": ["state": .text(word)]],
        ])?.power
    }
    #expect(state("Running") == .running)
    #expect(state("JobRunning") == .running)
    #expect(state("stopped") == .stopped)
    #expect(state("Stopping") == nil)
  }

  /// The body as the service gives it back.
  private func answered(_ body: AttributeValue, name: String) -> AttributeValue {
    var body = body
    body["name"] = .text(name)
    body["properties.provisioningState"] = "Succeeded"
    return body
  }

  private static func randomTarget(_ random: inout SeededRandom) -> ComputeTarget {
    let kinds = KindCatalog.invented.kinds
    let kind = kinds.randomElement(using: &random) ?? .inventedPool
    var values: [String: AttributeValue] = [:]
    for field in kind.fields where !field.isSecret && field.setBy == .user {
      guard field.isRequired || Bool.random(using: &random) else { continue }
      values[field.path.description] =
        switch field.type {
        case .integer(let range): .integer(.random(in: range, using: &random))
        case .resourceID: .resource("r\(Int.random(in: 0...3, using: &random))")
        case .map: ["team": .text(AttributeValue.randomText(&random)), "berth": "no mark"]
        default: .text("x" + AttributeValue.randomText(&random))
        }
    }
    return desired(kind.name.text, "t", values) {
      $0.protect = Bool.random(using: &random)
      $0.onRemove = RemovalPolicy.allCases.randomElement(using: &random)
    }
  }
}

struct MarkTagsTests {
  private let marks = OwnershipMarks(
    stack: "prod", applied: "0123", secrets: ["tls.key": "aaaa1", "password": "aaaa2"],
    onRemove: .retain, isProtected: true)

  @Test func `marks as tags`() {
    #expect(
      MarkTags.tags(for: marks) == [
        "berth-stack": "prod", "berth-applied": "0123", "berth-on-remove": "retain",
        "berth-secrets": "password=aaaa2 tls.key=aaaa1", "berth-protect": "true",
      ])
    #expect(MarkTags.tags(for: OwnershipMarks()).isEmpty)
  }

  @Test func `marks come back, whichever are set`() {
    for seed in UInt64(1)...200 {
      var random = SeededRandom(seed: seed)
      let some = { (random: inout SeededRandom) in Bool.random(using: &random) }
      var marks = OwnershipMarks()
      if some(&random) { marks.stack = "prod" }
      if some(&random) { marks.applied = String(random.next(), radix: 16) }
      for path in ["a", "b.c", "tls.key"] where some(&random) {
        marks.secrets[AttributePath(path)] = String(random.next(), radix: 16)
      }
      marks.onRemove = some(&random) ? RemovalPolicy.allCases.randomElement(using: &random) : nil
      marks.isProtected = some(&random)
      let tags = MarkTags.tags(for: marks)
      #expect(MarkTags.marks(in: tags) == marks, "seed \(seed)")
      #expect(tags.keys.allSatisfy(MarkTags.isMark), "seed \(seed)")
    }
  }

  @Test func `the case of a tag means nothing, and of two spellings Berth's own counts`() {
    #expect(MarkTags.marks(in: ["BERTH-STACK": "prod"]).stack == "prod")
    #expect(MarkTags.isMark("Berth-Protect"))
    #expect(!MarkTags.isMark("berth-team"))
    for _ in 0..<20 {
      let two = ["Berth-Stack": "theirs", "berth-stack": "prod", "BERTH-STACK": "others"]
      #expect(MarkTags.marks(in: two).stack == "prod")
    }
  }

  @Test(arguments: ["", " ", "=", "a", "a=", "=b", "a = b", "  =  "])
  func `fingerprints that can't be read count as absent`(_ text: String) {
    #expect(MarkTags.marks(in: ["berth-secrets": text]).secrets.isEmpty)
  }

  @Test func `other words than Berth's own count as absent`() {
    let marks = MarkTags.marks(in: ["berth-on-remove": "explode", "berth-protect": "yes"])
    #expect(marks == OwnershipMarks())
  }
}

struct AppliedDigestTests {
  private func digest(_ attributes: [String: AttributeValue]) -> String {
    desired("pool", "p", attributes).appliedDigest
  }

  @Test func `thirty-two hexadecimal digits, always the same`() {
    #expect(digest([:]).count == 32)
    #expect(digest([:]).allSatisfy { $0.isHexDigit && !$0.isUppercase })
    #expect(digest(["count": 3]) == digest(["count": 3]))
  }

  @Test func `spelling and spelled-out defaults do not move it`() {
    #expect(digest(["size": "BIG"]) == digest(["size": "big"]))
    #expect(digest(["size": "small", "count": 1]) == digest([:]))
    let hub = desired("hub", "h", ["tls.status": .null])
    #expect(hub.appliedDigest == desired("hub", "h").appliedDigest)
  }

  @Test func `every field moves it`() {
    let digests: [[String: AttributeValue]] = [
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
  private func hub(_ attributes: [String: AttributeValue] = [:]) -> ObservedTarget {
    observed("hub", "h", ["resource_id": .resource("r")].merging(attributes) { $1 })
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
