/// How text is to look where it goes.
public struct TerminalStyle: Hashable, Sendable {
  /// True if somebody looks at it as it comes; only then text is wrapped.
  public var isTerminal: Bool
  /// True if colours are shown.
  ///
  /// Every meaning is also in the text.
  public var usesColour: Bool
  /// True if box characters can be shown.
  public var usesUTF8: Bool
  /// Columns; 80 where nobody knows.
  public var width: Int

  /// A style; plain text for a file or a pipe unless said otherwise.
  public init(
    isTerminal: Bool = false, usesColour: Bool = false, usesUTF8: Bool = true, width: Int = 80
  ) {
    self.isTerminal = isTerminal
    self.usesColour = usesColour
    self.usesUTF8 = usesUTF8
    self.width = width
  }

  /// Plain text.
  public static let plain = TerminalStyle()

  /// What Berth paints.
  public enum Paint: String, Hashable, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case grey = "90"
    case bold = "1"
  }

  /// The text in a colour, where colours are shown.
  public func paint(_ text: String, _ paint: Paint) -> String {
    usesColour ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Sentences for people, made visible line by line and wrapped where a terminal shows them.
  package func prose(_ text: String) -> String {
    wrapped(text.visibleKeepingLines, indent: 0).map(\.asPlainLine).joined(separator: "\n")
  }

  /// Words in lines of at most so many columns; a longer word stands alone.
  ///
  /// A line that begins with a space is an example and stays as it is.
  ///
  /// Text that nobody looks at as it comes is not wrapped at all.
  func wrapped(_ text: String, indent: Int) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard isTerminal else { return lines }
    let limit = max(20, width - indent)
    return lines.flatMap { $0.hasPrefix(" ") ? [$0] : wrappedLine($0, limit) }
  }

  private func wrappedLine(_ line: String, _ limit: Int) -> [String] {
    var result: [String] = []
    var current = ""
    var columns = 0
    for word in line.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
      let wordColumns = word.columnCount
      if columns > 0, columns + 1 + wordColumns > limit {
        result.append(current)
        (current, columns) = (word, wordColumns)
      } else {
        current += (columns > 0 ? " " : "") + word
        columns += (columns > 0 ? 1 : 0) + wordColumns
      }
    }
    return result + [current]
  }
}
