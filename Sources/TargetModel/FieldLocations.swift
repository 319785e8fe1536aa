public import Diagnostics

/// Where a document gives its fields their values, by slot.
///
/// A list, since a document gives few: looking through it is quicker than hashing, and it is smaller.
/// Most of them stand in one file, which is kept once.
public struct FieldLocations: Sendable {
  private var file = ""
  private var entries: [Entry] = []
  /// Those in other files than the first, and those that don't fit into an entry.
  private var others: [Int: SourceLocation] = [:]

  /// A place in the file as nearly all are: 16 bytes instead of 40, since there are a dozen for each of
  /// many thousand targets.
  private struct Entry: Sendable {
    let line: Int32
    let offset: Int32
    let column: UInt16
    let endColumn: UInt16
    let byteCount: UInt16
    let lineCount: UInt8
    let slot: UInt8

    /// Nil for a place far to the right, or a long one.
    init?(_ start: SourcePosition, _ end: SourcePosition, of slot: Int) {
      guard let column = UInt16(exactly: start.column),
        let endColumn = UInt16(exactly: end.column),
        let byteCount = UInt16(exactly: end.offset - start.offset),
        let lineCount = UInt8(exactly: end.line - start.line), let slot = UInt8(exactly: slot)
      else { return nil }
      line = Int32(start.line)
      offset = Int32(start.offset)
      self.column = column
      self.endColumn = endColumn
      self.byteCount = byteCount
      self.lineCount = lineCount
      self.slot = slot
    }

    var start: SourcePosition {
      SourcePosition(line: Int(line), column: Int(column), offset: Int(offset))
    }

    var end: SourcePosition {
      SourcePosition(
        line: Int(line) + Int(lineCount), column: Int(endColumn),
        offset: Int(offset) + Int(byteCount))
    }
  }

  /// Nowhere yet, with room for so many.
  public init(capacity: Int = 0) { entries.reserveCapacity(capacity) }

  /// Where the field of a slot stands; nil if the document does not give it.
  public subscript(slot: Int) -> SourceLocation? {
    for entry in entries where Int(entry.slot) == slot {
      return SourceLocation(file: file, start: entry.start, end: entry.end)
    }
    return others.isEmpty ? nil : others[slot]
  }

  /// Notes where a field stands of which nothing is noted yet.
  public mutating func append(_ location: SourceLocation, of slot: Int) {
    if entries.isEmpty, others.isEmpty { file = location.file }
    guard location.file == file, let entry = Entry(location.start, location.end, of: slot) else {
      others[slot] = location
      return
    }
    entries.append(entry)
  }
}
