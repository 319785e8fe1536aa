import Foundation
import TargetModel
import Testing

/// `berth explain ADDR`: what a plan would do with a target, and why.
@Suite("Explaining a target")
struct ExplainTargetTests {
  private func attachment(_ name: String, _ cluster: String) -> String {
    """
    name: \(name)
    type: aks
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/\(cluster)

    """
  }

  /// Two clusters that are about to change places, and machines of another size.
  private func stack() throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack([
      "clusters.yml": attachment("blue", "one") + "---\n" + attachment("green", "two"),
      "gpu.yml": "name: gpu-a100\ntype: amlcompute\nsize: STANDARD_DS3_V2\nmax_instances: 2\n",
    ])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(
      attachment("blue", "two") + "---\n" + attachment("green", "one"), to: "clusters.yml")
    try folder.write(
      "name: gpu-a100\ntype: amlcompute\nsize: STANDARD_NC6\nmax_instances: 4\n", to: "gpu.yml")
    return folder
  }

  @Test func `a planned target is told with its reason, its fields and its waits`() throws {
    let folder = try stack()
    var text = ""
    for address in ["aks.blue", "amlcompute.GPU-a100"] {
      let run = try folder.run("explain", address)
      #expect(run.status == 0, "\(run.messages)")
      text += run.output + "\n"
    }
    expectGolden(text, "explain.targets.txt")
    let state = try folder.run("list").output
    _ = try folder.run("explain", "aks.green")
    #expect(try folder.run("list").output == state, "it changes nothing")
    #expect(try folder.run("plan", "--detailed-exitcode").status == 2)
  }

  @Test func `a target that comes or goes has no field that changes in place`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": "name: gpu\ntype: amlcompute\nmax_instances: 2\n",
      "aks.yml": attachment("blue", "one"),
    ])
    for address in ["amlcompute.gpu", "aks.blue"] {
      let run = try folder.run("explain", address)
      #expect(run.output.contains("What differs:"), "\(run.output)")
      #expect(!run.output.contains("in place") && !run.output.contains("forces"), "\(run.output)")
    }
    let created = try folder.run("explain", "amlcompute.gpu").output
    #expect(created.contains("  max_instances (gpu.yml:3)\n    null -> 2\n"), "\(created)")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("gpu.yml"))
    let gone = try folder.run("explain", "amlcompute.gpu").output
    #expect(gone.contains("will be destroyed") && !gone.contains("in place"), "\(gone)")
  }

  @Test func `programs get the same`() throws {
    let folder = try stack()
    let run = try folder.run("explain", "aks.blue", "--json")
    let json = try AttributeValue(json: Array(run.output.utf8))
    #expect(json["operation"] == "reattach")
    #expect(json["attributes"]?.list?.first?["source"]?["line"] == 3)
    let waits = json["steps"]?.list?.last?["waits"]?.list ?? []
    #expect(waits.compactMap { $0["rule"]?.text } == ["name-free", "detach-first"])
    #expect(waits.compactMap { $0["address"]?.text } == ["aks.blue", "aks.green"])
  }

  @Test func `what is as it should be, ours no more, or nobody's is told too`() throws {
    let folder = try stack()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("explain", "aks.blue").output.contains("is as it should be"))
    try folder.write(attachment("blue", "two"), to: "clusters.yml")
    let gone = try folder.run("explain", "aks.green")
    #expect(gone.output.hasPrefix("aks.green will be detached\n"), "\(gone.output)")
    #expect(
      try folder.run(
        "workspace", "attach", "theirs", "aks",
        attachment("", "three").components(
          separatedBy: "resource_id: ")[1].trimmingCharacters(in: .whitespacesAndNewlines)
      ).status == 0)
    #expect(try folder.run("explain", "aks.theirs").output.contains("is nobody's"))
  }

  @Test func `a rule that stands against it is named`() throws {
    let folder = try stack()
    try folder.write(
      attachment("blue", "one") + "---\n" + attachment("green", "one"), to: "clusters.yml")
    let run = try folder.run("explain", "aks.green")
    #expect(run.output.contains("[attach-once]"), "\(run.output)\(run.messages)")
  }

  @Test func `somebody who mistypes is helped`() throws {
    let folder = try stack()
    let target = try folder.run("explain", "amlcompute.gpu-a10")
    #expect(target.status == 1)
    expectGolden(
      target.messages + (try folder.run("explain", "amlcompute.sise").messages),
      "mistakes/explain-target.txt")
    let field = try folder.run("explain", "amlcompute.size")
    #expect(field.output.hasPrefix("amlcompute.size\n"), "fields come first")
  }
}
