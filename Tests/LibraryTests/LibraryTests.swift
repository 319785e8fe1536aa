import ApplyJournal
import BackendInterface
import ComputeKinds
import Diagnostics
import Execution
import Foundation
import Manifests
import Planning
import Reporting
import SimulatorBackend
import Synchronization
import TargetModel
import Testing

/// A clock for a simulated workspace: an hour passes whenever somebody looks.
private final class HurriedTime: Sendable {
  private let milliseconds = Mutex<Int64>(0)

  func now() -> Int64 {
    milliseconds.withLock {
      $0 += 3_600_000
      return $0
    }
  }
}

private struct ForgottenJournal: JournalWriting {
  func append(_ entry: JournalEntry) throws(JournalWriteFailure) {}
  func sync() throws(JournalWriteFailure) {}
}

@Suite("The library, without the command line")
struct LibraryTests {
  @Test func `a program reads manifests, plans, applies and finds nothing left`() async throws {
    var findings = DiagnosticList()
    let configuration = StackConfiguration(
      stack: "mine",
      workspace: WorkspaceIdentity(
        subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "group",
        name: "workspace", location: "westeurope"))
    let manifest = ManifestFile(
      path: "gpu.yml", bytes: Array("name: gpu\ntype: amlcompute\nmax_instances: 8\n".utf8))
    let desired = bindManifests(
      [manifest], of: configuration, rules: KindRules(catalog: .azureML),
      secrets: UnresolvedSecrets(), reporting: &findings)
    try #require(!findings.hasErrors)

    let time = HurriedTime()
    let backend = SimulatedBackend(
      configuration: SimulatorConfiguration(workspace: configuration.workspace, catalog: .azureML),
      now: { time.now() })
    func plan() async throws -> Plan {
      let observed = Snapshot(
        workspace: configuration.workspace, targets: try await backend.list())
      return makePlan(
        PlanningRequest(
          stack: "mine", desired: desired, observed: observed, catalog: .azureML)
      ).plan
    }

    let first = try await plan()
    #expect(PlanText(first).text.contains("Plan: 1 to add, 0 to change, 0 to destroy."))
    let executor = Executor(
      backend: backend, journal: ForgottenJournal(), clock: ContinuousClock(),
      now: { time.now() }, seed: 1)
    let report = await executor.run(
      ApplyRequest(
        plan: first, desired: desired, catalog: .azureML, run: "test", planDigest: "none")
    ) { _ in }
    #expect(report.isComplete)
    #expect(try await plan().isEmpty)
  }
}
