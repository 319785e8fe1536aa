internal import Diagnostics
internal import TargetModel

/// Values as a plan shows them to people.
enum ValueText {
  static let sensitive = "(sensitive value)"

  /// A value on one line, or on several with the indentation of what stands around it.
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
        "[", "]", elements.map { Self.text($0, indent: indent + 4) },
        isShort: elements.allSatisfy(\.isScalar), indent)
    case .map(let entries)?:
      block(
        "{", "}",
        entries.sorted { $0.key < $1.key }.map {
          "\(key($0.key)) = \(text($0.value, indent: indent + 4))"
        }, isShort: false, indent)
    }
  }

  private static func block(
    _ open: String, _ close: String, _ parts: [String], isShort: Bool, _ indent: Int
  ) -> String {
    guard !parts.isEmpty else { return open + close }
    let line = open + parts.joined(separator: ", ") + close
    if isShort, line.count <= 60 { return line }
    let margin = String(repeating: " ", count: indent + 4)
    return open + "\n" + parts.map { "\(margin)\($0),\n" }.joined()
      + String(repeating: " ", count: indent) + close
  }

  /// A text in quotes, with nothing in it that a terminal might act on.
  static func quoted(_ text: String) -> String {
    let shown = text.visible.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\\\"")
    return "\"\(shown)\""
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
