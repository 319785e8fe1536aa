extension AttributeValue {
  /// The value as JSON on one line, keys sorted: equal values give equal bytes.
  ///
  /// A secret is written as its placeholder.
  public var canonicalJSON: String { String(decoding: canonicalJSONBytes, as: UTF8.self) }

  /// The bytes of `canonicalJSON`.
  public var canonicalJSONBytes: [UInt8] {
    var writer = JSONWriter()
    writer.add(self, indent: nil)
    return writer.bytes
  }

  /// The value as JSON for people: two spaces of indentation, keys sorted, no newline at the end.
  public var prettyJSON: String {
    var writer = JSONWriter()
    writer.add(self, indent: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// JSON as it grows: bytes, since a plan's is many megabytes long.
private struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  /// - Parameter indent: how many blanks its lines begin with; nil to write on one line.
  mutating func add(_ value: AttributeValue, indent: Int?) {
    switch value {
    case .null: add("null")
    case .bool(let bool): add(bool ? "true" : "false")
    case .integer(let integer): add(String(integer))
    // JSON has no word for these; they never come from JSON or from a checked manifest.
    case .number(let number) where !number.isFinite: add("null")
    case .number(let number): add("\(number)")
    case .text(let string): addQuoted(string)
    case .secret: addQuoted(SecretText.placeholder)
    case .list(let elements):
      var isFirst = true
      for element in elements {
        beginElement(after: isFirst ? "[" : ",", indent)
        add(element, indent: indent.map { $0 + 2 })
        isFirst = false
      }
      end("[]", isEmpty: isFirst, indent)
    case .map(let entries):
      var isFirst = true
      for (key, value) in entries {
        beginElement(after: isFirst ? "{" : ",", indent)
        addQuoted(key)
        add(indent == nil ? ":" : ": ")
        add(value, indent: indent.map { $0 + 2 })
        isFirst = false
      }
      end("{}", isEmpty: isFirst, indent)
    }
  }

  private mutating func beginElement(after mark: StaticString, _ indent: Int?) {
    add(mark)
    if let indent { beginLine(indent + 2) }
  }

  private mutating func end(_ brackets: StaticString, isEmpty: Bool, _ indent: Int?) {
    guard !isEmpty else { return add(brackets) }
    if let indent { beginLine(indent) }
    bytes.append(brackets.utf8Start[1])
  }

  private mutating func beginLine(_ indent: Int) {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<indent { bytes.append(UInt8(ascii: " ")) }
  }

  private mutating func add(_ word: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func addQuoted(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    let isWritten = string.utf8.withContiguousStorageIfAvailable { text in
      guard !text.contains(where: \.mayNeedEscape) else { return false }
      bytes.append(contentsOf: text)
      return true
    }
    if isWritten != true { addEscaped(string) }
  }

  private mutating func addEscaped(_ string: String) {
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": add("\\\"")
      case "\\": add("\\\\")
      case "\n": add("\\n")
      case "\r": add("\\r")
      case "\t": add("\\t")
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16, uppercase: false)
        add("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: bytes.append(contentsOf: String(scalar).utf8)
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
