/// Reads targets from the service's JSON, and makes nothing of what no target shows: ids, dates, who
/// did what.
package struct ObservedTargetReader: Sendable {
  private let mapping: WireMapping
  private let shown: JSONSelection
  /// The numbers of the paths of a kind's fields, in the order of its layout.
  private let fields: [ObjectIdentifier: [Int]]

  /// Reads what a mapping understands.
  package init(_ mapping: WireMapping) {
    self.mapping = mapping
    let kinds = mapping.catalog.kinds
    // The facts come first, so that their numbers are those they have among themselves.
    let shown = JSONSelection(
      ServiceFact.allCases.map(\.path) + kinds.flatMap(\.wireLayout.paths))
    self.shown = shown
    fields = Dictionary(
      uniqueKeysWithValues: kinds.map { kind in
        (ObjectIdentifier(kind), kind.wireLayout.paths.compactMap(shown.number))
      })
  }

  /// The target that a body shows, as `WireMapping.target(in:)` has it; nil where it has no name.
  package func target(in text: String) throws(JSONFailure) -> ObservedTarget? {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(JSONFailure) in
      var json = JSONReader(bytes)
      let places = try json.places(of: shown)
      return try mapping.target(shownBy: Body(json: json, places: places, fields: fields))
    }
  }

  /// A text of which it is known what stands where.
  private struct Body: ServiceBody {
    let json: JSONReader
    /// Where a value begins, by the number of its path; -1 where there is none.
    let places: [Int]
    let fields: [ObjectIdentifier: [Int]]

    func value(_ fact: ServiceFact) throws(JSONFailure) -> AttributeValue? {
      let place = places[fact.rawValue]
      return place < 0 ? nil : try json.value(from: place)
    }

    func forEachField(
      of kind: KindDescriptor, into attributes: inout Attributes,
      _ act: (inout Attributes, WireLayout.Place, AttributeValue) -> Void
    ) throws(JSONFailure) {
      let numbers = fields[ObjectIdentifier(kind), default: []]
      attributes.reserveCapacity(numbers.reduce(1) { $0 + (places[$1] < 0 ? 0 : 1) })
      for index in numbers.indices where places[numbers[index]] >= 0 {
        let value = try json.value(from: places[numbers[index]])
        act(&attributes, kind.wireLayout.places[index], value)
      }
    }
  }
}
