public import Diagnostics

/// Where a document gives its fields their values, by slot.
///
/// A list, since a document gives few: looking through it is quicker than hashing, and it is smaller.
/// Most of them stand in one file, which is kept once.
public struct FieldLocations: Sendable {
  private var file = ""
  private var entries: [Entry] = []
  /// Those in other files than the first.
  private var elsewhere: [Int: String] = [:]

  private struct Entry: Sendable {
    let slot: Int32
    let start: SourcePosition
    let end: SourcePosition
  }

  /// Nowhere yet, with room for so many.
  public init(capacity: Int = 0) { entries.reserveCapacity(capacity) }

  /// Where the field of a slot stands; nil if the document does not give it.
  public subscript(slot: Int) -> SourceLocation? {
    entries.first { $0.slot == slot }.map {
      SourceLocation(file: elsewhere[slot] ?? file, start: $0.start, end: $0.end)
    }
  }

  /// Notes where a field stands of which nothing is noted yet.
  public mutating func append(_ location: SourceLocation, of slot: Int) {
    if entries.isEmpty {
      file = location.file
    } else if location.file != file {
      elsewhere[slot] = location.file
    }
    entries.append(Entry(slot: Int32(slot), start: location.start, end: location.end))
  }
}
