/// A body in which the service shows a target, in the form in which somebody holds it.
protocol ServiceBody {
  /// Why it can't be read.
  associatedtype Failure: Error

  /// What it says of something that targets of all kinds have; nil, or null, where it says nothing.
  func value(_ fact: ServiceFact) throws(Failure) -> AttributeValue?

  /// Makes room for the fields of a kind that it shows, and does something with each, in the order of
  /// the slots; with all but the tags.
  func forEachField(
    of kind: KindDescriptor, into attributes: inout Attributes,
    _ act: (inout Attributes, WireLayout.Place, AttributeValue) -> Void
  ) throws(Failure)
}

/// What the service shows of targets of all kinds.
enum ServiceFact: Int, CaseIterable {
  case name, tags, computeType, state, errors, isAttached, resourceID, power

  /// Where it stands in a body.
  var path: AttributePath { Self.paths[rawValue] }

  private static let paths: [AttributePath] = [
    "name", "tags", "properties.computeType", "properties.provisioningState",
    "properties.provisioningErrors", "properties.isAttachedCompute", "properties.resourceId",
    "properties.properties.state",
  ]
}

extension AttributeValue: ServiceBody {
  func value(_ fact: ServiceFact) -> AttributeValue? { self[fact.path] }

  func forEachField(
    of kind: KindDescriptor, into attributes: inout Attributes,
    _ act: (inout Attributes, WireLayout.Place, AttributeValue) -> Void
  ) {
    let places = kind.wireLayout.places
    let maps = kind.wireLayout.maps.map { self[$0]?.map }
    let most = maps.reduce(0) { $0 + ($1?.count ?? 0) }
    attributes.reserveCapacity(min(most, places.count))
    for place in places {
      guard let value = maps[place.map]?[place.key], value != .null else { continue }
      act(&attributes, place, value)
    }
  }
}
