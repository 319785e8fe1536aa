import ComputeKinds
import Diagnostics
import FoundationEssentials
import TargetModel
import Testing

@Suite struct KindPageTests {
  /// Run with `BERTH_RECORD=1` to write the pages anew.
  ///
  /// Such a run fails, so that nobody records by accident.
  @Test(arguments: KindCatalog.azureML.kinds.map(\.name.text))
  func `reference pages are fresh`(name: String) throws {
    let kind = try #require(KindCatalog.azureML[KindName(name)])
    let path = "docs/kinds/\(name).md"
    let page = KindPage.render(kind)
    if ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1" {
      let folder = "\(packageFolder)/docs/kinds"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data(page.utf8).write(to: URL(filePath: "\(packageFolder)/\(path)"))
      Issue.record("recorded \(path)")
    }
    #expect(packageText(path) == page, "\(path) is stale; record it with BERTH_RECORD=1")
  }

  @Test func `no page is left of a kind that is gone`() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: "\(packageFolder)/docs/kinds")
    let expected = KindCatalog.azureML.kinds.map { "\($0.name).md" }
    #expect(files.filter { $0.hasSuffix(".md") && $0 != "README.md" }.sorted() == expected)
  }

  @Test func `every field and rule stands on its kind's page`() {
    for kind in KindCatalog.azureML.kinds {
      let page = KindPage.render(kind)
      for field in kind.everyField { #expect(page.contains("`\(field.path)`")) }
      for rule in kind.checks.flatMap(\.rules) { #expect(page.contains("`\(rule)`")) }
    }
  }

  @Test(arguments: rules)
  func `every rule has a page that names it`(rule: Rule) throws {
    let page = try #require(packageText("docs/diagnostics/\(rule).md"), "no page for \(rule)")
    #expect(page.hasPrefix("# \(rule)\n"))
    #expect(page.contains("```"), "the page of \(rule) shows no example")
  }

  static let rules =
    Set(KindCatalog.azureML.kinds.flatMap(\.checks).flatMap(\.rules))
    .union([
      .invalidName, .reservedName, .unportableName, .otherSubscription, .otherRegion,
      .regionIgnored, .madeByDeployment, .retiredType, .localName,
    ]).sorted()
}
