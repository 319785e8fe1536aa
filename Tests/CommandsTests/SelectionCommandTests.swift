import Foundation
import Testing

/// `--target`, `--exclude` and `--replace` as people type them.
@Suite("Selection")
struct SelectionCommandTests {
  private func stack() throws -> TemporaryFolder {
    try TemporaryFolder.stack([
      "cpu.yml": "name: cpu\ntype: amlcompute\n", "gpu.yml": "name: gpu\ntype: amlcompute\n",
    ])
  }

  private func attachment(_ name: String, _ cluster: String) -> String {
    """
    name: \(name)
    type: aks
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/\(cluster)

    """
  }

  @Test func `a part is planned, applied and destroyed`() throws {
    let folder = try stack()
    let plan = try folder.run("plan", "-target=amlcompute.gpu")
    #expect(plan.output.contains("Plan: 1 to add"))
    #expect(plan.messages.contains("1 other change is left out: amlcompute.cpu"))
    #expect(try folder.run("apply", "--auto-approve", "--exclude", "*.gpu").status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode", "--target", "*.cpu").status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode").status == 2)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(
      try folder.run("destroy", "--auto-approve", "--target", "amlcompute.gpu").status == 0)
    #expect(try folder.run("list").output.contains("amlcompute.cpu"))
    #expect(try !folder.run("list").output.contains("amlcompute.gpu"))
  }

  @Test func `addresses stand in files, one a line`() throws {
    let folder = try stack()
    try folder.write("# ours\n\n  amlcompute.gpu  \r\n", to: "targets.txt")
    let plan = try folder.run("plan", "--target-file", "targets.txt")
    #expect(plan.output.contains("# amlcompute.gpu will be created"))
    #expect(plan.output.contains("Plan: 1 to add"))
    #expect(
      try folder.run("plan", "--exclude-file", "targets.txt").output.contains("# amlcompute.cpu"))
  }

  @Test func `an empty file selects nothing, and never everything`() throws {
    let folder = try stack()
    try folder.write("# nothing\n", to: "targets.txt")
    for flag in ["--target-file", "--exclude-file"] {
      let run = try folder.run("plan", flag, "targets.txt")
      #expect(run.status == 1)
      expectGolden(run.messages, "mistakes/selection-empty.txt")
    }
    #expect(try folder.run("plan", "--target-file", "missing.txt").status == 1)
  }

  @Test func `half a swap is refused, and nothing is done`() throws {
    let folder = try TemporaryFolder.stack(
      ["x.yml": attachment("att-a", "one") + "---\n" + attachment("att-b", "two")])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(
      attachment("att-a", "two") + "---\n" + attachment("att-b", "one"), to: "x.yml")
    let half = try folder.run("apply", "--auto-approve", "--target", "aks.att-a")
    #expect(half.status == 3)
    expectGolden(half.messages, "mistakes/half-selected.txt")
    #expect(
      try folder.run(
        "apply", "--auto-approve", "--target", "aks.att-a", "--target", "aks.att-b"
      ).status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }

  @Test func `an address that names nothing suggests one`() throws {
    let folder = try stack()
    let run = try folder.run("plan", "--target", "gpu")
    #expect(run.status == 1)
    expectGolden(run.messages, "mistakes/unknown-address.txt")
  }

  @Test func `a replacement is done when it is asked for, and only then`() throws {
    let folder = try stack()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let plan = try folder.run("plan", "--replace", "amlcompute.gpu")
    #expect(plan.output.contains("# amlcompute.gpu will be replaced, as requested"))
    let apply = try folder.run("apply", "--auto-approve", "--replace", "amlcompute.gpu")
    #expect(apply.status == 0, "\(apply.output)\(apply.messages)")
    #expect(apply.output.contains("Apply complete! Resources: 1 added, 0 changed, 1 destroyed."))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
    #expect(try folder.run("plan", "--replace", "amlcompute.gup").status == 1)
  }

  @Test func `apply --refresh-only looks and does nothing`() throws {
    let folder = try stack()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=7").status == 0)
    let run = try folder.run("apply", "--refresh-only")
    #expect(run.status == 0)
    #expect(run.output.contains("amlcompute.gpu has changed"))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 2)
  }

  @Test(arguments: [
    ["plan", "--target", "a.b", "--exclude", "c.d"], ["apply", "--destroy", "--resume"],
    ["plan", "--replace", "a.b", "--destroy"], ["apply", "--replace", "a.b", "--refresh-only"],
  ])
  func `what excludes each other is bad usage`(arguments: [String]) throws {
    let folder = try stack()
    let run = try BerthBinary.run(arguments, in: folder.url)
    #expect(run.status == 1)
    #expect(run.messages.contains("exclude each other"))
  }
}
