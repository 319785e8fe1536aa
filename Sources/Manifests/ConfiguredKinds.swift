internal import Diagnostics
internal import TargetModel

/// Refuses types in `berth.yaml` that do not exist: a slip of the pen would limit nothing.
func checkConfiguredKinds(
  of configuration: StackConfiguration, among rules: KindRules,
  reporting findings: inout DiagnosticList
) {
  let types = rules.catalog.kinds.map(\.name.text)
  let places: [KindPlaces] = [
    KindPlaces(
      key: "blast_radius.kinds", noun: "Limit",
      kinds: configuration.blastRadius.byKind.keys.sorted(),
      known: types),
    KindPlaces(
      key: "deadlines", noun: "Deadline", kinds: configuration.deadlines.byKind.keys.sorted(),
      known: types + [DeadlinesReader.standardKey]),
  ]
  for place in places {
    for kind in place.kinds where rules.catalog[kind] == nil {
      findings.append(
        .unknownConfiguredKind(kind, place, configuration.places["\(place.key).\(kind)"]))
    }
  }
}

/// A key of `berth.yaml` below which types are named.
private struct KindPlaces {
  let key: String
  /// What is said there of a type.
  let noun: String
  /// Those that are named.
  let kinds: [KindName]
  /// The words that mean something there.
  let known: [String]
}

extension Diagnostic {
  fileprivate static func unknownConfiguredKind(
    _ kind: KindName, _ place: KindPlaces, _ location: SourceLocation?
  ) -> Diagnostic {
    let meant = nearest(to: kind.text, among: place.known)
    return Diagnostic(
      .error, .invalidConfiguration, "\(place.noun) of an unknown type",
      detail: "'\(place.key)' names '\(kind.text.shortened)', which is no type that Berth manages."
        + (meant.map { " Did you mean \"\($0)\"?" } ?? ""),
      at: location)
  }
}
