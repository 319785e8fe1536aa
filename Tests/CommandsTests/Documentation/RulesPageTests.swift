import Foundation
import Testing

/// `docs/rules.md` tells where each rule of the service's documents lives, and must stay true.
@Suite("Rules page") struct RulesPageTests {
  @Test func `rules 1 to 98 stand there once each, in order`() throws {
    #expect(try RulesPage().rows.map(\.number) == Array(1...98))
  }

  @Test func `a row that is no row of the table is a mistake`() throws {
    let page = try RulesPage()
    let begun = page.lines.filter { $0.hasPrefix("| R") }
    #expect(begun.count == page.rows.count)
    #expect(page.rows.allSatisfy { !$0.text.isEmpty && !$0.whereabouts.isEmpty })
  }

  @Test func `every rule id that is named is declared, has a page, and is in the index`() throws {
    let declared = try DiagnosticPagesTests.rules()
    let severities = try RulesPage.severities()
    var named: Set<String> = []
    for row in try RulesPage().rows {
      for check in row.checks {
        named.insert(check.id)
        #expect(check.link == check.id, "R\(row.number) names \(check.id) and links \(check.link)")
        #expect(declared.contains(check.id), "R\(row.number): no source declares \(check.id)")
        #expect(severities[check.id] != nil, "R\(row.number): \(check.id) is not in the index")
        #expect(RulesPage.text("docs/diagnostics/\(check.id).md") != nil)
      }
      // Whatever looks like an id must be a link to it.
      let spans = row.whereabouts.matches(of: /`([a-z]+(?:-[a-z]+)+)`/).map { String($0.1) }
      for span in spans where declared.contains(span) {
        #expect(row.checks.contains { $0.id == span }, "R\(row.number): `\(span)` is no link")
      }
    }
    // An empty scan would prove nothing.
    #expect(named.count > 30, "found \(named.count) ids")
  }

  @Test func `what is enforced can refuse or is done so, and what is warned of is told`() throws {
    let severities = try RulesPage.severities()
    for row in try RulesPage().rows {
      let found = row.checks.compactMap { severities[$0.id] }
      switch row.outcome {
      case "enforced":
        #expect(
          found.contains("error") || !row.quotes.isEmpty,
          "R\(row.number) shows nothing that refuses")
      case "warned":
        #expect(
          found.contains { $0 == "warning" || $0 == "note" }, "R\(row.number) shows no warning")
      case "fact": #expect(!row.quotes.isEmpty, "R\(row.number) quotes no page")
      case "nothing":
        #expect(row.links.isEmpty, "R\(row.number) does something after all")
        #expect(
          row.whereabouts.hasSuffix(".") && row.whereabouts.split(separator: " ").count > 4,
          "R\(row.number) gives no reason")
      default: Issue.record("R\(row.number) is '\(row.outcome)'")
      }
    }
  }

  @Test func `every quote stands on the page that it is said to be from`() throws {
    for row in try RulesPage().rows {
      for quote in row.quotes {
        let page = try #require(
          RulesPage.text("docs/\(quote.page)"), "R\(row.number): no page \(quote.page)")
        #expect(
          page.onOneLine.contains(quote.text.onOneLine),
          "R\(row.number): '\(quote.text)' is not on \(quote.page)")
      }
      // Where to look on a long page is said by a quote.
      let pages = Set(row.links.filter { !$0.hasPrefix("diagnostics/") })
      #expect(pages == Set(row.quotes.map(\.link)), "R\(row.number) links a page without a quote")
    }
  }

  /// Sources say `domain.md R10` where a rule lives; the page must know of it.
  @Test func `what the sources cite is not said to need nothing, and names the check`() throws {
    let rows = Dictionary(
      uniqueKeysWithValues: try RulesPage().rows.map { ($0.number, $0) })
    var cited: Set<Int> = []
    for source in try SwiftFile.all(below: "Sources") {
      for number in source.citedRules {
        cited.insert(number)
        let row = try #require(rows[number], "\(source.path) cites R\(number)")
        #expect(row.outcome != "nothing", "\(source.path) cites R\(number)")
      }
      // A comment right above a declaration is about that id.
      for (number, id) in source.citedDeclarations {
        #expect(
          rows[number]?.checks.contains { $0.id == id } == true,
          "\(source.path): \(id) is about R\(number), and the page does not say so")
      }
    }
    #expect(cited.count > 20, "found \(cited.count) citations")
  }
}

