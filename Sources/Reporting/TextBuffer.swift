internal import Diagnostics

/// A text that is put together of very many pieces.
///
/// Bytes: adding to a `String` costs more than most of the pieces, and what was added can't be
/// taken back.
struct TextBuffer {
  private var bytes: [UInt8] = []

  /// The text so far.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// How many bytes there are.
  var count: Int { bytes.count }

  mutating func add(_ text: String) {
    if text.isEmpty { return }
    let isThere: Void? = text.utf8.withContiguousStorageIfAvailable {
      bytes.append(contentsOf: $0)
    }
    if isThere == nil { bytes.append(contentsOf: text.utf8) }
  }

  mutating func addBlanks(_ count: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }

  /// Takes back what stands from so many bytes on.
  mutating func cut(to count: Int) { bytes.removeLast(bytes.count - count) }

  /// True if a byte stands among those from a place on.
  func holds(_ byte: UInt8, from start: Int) -> Bool {
    bytes.withUnsafeBufferPointer { $0[start...].contains(byte) }
  }

  /// How many columns of a terminal what stands from a byte on takes.
  func columnCount(from start: Int) -> Int {
    let isASCII = bytes.withUnsafeBufferPointer { $0[start...].allSatisfy { $0 < 0x80 } }
    return isASCII
      ? bytes.count - start : String(decoding: bytes[start...], as: UTF8.self).columnCount
  }
}
