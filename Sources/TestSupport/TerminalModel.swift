/// A terminal as far as Berth uses one: text, colours, moving up, erasing, and wrapping again what it
/// shows when it is resized, as today's terminals do.
///
/// A character takes one column, an ideograph two.
package struct TerminalModel {
  /// One of the lines on the screen or above it.
  private struct Line {
    var cells: [Character] = []
    /// True if it goes on in the next one because the terminal was too narrow.
    var isWrapped = false
  }

  private var lines = [Line()]
  /// Where the next character goes; lines are counted from the first that there ever was.
  private var cursor = (line: 0, column: 0)
  package private(set) var columns: Int
  package private(set) var rows: Int
  /// How often a line was too long.
  package private(set) var wrapCount = 0
  /// What was asked for and is not known here.
  package private(set) var unknown: [String] = []

  package init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
  }

  /// All that it shows, and what went past above: as it was written, without the lines below the
  /// cursor.
  package var text: String {
    logicalLines.map { String($0.cells).trimmingEnd }.joined(separator: "\n")
  }

  /// What the screen shows, line by line.
  package var screen: [String] {
    lines[top...].map { String($0.cells).trimmingEnd }
  }

  /// The line in which the cursor stands, on the screen.
  package var cursorRow: Int { cursor.line - top }

  private var top: Int { max(0, lines.count - rows) }

  // MARK: Writing

  package mutating func write(_ text: String) {
    var rest = Substring(text)
    while let scalar = rest.unicodeScalars.first {
      if scalar == "\u{1B}" {
        obey(&rest)
        continue
      }
      rest.unicodeScalars.removeFirst()
      switch scalar {
      case "\n": lineFeed()
      case "\r": cursor.column = 0
      case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": unknown.append("U+\(scalar.value)")
      default: put(Character(scalar))
      }
    }
  }

  private mutating func put(_ character: Character) {
    let width = (character.unicodeScalars.first?.value ?? 0) >= 0x2E80 ? 2 : 1
    if cursor.column + width > columns {
      wrapCount += 1
      lines[cursor.line].isWrapped = true
      lineFeed(keepsWrap: true)
    }
    var cells = lines[cursor.line].cells
    while cells.count < cursor.column + width { cells.append(" ") }
    cells[cursor.column] = character
    // The other half of a wide one.
    if width == 2 { cells[cursor.column + 1] = "\u{0}" }
    lines[cursor.line].cells = cells
    cursor.column += width
  }

  private mutating func lineFeed(keepsWrap: Bool = false) {
    if !keepsWrap { lines[cursor.line].isWrapped = false }
    cursor = (cursor.line + 1, 0)
    if cursor.line == lines.count { lines.append(Line()) }
  }

  private mutating func obey(_ rest: inout Substring) {
    guard let match = rest.prefixMatch(of: /\x1B\[([0-9;]*)([A-Za-z])/) else {
      unknown.append(String(rest.prefix(4)))
      rest.unicodeScalars.removeFirst()
      return
    }
    rest = rest[match.range.upperBound...]
    let number = Int(match.1) ?? 0
    switch match.2 {
    case "m": break
    case "A": cursor.line = max(top, cursor.line - max(1, number))
    case "K" where number == 0: eraseLine()
    case "J" where number == 0:
      eraseLine()
      lines.removeLast(lines.count - cursor.line - 1)
    default: unknown.append(String(match.0))
    }
  }

  private mutating func eraseLine() {
    lines[cursor.line].cells = Array(lines[cursor.line].cells.prefix(cursor.column))
    lines[cursor.line].isWrapped = false
  }

  // MARK: Resizing

  package mutating func resize(columns: Int, rows: Int) {
    let logical = logicalLines
    (self.columns, self.rows) = (columns, rows)
    var wrapped: [Line] = []
    var place = (line: 0, column: 0)
    for line in logical {
      let first = wrapped.count
      var pieces = [Line()]
      for cell in line.cells {
        // A wide character stays whole.
        let width = (cell.unicodeScalars.first?.value ?? 0) >= 0x2E80 ? 2 : 1
        if cell != "\u{0}", pieces[pieces.count - 1].cells.count + width > columns {
          pieces[pieces.count - 1].isWrapped = true
          pieces.append(Line())
        }
        pieces[pieces.count - 1].cells.append(cell)
      }
      wrapped += pieces
      if line.holdsCursor { place = (first + pieces.count - 1, cursor.column) }
    }
    lines = wrapped
    cursor = place
  }

  private var logicalLines: [(cells: [Character], holdsCursor: Bool)] {
    var result: [(cells: [Character], holdsCursor: Bool)] = []
    var goesOn = false
    for (index, line) in lines.enumerated() {
      if goesOn {
        result[result.count - 1].cells += line.cells
        if index == cursor.line { result[result.count - 1].holdsCursor = true }
      } else {
        result.append((line.cells, index == cursor.line))
      }
      goesOn = line.isWrapped
    }
    return result
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = filter { $0 != "\u{0}" }
    while text.last == " " { text.removeLast() }
    return text
  }
}
