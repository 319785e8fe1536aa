/// How much room a terminal has.
public struct TerminalSize: Hashable, Sendable {
  /// Characters side by side; an East Asian wide one takes two.
  public var columns: Int
  /// Lines above each other.
  public var rows: Int

  /// A size; at least one character.
  public init(columns: Int, rows: Int) {
    self.columns = max(1, columns)
    self.rows = max(1, rows)
  }
}
