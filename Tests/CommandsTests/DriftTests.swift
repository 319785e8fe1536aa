import Foundation
import Testing

@Suite("Drift")
struct DriftTests {
  private static let gpu = "name: gpu\ntype: amlcompute\n"

  @Test func `what is not there is told without a claim that it ever was`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.gpu])
    let run = try folder.run("drift", "--detailed-exitcode")
    #expect(run.status == 2)
    #expect(
      run.output.contains(
        """
          # amlcompute.gpu has been deleted
          # (gpu.yml:1)
          # (or its document is new and was not applied yet)
        """))
  }
}

extension DriftTests {
  private static let cluster = """
    name: gpu           # the fast one
    type: amlcompute
    max_instances: 8    # a night's worth
    tags: {team: a}

    """

  private func applied(_ text: String = cluster) throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack(["gpu.yml": text])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    return folder
  }

  @Test func `drift that is accepted is in the manifest, and nothing is left to do`() throws {
    let folder = try applied()
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    #expect(try folder.run("drift", "--detailed-exitcode").status == 2)
    let run = try folder.run("drift", "--write", "accept", "--detailed-exitcode")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output.contains("max_instances = 8 -> 20 # severity medium"))
    #expect(run.output.hasSuffix("Wrote what is live into gpu.yml\n"))
    #expect(
      try folder.read("gpu.yml")
        == Self.cluster.replacing("max_instances: 8 ", with: "max_instances: 20 "))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
    #expect(try folder.run("drift", "--detailed-exitcode").status == 0)
  }

  @Test func `what can't be accepted stays drift`() throws {
    let folder = try applied()
    _ = try folder.run("workspace", "remove", "amlcompute.gpu")
    let run = try folder.run("drift", "--write", "accept", "--detailed-exitcode")
    #expect(run.status == 2)
    #expect(run.messages.contains("[not-accepted]"))
    #expect(try folder.read("gpu.yml") == Self.cluster)
  }

  @Test func `taking the tags away is seen although the marks went with them`() throws {
    let folder = try applied()
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "tags=")
    let run = try folder.run("drift", "--detailed-exitcode")
    #expect(run.status == 2)
    #expect(
      run.output.contains(
        """
          # amlcompute.gpu has changed
          # (gpu.yml:1)
          # (or it was never applied: nobody owns the live target)
          ~ amlcompute "gpu" {
              - berth.stack = "test" -> null # severity high
            }
        """), "\(run.output)")
  }

  @Test func `the manifest's own move is pending beside drift`() throws {
    let folder = try applied()
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "tags.team=b")
    try folder.write(Self.cluster.replacing("8 ", with: "9 "), to: "gpu.yml")
    let drift = try folder.run("drift")
    #expect(drift.output.contains("tags"))
    #expect(!drift.output.contains("max_instances"))
    let plan = try folder.run("plan")
    #expect(plan.output.contains("max_instances = 8 -> 9"))
  }

  @Test func `targets of others are listed apart and are no drift`() throws {
    let folder = try applied()
    _ = try folder.run(
      "workspace", "attach", "by-hand", "kubernetes",
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c")
    let run = try folder.run("drift", "--detailed-exitcode")
    #expect(run.status == 0)
    #expect(
      run.output == """
        No changes. Your infrastructure matches the configuration.

        Not managed by this stack:

          kubernetes.by-hand  nobody's

        """)
  }

  @Test func `an ignored change ends on its day`() throws {
    let ignore = { (until: String) in
      Self.cluster + """
        berth:
          ignore_changes:
            - tags
            - field: max_instances
              owner: ml-ops
              reason: the autoscaler sets it
              until: \(until)

        """
    }
    let folder = try applied(ignore("2999-12-31"))
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=20", "tags.team=b")
    #expect(try folder.run("drift", "--detailed-exitcode").status == 0)
    try folder.write(ignore("2020-02-29"), to: "gpu.yml")
    let run = try folder.run("drift", "--detailed-exitcode")
    #expect(run.status == 1)
    #expect(run.messages.contains("[ignore-expired]"))
    try folder.write(ignore("2023-02-29"), to: "gpu.yml")
    #expect(try folder.run("validate").messages.contains("a day looks like '2027-03-31'"))
  }
}

extension DriftTests {
  @Test func `what an overlay says is not accepted into the document below it`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": "name: gpu\ntype: amlcompute\nmax_instances: 8\n",
      "overlays/night.yml": "name: gpu\ntype: amlcompute\nmax_instances: 12\n",
    ])
    #expect(try folder.run("apply", "--auto-approve", "--overlay", "night").status == 0)
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    let run = try folder.run("drift", "--write", "accept", "--overlay", "night")
    #expect(run.messages.contains("stands in the overlay overlays/night.yml"), "\(run.messages)")
    #expect(try folder.read("gpu.yml").contains("max_instances: 8\n"))
  }
}
