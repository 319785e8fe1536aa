internal import Diagnostics

/// Where the lines of a text begin, so that places found by the parser become byte offsets.
///
/// Lines end where libyaml ends them: at LF, CR, CRLF, NEL, LS and PS.
final class LineTable: Sendable {
  private let bytes: [UInt8]
  private let lineStarts: [Int]
  /// Bytes before the text, that is a byte order mark.
  private let prefix: Int

  init(bytes: [UInt8], lineStarts: [Int], prefix: Int) {
    self.bytes = bytes
    self.lineStarts = lineStarts
    self.prefix = prefix
  }

  func position(of point: TextPoint) -> SourcePosition {
    SourcePosition(
      line: Int(point.line) + 1, column: Int(point.column) + 1,
      offset: prefix + index(of: point))
  }

  /// The byte at a point; nil at the end of the text.
  func byte(at point: TextPoint) -> UInt8? {
    let index = index(of: point)
    return index < bytes.count ? bytes[index] : nil
  }

  /// The byte before a point; nil at the start of the text.
  func byte(before point: TextPoint) -> UInt8? {
    let index = index(of: point)
    return index > 0 && index <= bytes.count ? bytes[index - 1] : nil
  }

  /// The text from a point to the end of its line, without leading blanks; for looking at what
  /// follows a node.
  func text(after point: TextPoint) -> String {
    let start = index(of: point)
    let rest = bytes[min(start, bytes.count)...].prefix(80).prefix { $0 != 0x0A && $0 != 0x0D }
    return String(decoding: rest.drop { $0 == 0x20 }, as: UTF8.self)
  }

  /// How many spaces a line begins with; nil for a blank line.
  func indentation(ofLine line: Int32) -> Int32? {
    let start = index(of: TextPoint(line: line, column: 0))
    let spaces = bytes[start...].prefix { $0 == 0x20 }
    guard let next = bytes[spaces.endIndex...].first(where: { $0 != 0x09 }), next != 0x0A,
      next != 0x0D
    else { return nil }
    return Int32(spaces.count)
  }

  func index(of point: TextPoint) -> Int {
    guard Int(point.line) < lineStarts.count else { return bytes.count }
    var index = lineStarts[Int(point.line)]
    var column = point.column
    while column > 0, index < bytes.count {
      index += 1
      while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
      column -= 1
    }
    return index
  }
}
