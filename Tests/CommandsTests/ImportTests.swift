import Foundation
import TestSupport
import Testing

/// Live targets become manifests that say what is there.
@Suite("Import") struct ImportTests {
  private static let group =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group/providers"

  /// A workspace in which a colleague made things by hand.
  private func handmade() throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack(["ours.yml": "name: ours\ntype: amlcompute\n"])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for (name, kind, resource) in [
      ("by-hand", "kubernetes", "Microsoft.ContainerService/managedClusters/shared"),
      ("inference", "aks", "Microsoft.ContainerService/managedClusters/inference"),
      ("spark", "synapsespark", "Microsoft.Synapse/workspaces/w/bigDataPools/pool"),
    ] {
      #expect(
        try folder.run("workspace", "attach", name, kind, "\(Self.group)/\(resource)").status == 0)
    }
    return folder
  }

  @Test func `what others made is written down, and planning it leaves nothing to do`() throws {
    let folder = try handmade()
    let printed = try folder.run("import")
    #expect(printed.status == 0)
    expectGolden(printed.output, "import.yml")
    #expect(printed.messages.isEmpty)

    let written = try folder.run("import", "--out", "imported.yml")
    #expect(written.status == 0)
    #expect(try folder.read("imported.yml") == printed.output)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
    #expect(try folder.run("import").output.isEmpty)
  }

  @Test func `what can't be known stands as comments, and the stack stays valid`() throws {
    let folder = try handmade()
    for (name, kind, resource) in [
      ("etl", "databricks", "Microsoft.Databricks/workspaces/w"),
      ("box", "virtualmachine", "Microsoft.Compute/virtualMachines/vm"),
    ] {
      #expect(
        try folder.run("workspace", "attach", name, kind, "\(Self.group)/\(resource)").status == 0)
    }
    let run = try folder.run("import", "--out", "imported.yml")
    #expect(run.status == 0)
    expectGolden(run.messages, "mistakes/import-incomplete.txt")
    #expect(try folder.run("validate").status == 0)
    let text = try folder.read("imported.yml")
    #expect(text.contains("# name: etl\n"))
    let completed = text.replacing("# ", with: "")
      .split(separator: "\n").filter { !$0.hasPrefix("To be") && !$0.hasPrefix("Written") }
      .map { line in
        line.hasPrefix("access_token:") ? "access_token: ${env:ETL_TOKEN}" : String(line)
      }
      .filter { !$0.contains("not shown") }
    let etl = completed.joined(separator: "\n").split(separator: "---\n").first {
      $0.contains("name: etl")
    }
    try folder.write(String(try #require(etl)) + "\n", to: "etl.yml")
    let plan = try folder.run("plan", environment: ["ETL_TOKEN": "dapi1"])
    #expect(plan.status == 0 && !plan.output.contains("databricks.etl"), "\(plan.output)")
  }

  @Test func `named targets alone, and none that may not be had`() throws {
    let folder = try handmade()
    let one = try folder.run("import", "kubernetes.by-hand")
    #expect(one.status == 0)
    #expect(one.output.contains("name: by-hand"))
    #expect(!one.output.contains("spark"))
    let none = try folder.run(
      "import", "amlcompute.ours", "kubernetes.by-han", "nonsense", "--out", "never.yml")
    #expect(none.status == 1)
    expectGolden(none.messages, "mistakes/import-impossible.txt")
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "never.yml").path))
    #expect(try folder.run("import", "--out", "ours.yml").status == 1)
    #expect(try folder.read("ours.yml") == "name: ours\ntype: amlcompute\n")
  }

  @Test(arguments: ["gitops", "rename-and-swap", "quickstart"])
  func `a stack whose manifests got lost is written anew`(example: String) throws {
    let folder = try TemporaryFolder.example(example)
    let environment = ["BUILD_VM_PASSWORD": "example"]
    #expect(
      try folder.run("apply", "--auto-approve", environment: environment).status == 0)
    var manifests: [URL] = []
    for case let file as URL in FileManager.default.enumerator(
      at: folder.url, includingPropertiesForKeys: nil) ?? .init()
    where file.pathExtension == "yml" { manifests.append(file) }
    // What a machine's manifest says of its secrets nobody can write anew.
    for file in manifests {
      let text = try String(contentsOf: file, encoding: .utf8)
      if !text.contains("virtualmachine") { try FileManager.default.removeItem(at: file) }
    }
    let target = example == "quickstart" ? "compute/imported.yml" : "imported.yml"
    try folder.write(
      try folder.read("berth.yaml").replacing("teams/**", with: "**"), to: "berth.yaml")
    let run = try folder.run("import", "--out", target, environment: environment)
    #expect(run.status == 0, "\(run.messages)")
    let plan = try folder.run("plan", "--detailed-exitcode", environment: environment)
    #expect(plan.status == 0, "\(plan.output)\(plan.messages)")
  }
}
