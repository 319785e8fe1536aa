import ComputeKinds
import TargetModel
import TestSupport
import Testing

/// Reading only what targets show comes to the same as reading everything.
struct ObservedTargetReaderTests {
  private static let mapping = WireMapping(catalog: .azureML)
  private static let reader = ObservedTargetReader(mapping)

  /// What a reading comes to: a target, none, or why not.
  private enum Outcome: Equatable {
    case target(ObservedTarget?)
    case failure(JSONFailure)
  }

  private static func readWhole(_ text: String) -> Outcome {
    do {
      return .target(mapping.target(in: try AttributeValue(json: text)))
    } catch {
      return .failure(error)
    }
  }

  private static func read(_ text: String) -> Outcome {
    do {
      return .target(try reader.target(in: text))
    } catch {
      return .failure(error)
    }
  }

  @Test func `both read the same target`() {
    var shown = 0
    for seed in UInt64(1)...600 {
      var random = SeededRandom(seed: seed)
      let text = Self.body(&random).canonicalJSON
      let whole = Self.readWhole(text)
      if case .target(let target?) = whole, target.isKnownKind { shown += 1 }
      #expect(Self.read(text) == whole, "seed \(seed): \(text)")
    }
    #expect(shown > 300)
  }

  @Test func `both refuse the same texts, for the same reason`() {
    var refused = 0
    for seed in UInt64(1)...3_000 {
      var random = SeededRandom(seed: seed)
      let text = Self.damaged(Self.body(&random).canonicalJSON, &random)
      let whole = Self.readWhole(text)
      if case .failure = whole { refused += 1 }
      #expect(Self.read(text) == whole, "seed \(seed): \(text)")
    }
    #expect(refused > 1_000)
  }

  @Test(arguments: [
    #"{"b":1,"a":2,"b":3}"#, #"{"name":"n","x":{"é":1,"e\u0301":2}}"#, #"{"name":"n","name":"n"}"#,
    #"{"x":{"b":{"d":1,"c":2,"d":3},"a":1}}"#, #"{"name":"n","a":"\ud800"}"#, #"{"x":01}"#,
    #"{"name":"n","":1,"":2}"#, #"{"tags":[{"b":1,"a":1,"a":2}]}"#, #"{"x":["#, #"{"x":"#,
    #"{"properties":[1],"name":"n"}"#, #"{"properties":"x","name":"n"}"#, "[]", "1", "",
    #"{"name":"n"} x"#, #"{"na\u006de":"n","properties":{"\u0063omputeType":"AmlCompute"}}"#,
    "{\"x\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
    "{\"x\":" + String(repeating: "{\"a\":", count: 70) + "1" + String(repeating: "}", count: 70),
  ]) func `what is hard to tell`(text: String) {
    #expect(Self.read(text) == Self.readWhole(text))
  }

  /// Something like the service's body of some kind: fields where they belong, and other things.
  private static func body(_ random: inout SeededRandom) -> AttributeValue {
    guard let kind = mapping.catalog.kinds.randomElement(using: &random) else { return [:] }
    var body: AttributeValue = [
      "id": "/x", "name": "n",
      "properties": [
        "computeType": .text(kind.computeType), "createdOn": "today",
        "provisioningState": "Failed",
        "provisioningErrors": [["error": ["code": "C", "message": "m"]]],
        "properties": ["state": "Running", "unheard": ["of": 1]],
      ], "systemData": ["createdBy": ["b": 1, "a": [1, [:], "\n"]]],
      "tags": ["berth-stack": "s", "team": "é", "z": "1"],
    ]
    for field in kind.fields {
      guard let wire = field.wire, !field.isSecret, Bool.random(using: &random) else { continue }
      body[wire] = field.encode(
        field.defaultValue ?? .random(depth: 2, &random))
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let key = ["properties", "tags", "identity", "é", "properties.resourceId", "a"]
        .randomElement(using: &random)
      if let key { body[AttributePath(key)] = .random(depth: 3, &random) }
    }
    return body
  }

  /// A text with some bytes taken away, doubled or put elsewhere.
  private static func damaged(_ text: String, _ random: inout SeededRandom) -> String {
    var bytes = Array(text.utf8)
    for _ in 0...Int.random(in: 0...2, using: &random) {
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let end = Swift.min(bytes.count, start + Int.random(in: 1...12, using: &random))
      let piece = Array(bytes[start..<end])
      if Bool.random(using: &random) { bytes.removeSubrange(start..<end) }
      if Bool.random(using: &random) {
        bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
      }
      if bytes.isEmpty { return "" }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
