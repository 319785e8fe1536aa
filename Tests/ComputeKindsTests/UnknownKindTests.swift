import ComputeKinds
import Diagnostics
import Planning
import SimulatorBackend
import TargetModel
import Testing

/// A live target of a `computeType` that no table knows, as a service of tomorrow or the portal may
/// have it.
@Suite struct UnknownKindTests {
  private let held =
    "\(group)/providers/Microsoft.ContainerService/managedClusters/k"
  private let backend = SimulatedBackend(
    configuration: SimulatorConfiguration(workspace: workspace, catalog: .azureML), now: { 0 })

  private func result(_ document: String, _ mode: PlanMode = .apply) async throws -> PlanningResult
  {
    let held = held
    if try await backend.list().isEmpty {
      try await backend.portal { service, now in
        try service.attach("lake", computeType: "Kusto", held, at: now)
      }
    }
    return makePlan(
      PlanningRequest(
        stack: "s", desired: bound(document).targets,
        observed: Snapshot(workspace: workspace, targets: try await backend.list()), mode: mode,
        catalog: .azureML))
  }

  @Test func `it is shown, by the service's own word`() async throws {
    _ = try await result("name: cpu\ntype: amlcompute\n")
    let target = try #require(try await backend.read("lake"))
    #expect(target.kind == "Kusto")
    #expect(!target.isKnownKind)
    #expect(target.isAttached)
    #expect(target.resource?.shown == held)
  }

  @Test func `F29 no plan touches it`() async throws {
    for mode in [PlanMode.apply, .destroy] {
      let plan = try await result("name: cpu\ntype: amlcompute\n", mode).plan
      #expect(!plan.changes.contains { $0.address.name == "lake" })
      #expect(!plan.steps.contains { $0.address.name == "lake" })
    }
  }

  @Test func `F29 it holds its resource, and its name`() async throws {
    let second = try await result("name: inference\ntype: aks\nresource_id: \(held)\n")
    #expect(second.findings.findings.map(\.rule.id) == ["attach-once"])
    let other = try await result("name: Lake\ntype: amlcompute\n")
    #expect(other.findings.findings.map(\.rule.id) == ["name-taken"])
  }
}