/// The page, taken apart.
private struct RulesPage {
  let lines: [Substring]

  struct Row {
    let number: Int
    let text: String
    let outcome: String
    /// The last cell, as it stands there.
    let whereabouts: String

    /// The links to pages of diagnostics.
    var checks: [(id: String, link: String)] {
      whereabouts.matches(of: /\[`([^`\]]+)`\]\(diagnostics\/([^)]+)\.md\)/)
        .map { (String($0.1), String($0.2)) }
    }

    /// The targets of all links.
    var links: [String] { whereabouts.matches(of: /\]\(([^)]+)\)/).map { String($0.1) } }

    /// What is quoted from a page: its link, and behind a colon one quote or more.
    var quotes: [(link: String, page: String, text: String)] {
      whereabouts.matches(of: /\]\(([^)]+)\):((?: "[^"]+",?)+)/).flatMap { match in
        let link = String(match.1)
        let page = String(link.prefix { $0 != "#" })
        return match.2.matches(of: /"([^"]+)"/).map {
          (link, page, String($0.1).replacing("\\|", with: "|"))
        }
      }
    }
  }

  init() throws {
    let text = try #require(Self.text("docs/rules.md"))
    lines = text.split(separator: "\n")
  }

  var rows: [Row] {
    lines.compactMap { line in
      // A bar behind a backslash is a cell's own.
      let cells = line.replacing("\\|", with: "\u{1}").split(separator: "|").map {
        String($0).trimmingCharacters(in: .whitespaces).replacing("\u{1}", with: "\\|")
      }
      guard cells.count == 4, let match = cells[0].wholeMatch(of: /R(\d+)/),
        let number = Int(match.1)
      else { return nil }
      return Row(number: number, text: cells[1], outcome: cells[2], whereabouts: cells[3])
    }
  }

  /// The severity of each rule, as the index of diagnostics tells it.
  static func severities() throws -> [String: String] {
    let index = try #require(text("docs/diagnostics/README.md"))
    let rows = index.matches(
      of: /^\| \[`([a-z0-9-]+)`\]\([^)]+\) \| (\w+)/.anchorsMatchLineEndings())
    return Dictionary(rows.map { (String($0.1), String($0.2)) }) { first, _ in first }
  }

  static func text(_ path: String) -> String? {
    let url = BerthBinary.packageFolder.appendingPathComponent(path)
    return try? String(contentsOf: url, encoding: .utf8)
  }
}

/// A source file, as far as it cites rules.
extension SwiftFile {
  /// The numbers in comments of a file that speaks of `domain.md`.
  fileprivate var citedRules: Set<Int> {
    guard text.contains("domain.md R") else { return [] }
    var numbers: Set<Int> = []
    for line in text.split(separator: "\n") {
      guard let comment = line.firstRange(of: "//") else { continue }
      numbers.formUnion(Self.numbers(in: line[comment.lowerBound...]))
    }
    return numbers
  }

  /// Rules' ids that are declared right below a comment with a number.
  fileprivate var citedDeclarations: [(number: Int, id: String)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.dropFirst().flatMap { index -> [(number: Int, id: String)] in
      guard let match = lines[index].firstMatch(of: /static let \w+ = Rule\("([^"]+)"\)/) else {
        return []
      }
      let comments = lines[..<index].reversed().prefix {
        $0.drop(while: \.isWhitespace).hasPrefix("///")
      }
      return comments.flatMap(Self.numbers).map { ($0, String(match.1)) }
    }
  }

  private static func numbers(in text: Substring) -> [Int] {
    text.matches(of: /\bR([0-9]{1,2})\b/).compactMap { Int($0.1) }
  }
}

extension String {
  /// Line breaks of a page mean nothing.
  fileprivate var onOneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
