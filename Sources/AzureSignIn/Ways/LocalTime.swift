#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A time without its zone, as this machine's clock on the wall shows it.
enum LocalTime {
  /// The seconds since 1970 of `2027-01-31 13:05:09.123456`; nil if it is none.
  static func seconds(_ text: String) -> Int64? {
    guard
      let match = text.wholeMatch(
        of: /(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?/),
      let year = Int32(match.1), let month = Int32(match.2), let day = Int32(match.3),
      let hour = Int32(match.4), let minute = Int32(match.5), let second = Int32(match.6)
    else { return nil }
    var fields = tm()
    fields.tm_year = year - 1900
    fields.tm_mon = month - 1
    fields.tm_mday = day
    fields.tm_hour = hour
    fields.tm_min = minute
    fields.tm_sec = second
    // Whether summer time holds is for the system to find out.
    fields.tm_isdst = -1
    let seconds = mktime(&fields)
    return seconds == -1 ? nil : Int64(seconds)
  }
}
