/// Where the service's JSON shows the fields of a kind, by the maps that hold them: each map is
/// looked up once a target.
struct WireLayout: Sendable {
  struct Place: Sendable {
    /// The field's slot.
    let slot: Int
    /// The number of the map in `maps`.
    let map: Int
    /// The key in that map.
    let key: String
    /// True if values are read as they stand.
    let isSpelledAlike: Bool
  }

  /// The paths of the maps.
  private(set) var maps: [AttributePath] = []
  /// The fields that the service shows, in the kind's order; all but the tags.
  private(set) var places: [Place] = []
  /// The slot of the user's tags, among which Berth's marks stand; nil if the kind has none.
  private(set) var tags: Int?

  /// Where the fields stand.
  var paths: [AttributePath] { places.map { AttributePath(maps[$0.map].segments + [$0.key]) } }

  init(_ fields: [Field]) {
    var numbers: [AttributePath: Int] = [:]
    for (slot, field) in fields.enumerated() where !field.isSecret {
      guard let segments = field.wire?.segments, let key = segments.last else { continue }
      if segments == ["tags"] {
        tags = slot
        continue
      }
      let map = AttributePath(segments.dropLast())
      let number = numbers[map] ?? maps.count
      if number == maps.count { maps.append(map) }
      numbers[map] = number
      places.append(
        Place(slot: slot, map: number, key: key, isSpelledAlike: field.isSpelledAlike))
    }
  }
}
