/// A point in a text file.
///
/// People count lines and columns from 1 and editors agree; machines want a byte offset. A
/// position carries both, so nobody has to count again.
public struct SourcePosition: Hashable, Sendable, Comparable {
  // Half of what a target keeps in memory is where its fields stand, so a number takes 32 bits.
  @usableFromInline let storedLine: Int32
  @usableFromInline let storedColumn: Int32
  @usableFromInline let storedOffset: Int32

  /// The line, from 1.
  @inlinable public var line: Int { Int(storedLine) }
  /// The column, from 1, counted in Unicode scalars.
  @inlinable public var column: Int { Int(storedColumn) }
  /// The distance from the start of the file, in UTF-8 bytes from 0.
  @inlinable public var offset: Int { Int(storedOffset) }

  /// Makes a source position of its parts, each at most `Int32.max`.
  @inlinable public init(line: Int, column: Int, offset: Int) {
    storedLine = Int32(clamping: line)
    storedColumn = Int32(clamping: column)
    storedOffset = Int32(clamping: offset)
  }

  /// The first character of a file.
  public static let start = SourcePosition(line: 1, column: 1, offset: 0)

  /// The order in which they are listed.
  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    left.offset != right.offset
      ? left.offset < right.offset
      : (left.line, left.column) < (right.line, right.column)
  }
}

/// A stretch of a text file: from `start` up to, not including, `end`.
public struct SourceLocation: Hashable, Sendable {
  /// The file's path as the user would type it: relative to the stack's folder.
  public let file: String
  /// Where it begins.
  public let start: SourcePosition
  /// The first position after it.
  public let end: SourcePosition

  /// Makes a source location of its parts.
  public init(file: String, start: SourcePosition, end: SourcePosition) {
    self.file = file
    self.start = start
    self.end = end
  }

  /// The beginning of a file, for findings about the file as a whole.
  public init(startOf file: String) {
    self.init(file: file, start: .start, end: .start)
  }
}

extension SourceLocation: Comparable {
  /// By file, then by position: the order in which findings are shown.
  public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
    left.file != right.file
      ? left.file < right.file
      : (left.start, left.end) < (right.start, right.end)
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `compute/gpu.yml:12:3`, which terminals and editors turn into a link.
  public var description: String { "\(file):\(start.line):\(start.column)" }
}
