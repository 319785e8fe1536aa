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
    var text = TextBuffer()
    add(value, indent: indent, to: &text)
    return text.string
  }

  /// Adds what `text` says of a value.
  static func add(_ value: AttributeValue?, indent: Int, to text: inout TextBuffer) {
    switch value {
    case nil, .null?: text.add("null")
    case .bool(let bool)?: text.add(bool ? "true" : "false")
    case .integer(let integer)?: text.add(String(integer))
    case .number(let number)?: text.add("\(number)")
    case .text(let words)?: addQuoted(words, to: &text)
    case .secret?: text.add(sensitive)
    case .list(let elements)?:
      let form = Form(open: "[", gap: "", close: "]", isFlat: elements.allSatisfy(\.isScalar))
      add(elements, form, indent, to: &text) { element, text in
        add(element, indent: indent + 2, to: &text)
      }
    case .map(let entries)?:
      let form = Form(
        open: "{", gap: " ", close: "}", isFlat: entries.allSatisfy(\.value.isScalar))
      add(entries, form, indent, to: &text) { entry, text in
        if entry.key.utf8.isBareKey { text.add(entry.key) } else { addQuoted(entry.key, to: &text) }
        text.add(" = ")
        add(entry.value, indent: indent + 2, to: &text)
      }
    }
  }

  /// How a list or a map stands on a line.
  private struct Form {
    let open: String
    /// What stands inside the brackets on both sides.
    let gap: String
    let close: String
    /// True where nothing in it stands on several lines.
    let isFlat: Bool
  }

  private static func add<Parts: Collection>(
    _ parts: Parts, _ form: Form, _ indent: Int, to text: inout TextBuffer,
    _ addPart: (Parts.Element, inout TextBuffer) -> Void
  ) {
    text.add(form.open)
    guard !parts.isEmpty else { return text.add(form.close) }
    if form.isFlat {
      let start = text.count
      text.add(form.gap)
      let first = text.count
      var isFirst = true
      for part in parts {
        if !isFirst { text.add(", ") }
        isFirst = false
        addPart(part, &text)
      }
      if text.columnCount(from: first) <= shortLimit {
        text.add(form.gap)
        return text.add(form.close)
      }
      text.cut(to: start)
    }
    text.add("\n")
    for part in parts {
      text.addBlanks(indent + 2)
      addPart(part, &text)
      text.add(",\n")
    }
    text.addBlanks(indent)
    text.add(form.close)
  }

  /// A text in quotes, with nothing in it that a terminal might act on.
  static func addQuoted(_ words: String, to text: inout TextBuffer) {
    let visible = words.visible
    text.add("\"")
    let start = text.count
    text.add(visible)
    if text.holds(UInt8(ascii: "\""), from: start) {
      text.cut(to: start)
      text.add(visible.replacing("\"", with: "\\\""))
    }
    text.add("\"")
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
