/// The tables and sections of a page, for tests that hold them against the program.
extension MarkdownPage {
  /// A table; its cells are trimmed.
  struct Table {
    /// The heading above it, without its marks.
    let section: String
    let titles: [String]
    let rows: [Row]
  }

  /// A row of a table.
  struct Row {
    /// The line, from 1.
    let line: Int
    let cells: [String]

    /// The words in backticks of a cell; none for a cell that is not there.
    func codes(_ column: Int) -> [String] {
      guard column < cells.count else { return [] }
      return cells[column].matches(of: /`([^`]+)`/).map { String($0.1) }
    }
  }

  var tables: [Table] {
    var tables: [Table] = []
    var section = ""
    var open: [Row] = []
    for (line, text) in prose + [(lines.count + 1, "")] {
      if text.hasPrefix("|") {
        open.append(Row(line: line, cells: Self.cells(text)))
        continue
      }
      if open.count > 2 {
        let table = Table(section: section, titles: open[0].cells, rows: Array(open.dropFirst(2)))
        tables.append(table)
      }
      open = []
      if text.hasPrefix("#") { section = Self.title(text) }
    }
    return tables
  }

  /// The tables below a heading.
  func tables(in section: String) -> [Table] { tables.filter { $0.section == section } }

  /// The blocks below a heading.
  func blocks(in section: String) -> [Block] {
    let headings = prose.filter { $0.text.hasPrefix("#") }
    return blocks.filter { block in
      headings.last { $0.line < block.line }.map { Self.title($0.text) } == section
    }
  }

  private static func title(_ heading: Substring) -> String {
    String(heading.drop { $0 == "#" || $0 == " " })
  }

  private static func cells(_ line: Substring) -> [String] {
    line.replacing("\\|", with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false)
      .dropFirst().dropLast()
      .map { cell in
        let text = cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        return String(text).replacing("\u{0}", with: "|")
      }
  }
}
