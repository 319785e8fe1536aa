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
