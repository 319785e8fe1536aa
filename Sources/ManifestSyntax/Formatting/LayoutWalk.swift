/// Walks over a text from its first byte to its last and hands every token to the printer.
///
/// libyaml's marks say where scalars and aliases stand and where block collections begin and end.
/// Between them are indicators, properties, comments and markers only, each of which tells what it
/// is by its first byte.
struct LayoutWalk {
  private let bytes: [UInt8]
  private var position: Int
  private var lineStart: Int
  private var printer = LayoutPrinter()
  private var comments: [[UInt8]] = []
  private var areFlows: [Bool] = []
  /// True once something stood where nothing of its sort can.
  private var isLost = false

  init(_ text: CheckedText) {
    bytes = text.bytes
    position = Int(text.start.offset)
    lineStart = position
  }

  /// The text in canonical form, and its comments; nil if the marks do not fit the text.
  mutating func run(_ marks: [LayoutMark]) -> (formatted: [UInt8], comments: [[UInt8]])? {
    for mark in marks where !isLost { take(mark) }
    advance(to: bytes.count)
    return isLost ? nil : (printer.finished(), comments)
  }

  private mutating func take(_ mark: LayoutMark) {
    switch mark.content {
    case .documentStart, .documentEnd: break
    case .open(let opening):
      areFlows.append(opening.isFlow)
      if !opening.isFlow { open(opening, at: mark.end) }
    case .close:
      guard areFlows.popLast() == false else { break }
      advance(to: mark.start)
      printer.closeBlock()
    case .alias:
      advance(to: mark.start)
      print(.alias, upTo: mark.end)
    case .scalar(let scalar):
      // An empty one has no text of its own.
      guard mark.start < mark.end else { break }
      advance(to: contentStart(from: mark.start, to: mark.end))
      if position < mark.end { take(scalar.style, upTo: mark.end) }
    }
  }

  /// libyaml's mark ends before the first indicator or key, but after the dash of a sequence that
  /// is not indented.
  private mutating func open(_ opening: EventSource.Opening, at end: Int) {
    let isBehindDash =
      !opening.isMapping && (end >= bytes.count || bytes[end] != UInt8(ascii: "-"))
    let first = isBehindDash ? end - 1 : end
    advance(to: first)
    if first < position { isLost = true }
    printer.openBlock(isMapping: opening.isMapping, column: first - lineStart)
  }

  // MARK: Scalars

  private mutating func take(_ style: EventSource.Scalar.Style, upTo end: Int) {
    let slice = bytes[position..<end]
    let column = position - lineStart
    if style == .block {
      let block = BlockText(slice, below: printer.sourceColumn)
      if let comment = block.comment { comments.append(comment) }
      printer.print(block, at: column)
    } else {
      printer.printText(slice, isPlain: style == .plain, at: column)
    }
    if let lastBreak = slice.lastIndex(where: \.isBreak) { lineStart = lastBreak + 1 }
    position = end
  }

  /// Where a scalar begins behind its anchor and tag.
  private func contentStart(from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case UInt8(ascii: "&"), UInt8(ascii: "!"): offset = endOfProperty(from: offset)
      case UInt8(ascii: "#"): offset = endOfLine(from: offset)
      case let byte where byte.isBlank || byte.isBreak: offset += 1
      default: return offset
      }
    }
    return end
  }

  // MARK: Between scalars

  private mutating func advance(to limit: Int) {
    while position < limit, !isLost {
      let byte = bytes[position]
      if byte.isBreak {
        position = bytes.afterBreak(at: position)
        lineStart = position
        printer.breakLine()
      } else if byte.isBlank {
        position += 1
      } else if position == lineStart, let end = endOfMarker() {
        print(.marker, upTo: end)
      } else {
        takeToken(byte)
      }
    }
  }

  private mutating func takeToken(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "#"):
      let end = endOfLine(from: position)
      let comment = bytes[position..<end].withoutTrailingBlanks
      comments.append(Array(comment))
      printer.print(comment: comment, at: position - lineStart)
      position = end
    case UInt8(ascii: "-"): print(.dash, upTo: position + 1)
    case UInt8(ascii: "?"): print(.question, upTo: position + 1)
    case UInt8(ascii: ":"): print(.colon, upTo: position + 1)
    case UInt8(ascii: ","): print(.comma, upTo: position + 1)
    case UInt8(ascii: "["), UInt8(ascii: "{"): print(.open, upTo: position + 1)
    case UInt8(ascii: "]"), UInt8(ascii: "}"): print(.close, upTo: position + 1)
    case UInt8(ascii: "&"), UInt8(ascii: "!"): print(.property, upTo: endOfProperty(from: position))
    default: isLost = true
    }
  }

  private mutating func print(_ kind: LayoutPrinter.Token, upTo end: Int) {
    guard position < end else {
      isLost = true
      return
    }
    printer.print(kind, bytes[position..<end], at: position - lineStart)
    position = end
  }

  /// The end of `---`, `...` or a directive that begins here.
  private func endOfMarker() -> Int? {
    let byte = bytes[position]
    if byte == UInt8(ascii: "%") {
      return position + bytes[position..<endOfLine(from: position)].withoutTrailingBlanks.count
    }
    guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: "."),
      bytes.isMarker(byte, at: position)
    else { return nil }
    return position + 3
  }

  private func endOfLine(from start: Int) -> Int {
    var end = start
    while end < bytes.count, !bytes[end].isBreak { end += 1 }
    return end
  }

  private func endOfProperty(from start: Int) -> Int {
    if bytes[start...].starts(with: "!<".utf8) {
      let close = bytes[start...].firstIndex { $0 == UInt8(ascii: ">") || $0.isBreak }
      return close.map { bytes[$0].isBreak ? $0 : $0 + 1 } ?? bytes.count
    }
    var end = start + 1
    while end < bytes.count, !bytes[end].isBlank, !bytes[end].isBreak,
      !(printer.isInFlow && ",[]{}".utf8.contains(bytes[end]))
    {
      end += 1
    }
    return end
  }
}

extension ArraySlice<UInt8> {
  var withoutTrailingBlanks: ArraySlice<UInt8> {
    self[startIndex..<(lastIndex { !$0.isBlank }.map { $0 + 1 } ?? startIndex)]
  }

  /// Its lines, whatever the line breaks; one more than there are breaks.
  var brokenLines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = startIndex
    var index = startIndex
    while index < endIndex {
      guard self[index].isBreak else {
        index += 1
        continue
      }
      lines.append(self[start..<index])
      let isPair = self[index] == 0x0D && index + 1 < endIndex && self[index + 1] == 0x0A
      index += isPair ? 2 : 1
      start = index
    }
    return lines + [self[start..<endIndex]]
  }
}
