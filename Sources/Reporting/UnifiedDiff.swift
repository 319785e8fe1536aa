public import Diagnostics

/// The difference of two texts as `diff -u` prints it.
public struct UnifiedDiff: Sendable {
  private let name: String
  private let before: Side
  private let after: Side
  private let edits: [LineDifference.Edit]

  /// Lines around a change that are shown with it.
  private static let context = 3

  private struct Side {
    let lines: [ArraySlice<UInt8>]
    let hiddenLines: Set<Int>
    let endsWithBreak: Bool

    init(_ text: [UInt8], hiding hiddenLines: Set<Int>) {
      var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
      endsWithBreak = lines.last?.isEmpty ?? true
      if endsWithBreak { lines.removeLast() }
      self.lines = lines
      self.hiddenLines = hiddenLines
    }

    /// A line without what must not be shown.
    func text(_ index: Int) -> String {
      let text = String(decoding: lines[index], as: UTF8.self)
      guard hiddenLines.contains(index + 1), !text.isEmpty else { return text.visible }
      guard let colon = text.unicodeScalars.firstIndex(of: ":") else {
        return String(text.prefix { $0 == " " }) + "(sensitive value)"
      }
      return String(text[...colon]).visible + " (sensitive value)"
    }

    func isOpenEnd(_ index: Int) -> Bool { !endsWithBreak && index == lines.count - 1 }
  }

  /// - Parameters:
  ///   - name: the file's path, as the headers show it.
  ///   - hiddenLines: which lines of a text, counted from 1, must not be shown; only their keys are.
  public init(
    of name: String, from before: [UInt8], to after: [UInt8],
    hiding hiddenLines: ([UInt8]) -> Set<Int> = { _ in [] }
  ) {
    self.name = name
    self.before = Side(before, hiding: hiddenLines(before))
    self.after = Side(after, hiding: hiddenLines(after))
    // A last line with a break differs from one without.
    let keys = { (side: Side) in
      side.lines.enumerated().map { side.isOpenEnd($0) ? Array($1) + [0x0A] : Array($1) }
    }
    edits = LineDifference(from: keys(self.before), to: keys(self.after)).edits
  }

  /// The lines that people read; empty if nothing differs.
  public func text(style: TerminalStyle = .plain) -> String {
    let hunks = hunks
    guard !hunks.isEmpty else { return "" }
    var text = style.paint("--- \(name.visible)", .bold) + "\n"
    text += style.paint("+++ \(name.visible)", .bold) + "\n"
    for hunk in hunks { write(hunk, style, into: &text) }
    return text
  }

  /// Stretches of edits with a change in them, and what stands around it.
  private var hunks: [Range<Int>] {
    var hunks: [Range<Int>] = []
    for (index, edit) in edits.enumerated() {
      if case .keep = edit { continue }
      let start = max(0, index - Self.context)
      let end = min(edits.count, index + Self.context + 1)
      if let last = hunks.last, start <= last.upperBound {
        hunks[hunks.count - 1] = last.lowerBound..<end
      } else {
        hunks.append(start..<end)
      }
    }
    return hunks
  }

  private func write(_ hunk: Range<Int>, _ style: TerminalStyle, into text: inout String) {
    let (earlier, inside) = (Self.counts(edits[..<hunk.lowerBound]), Self.counts(edits[hunk]))
    text += style.paint(
      "@@ -\(Self.range(earlier.before, inside.before)) +\(Self.range(earlier.after, inside.after)) @@",
      .cyan)
    text += "\n"
    for edit in edits[hunk] {
      switch edit {
      case .keep(let index, _): text += line(" ", before, index) + "\n"
      case .remove(let index): text += style.paint(line("-", before, index), .red) + "\n"
      case .add(let index): text += style.paint(line("+", after, index), .green) + "\n"
      }
    }
  }

  private func line(_ sign: String, _ side: Side, _ index: Int) -> String {
    sign + side.text(index)
      + (side.isOpenEnd(index) ? "\n\\ No newline at end of file" : "")
  }

  /// Where a stretch begins and how long it is, as `diff` writes it.
  private static func range(_ earlier: Int, _ count: Int) -> String {
    count == 1 ? "\(earlier + 1)" : "\(count == 0 ? earlier : earlier + 1),\(count)"
  }

  private static func counts(_ edits: ArraySlice<LineDifference.Edit>) -> (before: Int, after: Int)
  {
    edits.reduce(into: (before: 0, after: 0)) { counts, edit in
      switch edit {
      case .keep:
        counts.before += 1
        counts.after += 1
      case .remove: counts.before += 1
      case .add: counts.after += 1
      }
    }
  }
}
