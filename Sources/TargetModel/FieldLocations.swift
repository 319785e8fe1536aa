public import Diagnostics

/// Where a document gives its fields their values, by slot.
///
/// A list, since a document gives few: looking through it is quicker than hashing, and it is smaller.
public struct FieldLocations: Sendable {
  private var entries: [(slot: Int, location: SourceLocation)] = []

  /// Nowhere yet.
  public init() {}

  /// Where the field of a slot stands; nil if the document does not give it.
  public subscript(slot: Int) -> SourceLocation? { entries.first { $0.slot == slot }?.location }

  /// Notes where a field stands of which nothing is noted yet.
  public mutating func append(_ location: SourceLocation, of slot: Int) {
    entries.append((slot, location))
  }
}
