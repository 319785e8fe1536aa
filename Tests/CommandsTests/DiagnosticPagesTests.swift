import Foundation
import Testing

/// Every rule that a message can name is explained in `docs/`.
@Suite("Diagnostic pages")
struct DiagnosticPagesTests {
  private static let docs = BerthBinary.packageFolder.appendingPathComponent("docs")
  private static let pagesFolder = docs.appendingPathComponent("diagnostics")

  @Test func `every rule has a page, or is a reason that the page on planning tells`() throws {
    let rules = try Self.rules()
    let pages = try Self.pages()
    // An empty scan would prove nothing.
    #expect(rules.count > 100, "found \(rules.count) rules")
    let planning = try Self.text(Self.docs.appendingPathComponent("planning.md"))
    let missing = rules.subtracting(pages).filter { !planning.contains("`\($0)`") }.sorted()
    #expect(missing.isEmpty, "these rules have no page")
  }

  @Test func `every ordering rule has a file of its own and a section of the page on ordering`()
    throws
  {
    let folder = BerthBinary.packageFolder.appendingPathComponent("Sources/Planning/Ordering")
    let page = try Self.text(Self.docs.appendingPathComponent("ordering.md"))
    let sections = page.matches(of: /^## ([a-z-]+)$/.anchorsMatchLineEndings()).map {
      String($0.1)
    }
    var found: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let code = try Self.text(folder.appendingPathComponent(name))
      let rules = code.matches(of: /= Rule\("([a-z-]+)"\)/).map { String($0.1) }
      #expect(rules.count <= 1, "\(name) has \(rules)")
      for rule in rules {
        let file = rule.split(separator: "-").map(\.capitalized).joined() + ".swift"
        #expect(name == file, "\(rule) stands in \(name)")
      }
      found += rules
    }
    #expect(found.sorted() == sections.sorted())
    #expect(found.count == 6)
  }

  @Test func `every page is about a rule, and begins with its id`() throws {
    let rules = try Self.rules()
    for page in try Self.pages().sorted() {
      #expect(rules.contains(page), "\(page).md explains a rule that does not exist")
      let text = try Self.text(Self.pagesFolder.appendingPathComponent("\(page).md"))
      #expect(text.hasPrefix("# \(page)\n"), "\(page).md does not begin with '# \(page)'")
    }
  }

  @Test func `the index lists every page once, and nothing else`() throws {
    let index = try Self.text(Self.pagesFolder.appendingPathComponent("README.md"))
    let listed = index.matches(
      of: /^\| \[`([a-z0-9-]+)`\]\(([a-z0-9-]+)\.md\) \|/.anchorsMatchLineEndings())
    #expect(listed.allSatisfy { $0.1 == $0.2 })
    let names = listed.map { String($0.1) }
    #expect(Set(names).count == names.count, "a page is listed twice")
    let different = try Self.pages().symmetricDifference(names).sorted()
    #expect(different.isEmpty)
  }

  /// The ids in `Rule("...")` of all sources; comments do not count.
  static func rules() throws -> Set<String> {
    var rules: Set<String> = []
    for file in try SwiftFile.all(below: "Sources") {
      let code = file.text.split(separator: "\n").filter {
        !$0.drop(while: \.isWhitespace).hasPrefix("//")
      }
      for match in code.joined(separator: "\n").matches(of: /\bRule\(\s*"([^"]+)"/) {
        rules.insert(String(match.1))
      }
    }
    return rules
  }

  /// The pages' names without `.md`, the index aside.
  private static func pages() throws -> Set<String> {
    let names = try FileManager.default.contentsOfDirectory(atPath: pagesFolder.path)
    return Set(
      names.filter { $0.hasSuffix(".md") && $0 != "README.md" }.map { String($0.dropLast(3)) })
  }

  private static func text(_ file: URL) throws -> String {
    try String(contentsOf: file, encoding: .utf8)
  }
}
