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
