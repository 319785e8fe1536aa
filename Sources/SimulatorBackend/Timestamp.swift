internal import TargetModel

/// Times as the service writes them: `2024-01-01T00:00:00.0000000+00:00`.
enum Timestamp {
  static func text(_ milliseconds: Int64) -> String {
    CivilDate.text(milliseconds) + "0000+00:00"
  }
}
