internal import Diagnostics
internal import TargetModel

/// Values as a plan shows them to people.
enum ValueText {
  static let sensitive = SecretText.placeholder

  /// The most columns of a list or map that stands on one line.
  private static let shortLimit = 60

  /// A value on one line where it is short, or on several with the indentation of the line on which
  /// it begins.
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
          key($0.key) + " = " + text($0.value, indent: indent + 2)
        }, isFlat: entries.values.allSatisfy(\.isScalar), indent)
    }
  }

  private static func block(
    _ open: String, _ close: String, _ parts: [String], isFlat: Bool, _ indent: Int
  ) -> String {
    guard !parts.isEmpty else { return open + close }
    let line = parts.joined(separator: ", ")
    if isFlat, line.columnCount <= shortLimit {
      return open == "{" ? "{ " + line + " }" : "[" + line + "]"
    }
    let margin = String.blanks(indent + 2)
    var lines = open + "\n"
    for part in parts {
      lines += margin
      lines += part
      lines += ",\n"
    }
    return lines + .blanks(indent) + close
  }

  /// A text in quotes, with nothing in it that a terminal might act on.
  static func quoted(_ text: String) -> String {
    let visible = text.visible
    guard visible.utf8.contains(UInt8(ascii: "\"")) else { return "\"" + visible + "\"" }
    return "\"\(visible.replacing("\"", with: "\\\""))\""
  }

  private static func key(_ key: String) -> String {
    key.utf8.isBareKey ? key : quoted(key)
  }
}

extension String.UTF8View {
  /// Letters, digits, `_`, `.` and `-`, the first a letter or `_`.
  fileprivate var isBareKey: Bool {
    guard let first, first.isLetter || first == UInt8(ascii: "_") else { return false }
    return allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "-"):
        true
      default: byte.isLetter
      }
    }
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
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
