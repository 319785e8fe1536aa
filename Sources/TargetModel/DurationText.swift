/// Durations as people type them: `30s`, `5m`, `1h30m`, `500ms`.
package enum DurationText {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
  ]

  /// Nil for what is no duration, or one of more than a year.
  package static func duration(_ text: String) -> Duration? {
    if text == "0" { return .zero }
    var rest = Substring(text)
    var total: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
      guard digits.count < 10, let number = Int64(digits),
        let known = units.first(where: { $0.name == unit })
      else { return nil }
      total += number * known.milliseconds
      rest = rest.dropFirst(digits.count + unit.count)
    }
    guard !text.isEmpty, total <= 366 * 24 * 3_600_000 else { return nil }
    return .milliseconds(total)
  }

  /// Whole seconds in words: `30 minutes`, `1 hour 30 minutes`, `0 seconds`.
  package static func words(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    let parts = [
      (seconds / 3_600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second"),
    ].filter { $0.0 > 0 }
    let words = parts.map { count, unit in "\(count) \(unit)\(count == 1 ? "" : "s")" }
    return words.isEmpty ? "0 seconds" : words.joined(separator: " ")
  }
}
