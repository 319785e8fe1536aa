internal import Diagnostics

/// What libyaml lets pass although it is not YAML, where places can tell (reliability.md T8).
///
/// Looks at every byte at most twice: between tokens, and inside scalars of several lines.
struct LayoutCheck {
  let file: String
  let text: CheckedText
  /// Where the last token that was looked at ends.
  ///
  /// Between it and the next one stand indicators, blanks and comments only.
  var lastEnd: TextPoint

  private var bytes: [UInt8] { text.bytes }

  init(file: String, text: CheckedText) {
    self.file = file
    self.text = text
    lastEnd = text.start
  }

  /// Looks at what stands between two tokens: a comment needs a blank before it, and a line inside
  /// brackets must be indented.
  ///
  /// A closing bracket may stand below its key, as people write it.
  ///
  /// - Parameter indent: inside brackets, the column of the block collection around them.
  func checkGap(upTo end: TextPoint, indent: Int32?, closes: Bool) throws(Refusal) {
    let limit = Int(end.offset)
    var offset = Int(lastEnd.offset)
    while offset < limit {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "#") {
        if offset > text.start.offset, !bytes[offset - 1].isBlank, !bytes[offset - 1].isBreak {
          throw Refusal(.gluedComment(place(offset, after: lastEnd)))
        }
        while offset < limit, !bytes[offset].isBreak { offset += 1 }
      } else if byte.isBreak {
        offset = bytes.afterBreak(at: offset)
        if let indent {
          try checkLine(at: offset, upTo: limit, indent: indent, closes: closes, after: lastEnd)
        }
      } else {
        offset += 1
      }
    }
  }

  /// Checks the indentation of a line inside brackets or quotes.
  private func checkLine(
    at lineStart: Int, upTo limit: Int, indent: Int32, closes: Bool, after known: TextPoint
  ) throws(Refusal) {
    var first = lineStart
    while first < limit, bytes[first] == 0x20 { first += 1 }
    guard first - lineStart <= indent, first < bytes.count else { return }
    var content = first
    while content < limit, bytes[content].isBlank { content += 1 }
    let isBlank =
      content >= bytes.count || bytes[content].isBreak || bytes[content] == UInt8(ascii: "#")
    if isBlank || (content == limit && closes) { return }
    let place = place(first, after: known)
    throw Refusal(content > first ? .tabIndentation(place) : .notIndented(place))
  }

  /// Refuses a node that stands no further to the right than the collection it belongs to.
  func checkIndentation(of start: TextPoint, indent: Int32) throws(Refusal) {
    guard start.column <= indent else { return }
    throw Refusal(.notIndented(SourceLocation(file: file, from: start, to: start)))
  }

  /// Quoted and plain text of several lines.
  func checkLines(from start: TextPoint, to end: TextPoint, indent: Int32) throws(Refusal) {
    guard start.line != end.line, indent >= 0 else { return }
    let limit = Int(end.offset)
    var offset = Int(start.offset)
    while offset < limit {
      guard bytes[offset].isBreak else {
        offset += 1
        continue
      }
      offset = bytes.afterBreak(at: offset)
      try checkLine(at: offset, upTo: limit, indent: indent, closes: false, after: start)
    }
  }

  /// The header of a block of text, `|` or `>`, and the blank lines before its first line.
  func checkBlock(from start: TextPoint, to end: TextPoint) throws(Refusal) {
    let limit = Int(end.offset)
    var offset = offsetAfterProperties(from: Int(start.offset)) + 1
    var hasIndicator = false
    while offset < limit, !bytes[offset].isBlank, !bytes[offset].isBreak {
      if bytes[offset] == UInt8(ascii: "#") {
        throw Refusal(.gluedComment(place(offset, after: start)))
      }
      hasIndicator = hasIndicator || (0x30...0x39).contains(bytes[offset])
      offset += 1
    }
    if hasIndicator { return }
    while offset < limit, !bytes[offset].isBreak { offset += 1 }
    var deepest = (spaces: 0, line: 0)
    while offset < limit {
      offset = bytes.afterBreak(at: offset)
      let lineStart = offset
      while offset < bytes.count, bytes[offset] == 0x20 { offset += 1 }
      if offset >= bytes.count { return }
      guard bytes[offset].isBreak else {
        // Where the text is, or what follows an empty one.
        if deepest.spaces > offset - lineStart {
          throw Refusal(.blankLineTooDeep(place(deepest.line, after: start)))
        }
        return
      }
      if offset - lineStart > deepest.spaces { deepest = (offset - lineStart, lineStart) }
    }
  }

  /// The end of a block of text's last line that is not blank: libyaml's mark lies behind the blank
  /// lines that follow.
  func trimmedEnd(of end: TextPoint, from start: TextPoint) -> TextPoint {
    var last = min(Int(end.offset), bytes.count)
    while last > Int(start.offset), bytes[last - 1].isBlank || bytes[last - 1].isBreak { last -= 1 }
    return bytes.point(at: last, after: start)
  }

  /// Names of anchors must end where libyaml thinks they end.
  func checkProperties(from start: TextPoint) throws(Refusal) {
    var offset = Int(start.offset)
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "&") {
      offset = endOfName(from: offset + 1)
      try checkEndOfName(at: offset, from: start)
      return
    }
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "!") else { return }
    while offset < bytes.count, !bytes[offset].isBlank, !bytes[offset].isBreak { offset += 1 }
    offset = offsetAfterBlanks(from: offset)
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "&") else { return }
    try checkEndOfName(at: endOfName(from: offset + 1), from: start)
  }

  private func endOfName(from start: Int) -> Int {
    var offset = start
    while offset < bytes.count, bytes[offset].isNameCharacter { offset += 1 }
    return offset
  }

  func checkEndOfName(at offset: Int, from start: TextPoint) throws(Refusal) {
    guard offset < bytes.count, !bytes[offset].isBlank, !bytes[offset].isBreak,
      !",]}".utf8.contains(bytes[offset])
    else { return }
    throw Refusal(.oddName(place(offset, after: start)))
  }

  /// `%YAML` lines must hold a version and nothing glued to it.
  func checkDirectives(from start: TextPoint, to end: TextPoint) throws(Refusal) {
    var offset = Int(start.offset)
    while offset < Int(end.offset), bytes[offset] != UInt8(ascii: "-") {
      let lineStart = offset
      while offset < bytes.count, !bytes[offset].isBreak {
        if bytes[offset] == UInt8(ascii: "#"), offset > lineStart, !bytes[offset - 1].isBlank {
          throw Refusal(.gluedComment(place(offset, after: start)))
        }
        if bytes[offset] == UInt8(ascii: "#") {
          while offset < bytes.count, !bytes[offset].isBreak { offset += 1 }
          break
        }
        offset += 1
      }
      offset = bytes.afterBreak(at: offset)
    }
  }

  /// Only a comment may stand on the rest of a line.
  func checkLineEnd(at end: TextPoint) throws(Refusal) {
    var offset = Int(end.offset)
    while offset < bytes.count, bytes[offset].isBlank { offset += 1 }
    guard offset < bytes.count, !bytes[offset].isBreak, bytes[offset] != UInt8(ascii: "#") else {
      return
    }
    throw Refusal(.textAfterEnd(place(offset, after: end)))
  }

  private func offsetAfterBlanks(from start: Int) -> Int {
    var offset = start
    while offset < bytes.count {
      if bytes[offset].isBlank || bytes[offset].isBreak {
        offset += 1
      } else if bytes[offset] == UInt8(ascii: "#"), offset > start {
        while offset < bytes.count, !bytes[offset].isBreak { offset += 1 }
      } else {
        return offset
      }
    }
    return offset
  }

  private func offsetAfterProperties(from start: Int) -> Int {
    var offset = start
    while offset < bytes.count, "&!".utf8.contains(bytes[offset]) {
      while offset < bytes.count, !bytes[offset].isBlank, !bytes[offset].isBreak { offset += 1 }
      offset = offsetAfterBlanks(from: offset)
    }
    return offset
  }

  private func place(_ offset: Int, after known: TextPoint) -> SourceLocation {
    let start = bytes.point(at: offset, after: known)
    return SourceLocation(file: file, from: start, to: start)
  }
}

