import BackendInterface
import ComputeKinds
import ComputeService
import EmbeddedBackend
import Emulator
import FoundationEssentials
import SimulatorBackend
import TargetModel
import Testing

/// The emulator over the file of an embedded workspace.
struct StoreTests {
  /// Does something with a workspace in a file, and with its clock.
  private func withWorkspace(
    _ body: (EmbeddedWorkspace, SharedClock) async throws -> Void
  ) async throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "berth-emulator-\(UUID().uuidString)").path
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    }
    let clock = SharedClock(1_800_000_000_000)
    let identity = WorkspaceIdentity(
      subscriptionID: Emulation.subscription, resourceGroup: "rg", name: "prod",
      location: "westeurope")
    let stack = try EmbeddedWorkspace(
      at: path, configuration: SimulatorConfiguration(workspace: identity, catalog: .azureML),
      now: { clock.now })
    try await body(stack, clock)
  }

  @Test func `the workspace of a stack and its emulation are one`() async throws {
    try await withWorkspace { stack, clock in
      let emulation = Emulation(file: stack)
      let version = "api-version=2025-12-01"
      let made = await emulation.ask(
        "PUT", "\(Emulation.base)/computes/cpu?\(version)", Emulation.cluster)
      #expect(made.status == 201)
      clock.advance(60_000)
      // The stack sees what another client did.
      let seen = try #require(try await stack.read("cpu"))
      #expect(seen.state == .succeeded)
      #expect(try await stack.list().count == 1)
      // And that client what the stack does.
      _ = try await stack.submit(.delete(name: "cpu"))
      clock.advance(60_000)
      let after = await emulation.ask("GET", "\(Emulation.base)/computes/cpu?\(version)")
      #expect(after.status == 404)
      // Another workspace of the same file is another one.
      await emulation.makeCluster("gpu")
      let other = Emulation.base.replacing("/prod", with: "/other")
      let list = await emulation.ask("GET", "\(other)/computes?\(version)")
      #expect(list.json == ["value": []])
    }
  }

  @Test func `a list of a file comes in pages too`() async throws {
    try await withWorkspace { stack, _ in
      let emulation = Emulation(file: stack) { $0.pageSize = 2 }
      let names = ["aaa", "Bbb", "ccc", "Ddd", "eee"]
      for name in names.reversed() { await emulation.makeCluster(name) }
      var target = "\(Emulation.base)/computes?api-version=2025-12-01"
      var found: [String] = []
      while true {
        let page = await emulation.ask("GET", target).json
        found += page["value"]?.list?.compactMap { $0["name"]?.text } ?? []
        guard let link = page["nextLink"]?.text else { break }
        target = String(link.dropFirst("http://127.0.0.1:8440".count))
      }
      #expect(found == names)
      // No page reads more rows than it shows.
      let some = try await stack.answer(.page(after: "bbb", limit: 2), fate: .succeeds)
      #expect(some.body["value"]?.list?.map { $0["name"]?.text } == ["ccc", "Ddd"])
    }
  }

  @Test func `a failed operation fails in the file too`() async throws {
    try await withWorkspace { stack, clock in
      let fate = OperationFate.fails(code: "QuotaExceeded", message: "No cores.")
      let response = try await stack.answer(.put(name: "cpu", body: Emulation.cluster), fate: fate)
      #expect(response.status == 201)
      clock.advance(60_000)
      #expect(try await stack.read("cpu")?.state == .failed)
      let refused = try await stack.answer(.put(name: "a", body: .map([:])), fate: .succeeds)
      #expect(refused.status == 400, "what is refused is an answer")
    }
  }
}
