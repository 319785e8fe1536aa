import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import Testing

/// The pages for people who come from another tool say of each of its words what to write.
@Suite("Pages for those who come from elsewhere") struct ArrivalTests {
  private func page(_ name: String) throws -> MarkdownPage {
    try MarkdownPage(path: "docs/\(name).md")
  }

  private func kind(_ name: String) throws -> KindDescriptor {
    try #require(KindCatalog.azureML[KindName(name)])
  }

  /// The targets of a text with documents, by the kinds' tables.
  private func targets(_ text: String) -> [ComputeTarget] {
    var findings = DiagnosticList()
    let workspace = WorkspaceIdentity(
      subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "ml-rg",
      name: "ml-workspace", location: "westeurope")
    return bindManifests(
      [ManifestFile(path: "compute.yml", bytes: Array(text.utf8))],
      of: StackConfiguration(stack: "s", workspace: workspace),
      rules: KindRules(catalog: .azureML), secrets: UnresolvedSecrets(), reporting: &findings)
  }

  // MARK: Terraform

  @Test(arguments: TerraformResource.all.map(\.name))
  func `each attribute of a resource stands in its table once`(name: String) throws {
    let resource = try #require(TerraformResource.all.first { $0.name == name })
    let rows = try page("from-terraform").tables(in: name).flatMap(\.rows)
    #expect(rows.flatMap { $0.codes(0) }.sorted() == resource.attributes.sorted())
  }

  @Test(arguments: TerraformResource.all.map(\.name))
  func `each field that a resource's table names is one of its kind`(name: String) throws {
    let resource = try #require(TerraformResource.all.first { $0.name == name })
    let kind = try kind(resource.kind)
    for row in try page("from-terraform").tables(in: name).flatMap(\.rows) {
      guard row.cells.count == 3, row.cells[1] != "-" else {
        #expect(row.cells.count == 3, "line \(row.line)")
        continue
      }
      let words = row.codes(1)
      #expect(words.count == 1, "line \(row.line)")
      // These are not in the tables: the one every document has, the other is the stack's.
      guard let word = words.first, word != "name", word != "workspace" else { continue }
      let field = kind.slot(AttributePath(word)).map { kind.fields[$0] }
      #expect(field != nil, "line \(row.line): \(kind.name) has no field '\(word)'")
      let isTold = row.cells[2].hasPrefix("Told by the service")
      #expect((field?.setBy == .server) == isTold, "line \(row.line): who sets '\(word)'?")
    }
  }

  @Test(arguments: TerraformResource.all.map(\.name))
  func `the example in Terraform's language and the document say the same`(name: String) throws {
    let page = try page("from-terraform")
    let blocks = page.blocks(in: name)
    let block = try #require(blocks.first { $0.info == "hcl" }.map { TerraformBlock($0.text) })
    let target = try #require(
      blocks.first { $0.info.hasPrefix("yaml") }.flatMap { targets($0.text).first })
    #expect(block.resource == name)
    #expect(
      block.attributes.first { $0.path == "name" }?.value == "\"\(target.name)\"")

    let rows = page.tables(in: name).flatMap(\.rows)
    var said: Set<AttributePath> = []
    for attribute in block.attributes {
      let row = try #require(
        rows.first { $0.codes(0) == [attribute.path] }, "no row for '\(attribute.path)'")
      guard let word = row.codes(1).first, word != "name", word != "workspace" else { continue }
      #expect(target[AttributePath(word)] != nil, "the document does not say '\(word)'")
      said.insert(AttributePath(word))
    }
    let written = target.kind.fields.map(\.path).filter { target[$0] != nil }
    // Terraform says this one by a block's being there.
    let implied: Set<AttributePath> = ["ssh_public_access_enabled"]
    #expect(Set(written).subtracting(implied).isSubset(of: said), "the document says more")
  }

  @Test func `each type has its resource, or is said to have none`() throws {
    let table = try #require(try page("from-terraform").tables(in: "Coming from Terraform").first)
    for resource in TerraformResource.all {
      let row = try #require(table.rows.first { $0.codes(0) == [resource.name] })
      #expect(row.codes(1).first == resource.kind)
    }
    let types = Set(table.rows.flatMap { $0.codes(1) }).subtracting(["resource_id"])
    // The local computer is in no workspace.
    let kinds = KindCatalog.azureML.kinds.filter(\.isInWorkspace).map(\.name.text)
    #expect(types == Set(kinds))
  }

  // MARK: az ml

  @Test func `each command of az ml compute stands in its table once`() throws {
    let table = try #require(try page("from-az-ml").tables(in: "Command by command").first)
    #expect(
      table.rows.flatMap { $0.codes(0) }.sorted() == [
        "attach", "connect-ssh", "create", "delete", "detach", "enable-sso", "list", "list-nodes",
        "list-sizes", "list-usage", "restart", "show", "start", "stop", "update",
      ])
  }

  // MARK: Both

  @Test(arguments: ["from-az-ml", "from-terraform"])
  func `each setting that a page names is one`(name: String) throws {
    let settings = try page(name).codeSpans.filter { $0.text.hasPrefix("berth: {") }
    #expect(settings.count > 2)
    for (line, setting) in settings {
      let fitting = KindCatalog.azureML.kinds.filter { kind in
        targets("\(kind.sample)\(setting)\n").count == 1
      }
      #expect(!fitting.isEmpty, "docs/\(name).md:\(line): no kind knows `\(setting)`")
    }
  }

  @Test(arguments: ["from-az-ml", "from-terraform"])
  func `a newcomer is led to the page`(name: String) throws {
    let links = try MarkdownPage(path: "docs/getting-started.md").relativeLinks.map(\.target)
    #expect(links.contains("\(name).md"))
  }
}
