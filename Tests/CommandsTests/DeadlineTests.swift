import Foundation
import TestSupport
import Testing

/// How long a step may take, as a stack says it.
@Suite("Deadlines")
struct DeadlineTests {
  private static let manifests = [
    "gpu.yml": "name: gpu\ntype: amlcompute\n",
    "inference.yml": """
    name: inference
    type: aks
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k
    """,
  ]

  @Test
  func `F10 a step that is not done in time is told, the others end, and the next apply goes on`()
    throws
  {
    let folder = try TemporaryFolder.stack(Self.manifests, milliseconds: 3_000)
    let berth = try folder.read("berth.yaml")
    try folder.write(berth + "deadlines: {amlcompute: 1s}\n", to: "berth.yaml")
    let run = try folder.run("apply", "--auto-approve", "--concise")
    #expect(run.status == 6)
    let operation = /\(\/[^)]+\)|\([0-9A-Za-z-]+\)(?= has not)/
    expectGolden(
      run.output.replacing(operation, with: "(OPERATION)")
        .replacing(/after [0-9]+s/, with: "after TIME"), "mistakes/deadline.txt")
    expectGolden(
      run.messages.replacing(operation, with: "(OPERATION)"), "mistakes/deadline-messages.txt")
    #expect(run.messages.contains("[step-failed]"))
    let next = try folder.run("apply", "--auto-approve")
    #expect(next.status == 0, "\(next.output)\(next.messages)")
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
