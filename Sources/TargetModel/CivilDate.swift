/// Dates without time zones, for times that are only printed.
package enum CivilDate {
  /// The Gregorian date of a day counted from 1970 (Howard Hinnant, "chrono-Compatible Low-Level
  /// Date Algorithms").
  ///
  /// Days before 1970 are not dates here.
  package static func date(ofDay days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// A moment, in milliseconds since 1970, as `2026-01-05T09:00:00.000`.
  package static func text(_ milliseconds: Int64) -> String {
    let (year, month, day) = date(ofDay: milliseconds / 86_400_000)
    let rest = milliseconds % 86_400_000
    let seconds = rest / 1_000
    let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(time.joined(separator: ":")).\(padded(rest % 1_000, 3))"
  }

  /// A moment, in milliseconds since 1970, as headers have it: `Sun, 06 Nov 1994 08:49:37 GMT`
  /// (RFC 9110, section 5.6.7).
  package static func httpText(_ milliseconds: Int64) -> String {
    let day = milliseconds / 86_400_000
    let (year, month, date) = date(ofDay: day)
    let second = milliseconds / 1_000 % 86_400
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let time = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, 2) }
    return "\(weekdays[Int(day % 7)]), \(padded(date, 2)) \(months[Int(month - 1)]) \(year) "
      + "\(time.joined(separator: ":")) GMT"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
