internal import TargetModel

/// Wall times as RFC 3339 in UTC with microseconds: `2026-01-05T09:00:00.000000Z`.
enum Timestamp {
  static func text(_ milliseconds: Int64) -> String {
    CivilDate.text(milliseconds) + "000Z"
  }
}
