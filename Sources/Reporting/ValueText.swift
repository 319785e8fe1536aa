internal import Diagnostics
internal import TargetModel

/// Values as a plan shows them to people.
enum ValueText {
  static let sensitive = SecretText.placeholder

  /// The most columns of a list or map that stands on one line.
  private static let shortLimit = 60

  /// A value on one line where it is short, or on several with the indentation of the line on
  /// which it begins.
  ///
  /// A text is always one line: its line breaks are spelled out, since a build system might obey
  /// what stands behind them (reliability.md T32).
  static func text(_ value: AttributeValue?, indent: Int) -> String {
    switch value {
    case nil, .null?: "null"
    case .bool(let bool)?: bool ? "true" : "false"
    case .integer(let integer)?: String(integer)
    case .number(let number)?: "\(number)"
    case .text(let text)?: quoted(text)
    case .secret?: sensitive
    case .list(let elements)?:
      block(
        "[", "]", elements.map { text($0, indent: indent + 2) },
        isFlat: elements.allSatisfy(\.isScalar), indent)
    case .map(let entries)?:
      block(
        "{", "}",
        entries.sorted { $0.key < $1.key }.map {
          "\(key($0.key)) = \(text($0.value, indent: indent + 2))"
        }, isFlat: entries.values.allSatisfy(\.isScalar), indent)
    }
  }

  private static func block(
    _ open: String, _ close: String, _ parts: [String], isFlat: Bool, _ indent: Int
  ) -> String {
    guard !parts.isEmpty else { return open + close }
    let line = parts.joined(separator: ", ")
    if isFlat, line.columnCount <= shortLimit {
      return open == "{" ? "{ \(line) }" : "[\(line)]"
    }
    let margin = String(repeating: " ", count: indent + 2)
    return open + "\n" + parts.map { "\(margin)\($0),\n" }.joined()
      + String(repeating: " ", count: indent) + close
  }

  /// A text in quotes, with nothing in it that a terminal might act on.
  static func quoted(_ text: String) -> String {
    "\"\(text.visible.replacing("\"", with: "\\\""))\""
  }

  private static func key(_ key: String) -> String {
    key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.-]*/) == nil ? quoted(key) : key
  }
}

extension AttributeValue {
  fileprivate var isScalar: Bool {
    switch self {
    case .null, .bool, .integer, .number, .text, .secret: true
    case .list, .map: false
    }
  }
}
