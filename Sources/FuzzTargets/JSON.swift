internal import TargetModel

extension FuzzTarget {
  /// JSON: what is written reads the same, and one value has one text.
  static let json = FuzzTarget(name: "json") { bytes throws(BrokenLaw) in
    guard let value = try? AttributeValue(json: bytes) else { return }
    let canonical = value.canonicalJSON
    for text in [canonical, value.prettyJSON] {
      let again = try require(
        "what is written is read", try? AttributeValue(json: text), text)
      try require("it is the same value", again == value, text)
      try require("one value has one text", isSame(again.canonicalJSON, canonical), text)
    }
  }
}
