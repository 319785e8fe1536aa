package import Diagnostics

/// Rows at the foot of a terminal that are drawn again and again while text goes past above them.
///
/// A value that answers with what is to be written, so that a test can see every byte. While it is
/// drawn the cursor stands at the beginning of the line below it, so that whatever ends the process,
/// a shell's prompt has a line of its own.
///
/// Law: no row is ever wrapped, and there are never more of them than fit.
package struct LiveRegion: Hashable, Sendable {
  /// What a terminal shows of it.
  private struct Frame: Hashable, Sendable {
    let rows: [LiveRow]
    let size: TerminalSize

    /// How many of a terminal's lines it takes by now: where the terminal became narrower, it wraps
    /// what it shows.
    func height(in size: TerminalSize) -> Int {
      rows.reduce(0) { $0 + $1.text(.plain).lineCount(wrappedAt: size.columns) }
    }
  }

  private var frame: Frame?
  /// False in the middle of a line of text, as behind a question.
  private var isAtLineStart = true

  package init() {}

  /// True if it can be seen.
  package var isDrawn: Bool { frame != nil }

  /// What takes it away; the cursor stands where text goes on.
  package mutating func erase(_ size: TerminalSize) -> String {
    guard let frame else { return "" }
    self.frame = nil
    return Self.climb(frame.height(in: size)) + "\u{1B}[J"
  }

  /// Text was written while the region was away.
  package mutating func wrote(_ text: String) {
    if let last = text.utf8.last { isAtLineStart = last == UInt8(ascii: "\n") }
  }

  /// What draws it, over what is there of it; nothing if it is there already, or if there is no room.
  package mutating func draw(
    _ rows: [LiveRow], _ size: TerminalSize, _ style: TerminalStyle
  ) -> String {
    guard isAtLineStart else { return "" }
    // The cursor needs a line as well, and a full line makes some terminals wrap.
    let fitting = rows.prefix(size.rows - 1).map { $0.cut(toColumns: size.columns - 1) }
    guard !fitting.isEmpty else { return erase(size) }
    let next = Frame(rows: fitting, size: size)
    guard next != frame else { return "" }
    let climb = Self.climb(frame?.height(in: size) ?? 0)
    frame = next
    return climb + fitting.map { $0.text(style) + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
  }

  /// To the beginning of the line that is so many lines above.
  private static func climb(_ lines: Int) -> String {
    lines > 0 ? "\r\u{1B}[\(lines)A" : "\r"
  }
}
