internal import Diagnostics

/// A place in a file: line and column in scalars, both from 0, and the byte's offset.
struct TextPoint: Hashable, Sendable, Comparable {
  var line: Int32
  var column: Int32
  var offset: Int32

  init(line: Int32, column: Int32, offset: Int32) {
    self.line = line
    self.column = column
    self.offset = offset
  }

  init(_ position: SourcePosition) {
    self.init(
      line: Int32(position.line - 1), column: Int32(position.column - 1),
      offset: Int32(position.offset))
  }

  static func < (left: TextPoint, right: TextPoint) -> Bool { left.offset < right.offset }

  var position: SourcePosition {
    SourcePosition(line: Int(line) + 1, column: Int(column) + 1, offset: Int(offset))
  }
}

/// From a point up to, not including, another one.
struct TextStretch: Hashable, Sendable {
  var start: TextPoint
  var end: TextPoint
}

extension SourceLocation {
  init(file: String, from start: TextPoint, to end: TextPoint) {
    let last = end.offset < start.offset ? start : end
    self.init(file: file, start: start.position, end: last.position)
  }
}

extension UInt8 {
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  var isBreak: Bool { self == 0x0A || self == 0x0D }
  /// True for the bytes of a scalar that follow its first.
  var isContinuation: Bool { self & 0xC0 == 0x80 }
}

extension [UInt8] {
  /// The offset of the line after the break at `offset`: CR LF, LF, or CR alone.
  func afterBreak(at offset: Int) -> Int {
    guard offset < count else { return count }
    let isPair = self[offset] == 0x0D && offset + 1 < count && self[offset + 1] == 0x0A
    return offset + (isPair ? 2 : 1)
  }

  /// The point of an offset at or after a point that is known.
  ///
  /// Walks from one to the other.
  func point(at offset: Int, after known: TextPoint) -> TextPoint {
    var point = known
    var next = Int(known.offset)
    while next < offset, next < count {
      if self[next].isBreak {
        next = afterBreak(at: next)
        point.line += 1
        point.column = 0
      } else {
        if !self[next].isContinuation { point.column += 1 }
        next += 1
      }
    }
    point.offset = Int32(clamping: offset)
    return point
  }

  /// True if `---` or `...` and nothing glued to it stands at an offset.
  func isMarker(_ byte: UInt8, at offset: Int) -> Bool {
    guard offset + 3 <= count, self[offset] == byte, self[offset + 1] == byte,
      self[offset + 2] == byte
    else { return false }
    return offset + 3 == count || self[offset + 3].isBlank || self[offset + 3].isBreak
  }
}
