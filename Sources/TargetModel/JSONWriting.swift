internal import Diagnostics

extension AttributeValue {
  /// The value as JSON on one line, keys sorted: equal values give equal bytes.
  ///
  /// A secret is written as its placeholder.
  public var canonicalJSON: String {
    var text = ""
    writeJSON(into: &text, indent: nil)
    return text
  }

  /// The value as JSON for people: two spaces of indentation, keys sorted, no newline at the end.
  public var prettyJSON: String {
    var text = ""
    writeJSON(into: &text, indent: 0)
    return text
  }

  private func writeJSON(into text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .integer(let integer): text += String(integer)
    // JSON has no word for these; they never come from JSON or from a checked manifest.
    case .number(let number) where !number.isFinite: text += "null"
    case .number(let number): text += "\(number)"
    case .text(let string): AttributeValue.writeJSON(string, into: &text)
    case .secret: AttributeValue.writeJSON(SecretText.placeholder, into: &text)
    case .list(let elements):
      AttributeValue.writeJSON("[", "]", elements, into: &text, indent: indent) {
        element, text, indent in
        element.writeJSON(into: &text, indent: indent)
      }
    case .map(let entries):
      AttributeValue.writeJSON(
        "{", "}", entries.sorted { $0.key < $1.key }, into: &text, indent: indent
      ) { entry, text, indent in
        AttributeValue.writeJSON(entry.key, into: &text)
        text += indent == nil ? ":" : ": "
        entry.value.writeJSON(into: &text, indent: indent)
      }
    }
  }

  private static func writeJSON<Element>(
    _ open: String, _ close: String, _ elements: [Element], into text: inout String, indent: Int?,
    element: (Element, inout String, Int?) -> Void
  ) {
    text += open
    guard !elements.isEmpty else {
      text += close
      return
    }
    let inner = indent.map { $0 + 2 }
    for (index, each) in elements.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + .blanks(inner) }
      element(each, &text, inner)
    }
    if let indent { text += "\n" + .blanks(indent) }
    text += close
  }

  private static func writeJSON(_ string: String, into text: inout String) {
    text += "\""
    defer { text += "\"" }
    guard string.utf8.contains(where: \.mayNeedEscape) else {
      text += string
      return
    }
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16, uppercase: false)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension UInt8 {
  /// False for what stands for itself in JSON, as nearly everything does.
  fileprivate var mayNeedEscape: Bool {
    self < 0x20 || self >= 0x7F || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
  }
}
