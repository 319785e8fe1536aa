/// The texts that findings point into, so that the line can be shown.
public struct SourceTexts: Sendable {
  private var texts: [String: [UInt8]] = [:]

  /// No texts.
  public init() {}

  /// Remembers a file's content.
  public mutating func add(_ file: String, _ bytes: [UInt8]) {
    texts[file] = bytes
  }

  /// The line at a position, without its end; nil where the text is not known.
  public func line(at location: SourceLocation) -> String? {
    guard let bytes = texts[location.file], location.start.offset <= bytes.count else { return nil }
    let isEnd: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
    let before = bytes[..<location.start.offset].lastIndex(where: isEnd).map { $0 + 1 } ?? 0
    let after = bytes[location.start.offset...].firstIndex(where: isEnd) ?? bytes.count
    guard before <= after else { return nil }
    let line = String(decoding: bytes[before..<after].prefix(100_000), as: UTF8.self)
    return line.isEmpty && bytes.isEmpty ? nil : line
  }
}
