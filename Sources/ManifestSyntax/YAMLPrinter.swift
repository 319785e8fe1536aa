internal import Diagnostics

/// A value to be printed as YAML.
public indirect enum YAMLValue: Hashable, Sendable {
  case scalar(YAMLScalar)
  case sequence([YAMLValue])
  /// Entries in their order; keys are texts.
  case mapping([Entry])

  /// A text.
  public static func text(_ text: String) -> YAMLValue { .scalar(.text(text)) }

  /// An entry of a mapping.
  public struct Entry: Hashable, Sendable {
    /// The key.
    public var key: String
    /// The value.
    public var value: YAMLValue
    /// Lines of comment above it, without the `#`; empty for none.
    public var comment: String

    /// An entry, with a comment above it where there is something to say.
    public init(_ key: String, _ value: YAMLValue, comment: String = "") {
      self.key = key
      self.value = value
      self.comment = comment
    }
  }
}

extension YAMLNode {
  /// The node as a value: aliases and merges are expanded, places are gone.
  public var value: YAMLValue {
    switch kind {
    case .scalar: .scalar(scalar ?? .null)
    case .sequence: .sequence(elements.map(\.value))
    case .mapping: .mapping(entries.map { YAMLValue.Entry($0.key.text, $0.value.value) })
    }
  }
}

extension YAMLValue {
  /// The value as a YAML document in block style, quoted only where reading it back would give
  /// something else.
  ///
  /// Law: reading what was printed gives the value.
  public var yaml: String {
    var printer = YAMLPrinter()
    printer.print(self, indent: 0, isInline: false)
    return printer.text
  }
}

private struct YAMLPrinter {
  var text = ""

  mutating func print(_ value: YAMLValue, indent: Int, isInline: Bool) {
    switch value {
    case .scalar(let scalar): text += (isInline ? " " : "") + form(scalar, indent) + "\n"
    case .sequence(let elements) where elements.isEmpty: text += (isInline ? " " : "") + "[]\n"
    case .mapping(let entries) where entries.isEmpty: text += (isInline ? " " : "") + "{}\n"
    case .sequence(let elements):
      if isInline { text += "\n" }
      for element in elements {
        text += spaces(indent) + "-"
        printElement(element, indent: indent + 2)
      }
    case .mapping(let entries):
      if isInline { text += "\n" }
      print(entries, indent: indent, isFirstIndented: true)
    }
  }

  /// An element stands right behind its dash where it is a scalar or a mapping.
  private mutating func printElement(_ element: YAMLValue, indent: Int) {
    guard case .mapping(let entries) = element, !entries.isEmpty, entries[0].comment.isEmpty else {
      print(element, indent: indent, isInline: true)
      return
    }
    text += " "
    print(entries, indent: indent, isFirstIndented: false)
  }

  private mutating func print(_ entries: [YAMLValue.Entry], indent: Int, isFirstIndented: Bool) {
    for (index, entry) in entries.enumerated() {
      if !entry.comment.isEmpty { print(comment: entry.comment, indent: indent) }
      if index > 0 || isFirstIndented { text += spaces(indent) }
      print(key: entry.key, indent: indent)
      print(entry.value, indent: indent + 2, isInline: true)
    }
  }

  private mutating func print(key: String, indent: Int) {
    let printed = form(.text(key), indent, isKey: true)
    // libyaml looks no further than 1,024 characters for the colon after a key.
    if printed.unicodeScalars.count <= 1_000 {
      text += printed + ":"
    } else {
      text += "? \(printed)\n" + spaces(indent) + ":"
    }
  }

  /// No character of a comment can end its line.
  private mutating func print(comment: String, indent: Int) {
    for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
      text += spaces(indent) + (line.isEmpty ? "#\n" : "# \(String(line).visible)\n")
    }
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private func form(_ scalar: YAMLScalar, _ indent: Int, isKey: Bool = false) -> String {
    switch scalar {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): form(number)
    case .text(let string): form(string, indent, isKey: isKey)
    }
  }

  private func form(_ number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
    let text = "\(number)"
    return text.contains(where: { $0 == "." || $0 == "e" }) ? text : text + ".0"
  }

  private func form(_ string: String, _ indent: Int, isKey: Bool) -> String {
    if isPlain(string, isKey: isKey) { return string }
    if !isKey, let block = literalBlock(string, indent) { return block }
    return quoted(string)
  }

  /// True if the text reads as itself without quotes.
  private func isPlain(_ string: String, isKey: Bool) -> Bool {
    guard case .text = YAMLScalar(plain: string), string.utf8.count <= 1_000 else { return false }
    if string == "<<" || string == "=" { return false }
    let scalars = Array(string.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, last != " ", last != ":" else {
      return false
    }
    if Self.indicators.contains(first) || string.hasPrefix("---") || string.hasPrefix("...") {
      return false
    }
    for (index, scalar) in scalars.enumerated() {
      guard scalar.value >= 0x20, scalar.value < 0x7F || isPlainLetter(scalar) else { return false }
      if scalar == "#", index > 0, scalars[index - 1] == " " { return false }
      if scalar == ":", index + 1 < scalars.count, scalars[index + 1] == " " { return false }
    }
    return !(isKey && string.contains("?"))
  }

  private static let indicators = Set("-?:,[]{}#&*!|>'\"%@` ".unicodeScalars)

  /// Letters of other scripts need no quotes; anything less harmless is written as an escape.
  private func isPlainLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0xA0 && scalar.properties.isAlphabetic
  }

  /// A text of several lines as a literal block, where that is faithful.
  private func literalBlock(_ string: String, _ indent: Int) -> String? {
    guard string.contains("\n"), !string.hasPrefix(" "), !string.hasPrefix("\n") else { return nil }
    let printable = string.unicodeScalars.allSatisfy {
      $0 == "\n" || ($0.value >= 0x20 && $0.value < 0x7F) || isPlainLetter($0)
    }
    guard printable else { return nil }
    var body = string[...]
    let chomping: String
    if !body.hasSuffix("\n") {
      chomping = "-"
    } else {
      body = body.dropLast()
      if body.hasSuffix("\n") { return nil }
      chomping = ""
    }
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    // A line of blanks only, or one that ends in blanks, would be hard to see.
    guard lines.allSatisfy({ !$0.hasSuffix(" ") }) else { return nil }
    let margin = spaces(max(indent, 2))
    return "|" + chomping + "\n"
      + lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
  }

  private func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: text += escape("x", scalar, 2)
      case _ where scalar.value < 0x7F || isPlainLetter(scalar):
        text.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xFFFF: text += escape("u", scalar, 4)
      default: text += escape("U", scalar, 8)
      }
    }
    return text + "\""
  }

  private func escape(_ letter: String, _ scalar: Unicode.Scalar, _ width: Int) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "\\" + letter + String(repeating: "0", count: width - hex.count) + hex
  }
}
