/// Reads targets from the service's JSON, and makes nothing of what no target shows: ids, dates, who
/// did what.
package struct ObservedTargetReader: Sendable {
  private let mapping: WireMapping
  private let shown: JSONSelection

  /// Reads what a mapping understands.
  package init(_ mapping: WireMapping) {
    self.mapping = mapping
    let fields = mapping.catalog.kinds.flatMap(\.wireLayout.paths)
    shown = JSONSelection(WireMapping.pathsOfEveryKind + fields)
  }

  /// The target that a body shows, as `WireMapping.target(in:)` has it; nil where it has no name.
  package func target(in text: String) throws(JSONFailure) -> ObservedTarget? {
    mapping.target(in: try AttributeValue(json: text, keeping: shown))
  }
}
