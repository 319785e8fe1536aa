import TargetModel
import TestSupport
import Testing

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
      "tags": [
        "BERTH-STACK": "prod", "berth-applied": .text(String(repeating: "a", count: 32)),
        "team": "ml",
      ],
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
    var values: AttributeMap = [:]
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
