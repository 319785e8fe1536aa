/// Durations as ISO 8601 writes them: `PT120S`, `PT2M`, `PT1H30M`, `P1DT12H`.
public enum ISODuration {
  /// Writes whole seconds.
  public static func text(seconds: Int) -> String { "PT\(seconds)S" }

  /// Reads whole seconds; nil for anything else, months and years included, since nobody can say
  /// how long they are.
  public static func seconds(in text: String) -> Int? {
    var text = text
    return text.withUTF8 { bytes in
      var parts = DurationParts(bytes: bytes)
      guard parts.take("p") else { return nil }
      parts.takeNumber(of: "d", worth: 86_400, digits: 6)
      if parts.take("t") {
        guard parts.next?.isDigit == true else { return nil }
        parts.takeNumber(of: "h", worth: 3_600, digits: 8)
        parts.takeNumber(of: "m", worth: 60, digits: 9)
        parts.takeNumber(of: "s", worth: 1, digits: 12)
      }
      return parts.next == nil ? parts.total : nil
    }
  }
}

/// What is left to read of a duration, and what was read.
private struct DurationParts {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  /// Seconds; nil as long as there was no number.
  var total: Int?

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Takes a letter, small or capital, if it comes next.
  mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard let next, next | 0x20 == UInt8(ascii: letter) else { return false }
    position += 1
    return true
  }

  /// Takes a number and its letter, if they come next.
  mutating func takeNumber(of letter: Unicode.Scalar, worth seconds: Int, digits: Int) {
    var (after, count) = (self, 0)
    while let digit = after.next, digit.isDigit, after.position - position < digits {
      count = count * 10 + Int(digit - UInt8(ascii: "0"))
      after.position += 1
    }
    guard after.position > position, after.take(letter) else { return }
    self = after
    total = (total ?? 0) + count * seconds
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
