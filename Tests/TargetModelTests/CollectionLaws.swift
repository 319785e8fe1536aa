import TargetModel
import TestSupport
import Testing

/// What maps, attributes and sorting share with the simplest thing that does the same.
struct CollectionLaws {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a map does what a dictionary does, in the order of its keys`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var (map, plain) = (AttributeMap(), [String: AttributeValue]())
    // Few keys, so that they meet; é twice, which is one key spelled in two ways.
    let keys = (0..<12).map { "key\($0)" } + ["", "é", "e\u{301}", "z", "A"]
    for step in 0..<60 {
      let key = keys.randomElement(using: &random) ?? ""
      switch Int.random(in: 0..<6, using: &random) {
      case 0: (map[key], plain[key]) = (nil, nil)
      case 1: #expect(map.removeValue(forKey: key) == plain.removeValue(forKey: key))
      case 2:
        map[key, default: 0] = .integer(step)
        plain[key, default: 0] = .integer(step)
      default: (map[key], plain[key]) = (.integer(step), .integer(step))
      }
      #expect(map[key] == plain[key])
    }
    #expect(map.count == plain.count)
    #expect(map.keys == plain.keys.sorted())
    #expect(map.allSatisfy { plain[$0.key] == $0.value })
    #expect(keys.allSatisfy { map[$0] == plain[$0] })
    #expect(map == AttributeMap(plain))
    #expect(AttributeMap(plain).hashValue == map.hashValue)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `maps merge as dictionaries do, whatever the order`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func entries() -> [(String, AttributeValue)] {
      (0..<Int.random(in: 0..<20, using: &random)).map { number in
        ("\(Int.random(in: 0..<15, using: &random))", .integer(number))
      }
    }
    let (one, two) = (entries(), entries())
    let first = AttributeMap(one) { own, _ in own }
    let plain = Dictionary(one) { own, _ in own }
    #expect(first == AttributeMap(plain))
    #expect(
      first.merging(two) { _, other in other } == AttributeMap(plain.merging(two) { $1 }))
    #expect(first.filter { $0.key < "5" } == AttributeMap(plain.filter { $0.key < "5" }))
    let lists: (AttributeValue) -> AttributeValue = { [$0] }
    #expect(first.mapValues(lists) == AttributeMap(plain.mapValues(lists)))
    let odd: (AttributeValue) -> AttributeValue? = {
      $0.integer?.isMultiple(of: 2) == false ? $0 : nil
    }
    #expect(first.compactMapValues(odd) == AttributeMap(plain.compactMapValues(odd)))
    // As JSON has them: in their order, and in any.
    #expect((try? AttributeValue(json: AttributeValue.map(first).canonicalJSON)) == .map(first))
    let anyhow = plain.map { "\"\($0.key)\": \($0.value.canonicalJSON)" }.joined(separator: ",")
    #expect((try? AttributeValue(json: "{\(anyhow)}")) == .map(first))
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `values are equal where they read the same, wherever they are kept`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let values = (0..<12).map { _ in AttributeValue.random(depth: 2, &random) }
    // The same once more, from elsewhere.
    let others = try values.map { try AttributeValue(json: $0.canonicalJSON) }
    var (kept, live) = (Attributes(slotCount: 12), Attributes(slotCount: 12))
    for slot in kept.indices {
      kept[slot] = values[slot]
      live[slot] = others.randomElement(using: &random)
    }
    for slot in kept.indices {
      #expect(values[slot] == others[slot])
      let (value, other) = (values[slot], live[slot] ?? .null)
      #expect((value == other) == (value.canonicalJSON == other.canonicalJSON))
      #expect(kept.agrees(with: live, in: slot) == (value == other && value != .null))
      #expect(kept.agrees(with: kept, in: slot) == (value != .null))
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `attributes do what a slot each would do`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 1...128, using: &random)
    var attributes = Attributes(slotCount: count)
    var slots = [AttributeValue?](repeating: nil, count: count)
    for step in 0..<300 {
      let slot = Int.random(in: 0..<count, using: &random)
      let value: AttributeValue? = Bool.random(using: &random) ? .integer(step) : nil
      attributes[slot] = value
      slots[slot] = value
    }
    #expect(attributes.indices.map { attributes[$0] } == slots)
    #expect(attributes.indices.allSatisfy { attributes.holds($0) == (slots[$0] != nil) })
    var same = Attributes(slotCount: count)
    for slot in slots.indices.reversed() { same[slot] = slots[slot] }
    #expect(same == attributes)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `sorting by keys made once keeps what is equal in its order`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let numbers = (0..<Int.random(in: 0..<80, using: &random)).map { place in
      (key: Int.random(in: 0..<10, using: &random), place: place)
    }
    let sorted = numbers.sorted { $0.key < $1.key }
    #expect(numbers.sorted(byKey: \.key).map(\.place) == sorted.map(\.place))
    #expect(sorted.sorted(byKey: \.key).map(\.place) == sorted.map(\.place))
  }
}