extension UInt8 {
  fileprivate var isNameCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
    default: false
    }
  }
}

extension Diagnostic {
  static func tabIndentation(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .tabIndentation, "Tab where YAML wants spaces",
      detail: """
        A tab can't indent in YAML. Replace it with spaces. The rest of this document was not read.
        """,
      at: place)
  }

  /// The rest of a document can't be read, and `detail` says why.
  static func invalid(
    _ detail: String, _ place: SourceLocation, related: [Related] = []
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidYAML, "File is not valid YAML",
      detail: "\(detail) The rest of this document was not read.", at: place, related: related)
  }

  fileprivate static func gluedComment(_ place: SourceLocation) -> Diagnostic {
    invalid(
      """
      A comment needs a blank before its '#'. Put one there, or quotes around the text if the '#' \
      belongs to it.
      """, place)
  }

  fileprivate static func notIndented(_ place: SourceLocation) -> Diagnostic {
    invalid(
      """
      This line goes on with a value and must be indented further than the key or dash it belongs \
      to. Indent it, or close a bracket or quote that was left open above.
      """, place)
  }

  fileprivate static func blankLineTooDeep(_ place: SourceLocation) -> Diagnostic {
    invalid(
      """
      The first line of a block of text sets its indentation, and this blank line above it has \
      more spaces. Remove the spaces of the blank lines.
      """, place)
  }

  fileprivate static func textAfterEnd(_ place: SourceLocation) -> Diagnostic {
    invalid("The document ended with '...', and only a comment may follow on its line.", place)
  }

  fileprivate static func oddName(_ place: SourceLocation) -> Diagnostic {
    invalid(
      """
      Names of anchors are made of letters, digits, '-' and '_', and a blank follows. Put a space \
      before a colon, or quotes around a text.
      """, place)
  }

  static func dashInFlow(_ place: SourceLocation) -> Diagnostic {
    invalid(
      """
      Between brackets, elements are separated by commas and have no dash. Remove the dash, or put \
      it in quotes.
      """, place)
  }
}
