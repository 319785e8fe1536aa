import Foundation
import Testing

/// The table of what is promised and tested is true.
@Suite("Table of the conventions")
struct ConventionsTableTests {
  /// The names of all tests of the project.
  private static let tests = Result { () -> Set<String> in
    var found: Set<String> = []
    for file in try SwiftFile.all(below: "Tests") {
      for match in file.text.matches(of: /func `([^`]+)`/) { found.insert(String(match.1)) }
      for match in file.text.matches(of: /@Test\(\s*"([^"]+)"/) { found.insert(String(match.1)) }
    }
    return found
  }

  @Test func `every clause names tests that exist`() throws {
    let tests = try Self.tests.get()
    #expect(tests.count > 800, "an empty scan would prove nothing")
    for row in ConventionsTable.rows {
      #expect(!row.tests.isEmpty, "\(row.clause)")
      let missing = row.tests.filter { !tests.contains($0) }
      #expect(missing.isEmpty, "\(row.clause) \(row.promise)")
    }
  }

  @Test func `every section is there, and no clause twice`() {
    let clauses = ConventionsTable.rows.map(\.clause)
    #expect(Set(clauses).count == clauses.count)
    let sections = Set(clauses.compactMap { $0.split(separator: ".").first.flatMap { Int($0) } })
    #expect(sections == Set(1...11))
  }
}
