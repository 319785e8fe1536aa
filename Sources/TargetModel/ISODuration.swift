/// Durations as ISO 8601 writes them: `PT120S`, `PT2M`, `PT1H30M`, `P1DT12H`.
public enum ISODuration {
  /// Writes whole seconds.
  public static func text(seconds: Int) -> String { "PT\(seconds)S" }

  /// Reads whole seconds; nil for anything else, months and years included, since nobody can say
  /// how long they are.
  public static func seconds(in text: String) -> Int? {
    var parts = DurationParts(rest: text.utf8[...])
    guard parts.take("p") else { return nil }
    parts.takeNumber(of: "d", worth: 86_400, digits: 6)
    if parts.take("t") {
      guard parts.rest.first?.isDigit == true else { return nil }
      parts.takeNumber(of: "h", worth: 3_600, digits: 8)
      parts.takeNumber(of: "m", worth: 60, digits: 9)
      parts.takeNumber(of: "s", worth: 1, digits: 12)
    }
    return parts.rest.isEmpty ? parts.total : nil
  }
}

/// What is left to read of a duration, and what was read.
private struct DurationParts {
  var rest: Substring.UTF8View
  /// Seconds; nil as long as there was no number.
  var total: Int?

  /// Takes a letter, small or capital, if it comes next.
  mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard let byte = rest.first, byte | 0x20 == UInt8(ascii: letter) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// Takes a number and its letter, if they come next.
  mutating func takeNumber(of letter: Unicode.Scalar, worth seconds: Int, digits: Int) {
    let number = rest.prefix { $0.isDigit }
    var after = self
    after.rest = rest.dropFirst(number.count)
    guard (1...digits).contains(number.count), after.take(letter),
      let count = Int(Substring(number))
    else { return }
    self = after
    total = (total ?? 0) + count * seconds
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
