internal import ArgumentParser

/// The options of commands that take the lock of a workspace.
struct LockOptions: ParsableArguments {
  @Option(
    name: .customLong("lock"),
    help: ArgumentHelp(
      "false: take no lock. Only if nobody else can apply.", valueName: "bool"))
  var takesLock = true

  @Option(
    name: .customLong("lock-timeout"),
    help: ArgumentHelp("Wait so long for the lock, such as 30s or 5m.", valueName: "time"),
    transform: DurationText.parse)
  var timeout: Duration = .zero
}

/// Durations as people type them: `30s`, `5m`, `1h30m`, `500ms`.
enum DurationText {
  static func parse(_ text: String) throws -> Duration {
    guard let duration = duration(text) else {
      throw ValidationError("'\(text)' is no time. Times look like '30s', '5m' or '1h'.")
    }
    return duration
  }

  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
  ]

  /// Nil for what is no duration, or one of more than a year.
  static func duration(_ text: String) -> Duration? {
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
}
