package import Diagnostics

/// A row of a terminal's live region: pieces of plain text, each in its colour.
package struct LiveRow: Hashable, Sendable {
  /// A piece of a row.
  package struct Piece: Hashable, Sendable {
    let text: String
    let paint: TerminalStyle.Paint?
  }

  private(set) var pieces: [Piece] = []

  /// - Parameter text: whatever it holds, a terminal is shown nothing that it might act on.
  package init(_ text: String = "", _ paint: TerminalStyle.Paint? = nil) {
    add(text, paint)
  }

  /// Adds a piece at the end.
  package mutating func add(_ text: String, _ paint: TerminalStyle.Paint? = nil) {
    if !text.isEmpty { pieces.append(Piece(text: text.visible, paint: paint)) }
  }

  /// How many columns it takes.
  package var columnCount: Int { pieces.reduce(0) { $0 + $1.text.columnCount } }

  /// The row as far as it fits into so many columns.
  package func cut(toColumns columns: Int) -> LiveRow {
    guard columnCount > columns else { return self }
    var row = LiveRow()
    var room = columns
    for piece in pieces {
      let isLast = piece.text.columnCount > room - 3
      // What is cut says so, also where the cut falls between two pieces.
      let text = isLast ? (piece.text + "....").cut(toColumns: room) : piece.text
      row.add(text, piece.paint)
      if isLast { break }
      room -= text.columnCount
    }
    return row
  }

  /// The row as it is written.
  package func text(_ style: TerminalStyle) -> String {
    pieces.map { piece in piece.paint.map { style.paint(piece.text, $0) } ?? piece.text }.joined()
  }
}
