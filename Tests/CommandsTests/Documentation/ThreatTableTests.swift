import Foundation
import Testing

/// `docs/threats.md` names the tests that there are, and all of them.
struct ThreatTableTests {
  @Test func `every threat of the table has a test there, and every such test is in the table`()
    throws
  {
    let page = try String(
      contentsOf: BerthBinary.packageFolder.appendingPathComponent("docs/threats.md"),
      encoding: .utf8)
    var told: Set<String> = []
    for row in page.matches(of: /^\| (T[0-9]+) \| [^|]+ \| ([^|]+) \|$/.anchorsMatchLineEndings()) {
      for place in row.2.matches(of: /`([A-Za-z]+)`/) { told.insert("\(row.1) \(place.1)") }
    }
    let found = try Self.tests()
    #expect(found.count > 15, "an empty scan would prove nothing")
    #expect(told.subtracting(found).sorted() == [], "without a test")
    #expect(found.subtracting(told).sorted() == [], "not in the table")
  }

  /// Number and module of each test whose name says so, such as `T17 CommandsTests`.
  private static func tests() throws -> Set<String> {
    let folder = BerthBinary.packageFolder.appendingPathComponent("Tests")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let parts = file.pathComponents
      guard let index = parts.lastIndex(of: "Tests"), index + 1 < parts.count else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /func `[^`]*\b(T[0-9]+)\b[^`]*`/) {
        found.insert("\(match.1) \(parts[index + 1])")
      }
    }
    return found
  }
}
