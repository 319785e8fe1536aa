internal import Diagnostics

/// One fact of a log line: `key=value`.
///
/// There is a way in for what can't be secret, and for nothing else: figures, words that are known
/// when Berth is built, and texts that are looked at first (reliability.md T28). A body, a header, a
/// query or a service's sentence has none.
public struct LogFact: Sendable {
  let key: String
  let value: String

  /// A word that stands in the code.
  public static func word(_ key: StaticString, _ value: StaticString) -> LogFact {
    LogFact(key: "\(key)", value: "\(value)")
  }

  /// A figure.
  public static func number(_ key: StaticString, _ value: some BinaryInteger) -> LogFact {
    LogFact(key: "\(key)", value: String(value))
  }

  /// A time span, in milliseconds.
  public static func milliseconds(_ key: StaticString, _ value: Duration) -> LogFact {
    LogFact(key: "\(key)", value: value.millisecondsText)
  }

  /// What a person called something, such as a target's address: shown whole, with what is
  /// invisible spelled out.
  public static func name(_ key: StaticString, _ value: some CustomStringConvertible) -> LogFact {
    LogFact(key: "\(key)", value: String(value.description.prefix(256)))
  }

  /// A code of the service or of ours, such as `TooManyRequests`.
  ///
  /// What does not look like one is not shown.
  public static func code(_ key: StaticString, _ value: String) -> LogFact {
    let isCode =
      (1...64).contains(value.utf8.count) && value.first?.isLetter == true
      && value.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "-") }
    return LogFact(key: "\(key)", value: isCode ? value : hidden)
  }

  /// The id of a request, by which the service's owners find it; what is none is not shown.
  public static func requestID(_ key: StaticString, _ value: String) -> LogFact {
    let lengths = value.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count)
    let isID = lengths == [8, 4, 4, 4, 12] && value.utf8.allSatisfy { isHex($0) || $0 == 0x2D }
    return LogFact(key: "\(key)", value: isID ? value : hidden)
  }

  /// The path of a URL; its query, which may hold a signature, is left out.
  public static func path(_ key: StaticString, _ target: String) -> LogFact {
    LogFact(
      key: "\(key)", value: String(target.prefix { $0 != "?" && $0 != "#" }.prefix(1_024)))
  }

  /// Stands for what is not shown.
  static let hidden = "hidden"

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }
}

extension LogFact {
  /// As it stands in a line: bare if it is one plain word, else in quotes.
  static func text(_ key: String, _ value: String) -> String {
    let isPlain =
      !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
    if isPlain { return "\(key)=\(value.visible)" }
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").visible
    return "\(key)=\"\(escaped)\""
  }
}

extension Duration {
  /// In milliseconds, to the microsecond: `1234.567`.
  public var millisecondsText: String {
    let (seconds, attoseconds) = components
    let micros = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    let rest = String(abs(micros) % 1_000)
    let padding = String(repeating: "0", count: 3 - rest.count)
    return "\(micros < 0 ? "-" : "")\(abs(micros) / 1_000).\(padding)\(rest)"
  }
}
