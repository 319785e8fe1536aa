extension HTTPHeaders {
  /// How long to wait before asking again, from `Retry-After` and its relatives; nil if nothing is
  /// said, or nonsense.
  ///
  /// No time at all is no answer either: whoever obeyed it would ask without a pause.
  package var retryAfter: Duration? {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
      if let text = self[name], let wait = Self.milliseconds(text) { return wait }
    }
    guard let text = self["retry-after"] else { return nil }
    if let seconds = Int64(text) { return Self.plausible(.seconds(seconds)) }
    // Both dates are the service's, so that no clock of ours is compared.
    guard let then = HTTPDate.seconds(in: text),
      let now = self["date"].flatMap(HTTPDate.seconds)
    else { return nil }
    return Self.plausible(.seconds(then - now))
  }

  private static func milliseconds(_ text: String) -> Duration? {
    guard let number = Double(text), number.isFinite, number >= 1, number <= 86_400_000 else {
      return nil
    }
    return .milliseconds(Int64(number))
  }

  /// More than a day is no span anybody meant.
  private static func plausible(_ wait: Duration) -> Duration? {
    wait > .zero && wait <= .seconds(86_400) ? wait : nil
  }
}

/// The dates of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
  /// Seconds since 1970; nil for another form.
  static func seconds(in text: String) -> Int64? {
    let pattern =
      /[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT/
    guard let match = text.wholeMatch(of: pattern),
      let month = months.firstIndex(of: String(match.2)),
      let day = Int64(match.1), let year = Int64(match.3), let hour = Int64(match.4),
      let minute = Int64(match.5), let second = Int64(match.6),
      (1...31).contains(day), (1970...9999).contains(year), hour < 24, minute < 60, second <= 60
    else { return nil }
    return days(year, Int64(month + 1), day) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Days since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
