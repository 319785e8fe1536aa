internal import Synchronization

/// The texts that findings point into, so that the line can be shown.
public struct SourceTexts: Sendable {
  private enum Text {
    case held([UInt8])
    case elsewhere(TextElsewhere)
  }

  private var texts: [String: Text] = [:]

  /// No texts.
  public init() {}

  /// Remembers a file's content.
  public mutating func add(_ file: String, _ bytes: [UInt8]) {
    texts[file] = .held(bytes)
  }

  /// Lets go of a file's content: most runs end without showing a line of it.
  ///
  /// - Parameter read: reads it again once a line is asked for; nil if it is not what it was.
  public mutating func letGo(
    of file: String, rereading read: @escaping @Sendable () -> [UInt8]?
  ) {
    guard texts[file] != nil else { return }
    texts[file] = .elsewhere(TextElsewhere(read))
  }

  private func bytes(of file: String) -> [UInt8]? {
    switch texts[file] {
    case .held(let bytes): bytes
    case .elsewhere(let text): text.bytes
    case nil: nil
    }
  }

  /// The line at a position, without its end; nil where the text is not known.
  ///
  /// Of a line that is longer than some thousand bytes only what stands around the position.
  public func line(at location: SourceLocation) -> String? {
    excerpt(at: location)?.text
  }

  /// A line, or as much of it as a message has room for.
  struct Excerpt {
    let text: String
    /// Where in `text` the location begins, in Unicode scalars from 0.
    let column: Int
    /// True if the line goes on before or behind.
    let isCutBefore: Bool
    let isCutBehind: Bool
  }

  /// The most bytes of a line that are looked at on either side of a position: a file may be one
  /// line of many megabytes, and have a hundred findings.
  private static let reach = 4_096

  func excerpt(at location: SourceLocation) -> Excerpt? {
    guard let bytes = bytes(of: location.file), !bytes.isEmpty,
      let offset = offset(of: location.start, in: bytes)
    else { return nil }
    let lowest = max(0, offset - Self.reach)
    let highest = min(bytes.count, offset + Self.reach)
    let lineStart = bytes[lowest..<offset].lastIndex(where: Self.endsLine).map { $0 + 1 }
    let lineEnd = bytes[offset..<highest].firstIndex(where: Self.endsLine)
    var start = lineStart ?? lowest
    var end = lineEnd ?? highest
    while start < offset, start > 0, Self.continuesCharacter(bytes[start]) { start += 1 }
    while end > offset, end < bytes.count, Self.continuesCharacter(bytes[end]) { end -= 1 }
    if start == 0, offset >= 3, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    return Excerpt(
      text: String(decoding: bytes[start..<end], as: UTF8.self),
      column: String(decoding: bytes[start..<offset], as: UTF8.self).unicodeScalars.count,
      isCutBefore: lineStart == nil && lowest > 0,
      isCutBehind: lineEnd == nil && highest < bytes.count)
  }

  /// Where a position is.
  ///
  /// Positions that were read from a saved plan have a line and no offset.
  private func offset(of position: SourcePosition, in bytes: [UInt8]) -> Int? {
    if position.offset > 0 || position.line <= 1 {
      return position.offset <= bytes.count ? position.offset : nil
    }
    var line = 1
    var start = 0
    while line < position.line {
      guard let end = bytes[start...].firstIndex(where: Self.endsLine) else { return nil }
      let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
      start = end + (isPair ? 2 : 1)
      line += 1
    }
    let rest = bytes[start...].prefix { !Self.endsLine($0) }
    let before = String(decoding: rest, as: UTF8.self).unicodeScalars.prefix(position.column - 1)
    return min(start + String(before).utf8.count, rest.endIndex)
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static func continuesCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

/// A text that is read when it is needed, and then kept: many findings may be in one file.
private final class TextElsewhere: Sendable {
  private let read: @Sendable () -> [UInt8]?
  private let known = Mutex<[UInt8]??>(nil)

  init(_ read: @escaping @Sendable () -> [UInt8]?) { self.read = read }

  /// Nil if it is not to be had any more.
  var bytes: [UInt8]? {
    known.withLock { known in
      if let known { return known }
      let bytes = read()
      known = .some(bytes)
      return bytes
    }
  }
}
