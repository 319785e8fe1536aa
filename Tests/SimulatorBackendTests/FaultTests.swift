import BackendInterface
import ComputeService
import Diagnostics
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport
import Testing

@Suite struct FaultTests {
  let clock = TestClock()

  private func pool(_ name: String, count: Int = 1) -> ComputeTarget {
    var target = ComputeTarget(
      name: name, kind: .inventedPool, attributes: Attributes(for: .inventedPool),
      location: SourceLocation(startOf: "x.yml"))
    target["count"] = .integer(count)
    return target
  }

  @Test func `a fault before the effect leaves no effect, one after it does`() async throws {
    let failure = BackendFailure(.retryable, code: "Reset", message: "gone")
    let backend = SimulatedBackend(configuration: .invented, now: clock.now) { request in
      switch request {
      case .put("before", _): .beforeEffect(failure)
      case .put("after", _): .afterEffect(failure)
      case .put, .list, .page, .holders, .get, .patch, .delete, .action, .operation: nil
      }
    }
    for name in ["before", "after"] {
      await #expect(throws: failure) {
        try await backend.submit(.create(pool(name), marks: OwnershipMarks()))
      }
    }
    #expect(try await backend.list().map(\.name) == ["after"])
    #expect(await backend.requests.count == 3)
  }

  @Test func `operations fail as asked`() async throws {
    let backend = SimulatedBackend(configuration: .invented, now: clock.now) { request in
      request.isRead ? nil : .operation(.fails(code: "Quota", message: "none"))
    }
    let handle = try await backend.submit(.create(pool("abc"), marks: OwnershipMarks()))
    clock.advance(by: 1_000)
    #expect(try await backend.status(of: handle) == .failed(code: "Quota", message: "none"))
    let shown = try await backend.read("abc")
    #expect(shown?.state == .failed)
    #expect(shown?.errors == ["Quota: none"])
  }

  @Test func `a stale read shows a former world`() async throws {
    let isStale = Mutex(false)
    let backend = SimulatedBackend(
      configuration: .invented, now: clock.now, remembersWorlds: 2,
      fault: { _ in isStale.withLock { $0 } ? .stale(writesAgo: 1) : nil })
    _ = try await backend.submit(.create(pool("abc"), marks: OwnershipMarks()))
    _ = try await backend.submit(.create(pool("def"), marks: OwnershipMarks()))
    isStale.withLock { $0 = true }
    #expect(try await backend.list().map(\.name) == ["abc"])
    isStale.withLock { $0 = false }
    #expect(try await backend.list().map(\.name) == ["abc", "def"])
  }

  @Test func `an update of what is gone is wrong, not a missing workspace`() async throws {
    let backend = SimulatedBackend(configuration: .invented, now: clock.now)
    let failure = await #expect(throws: BackendFailure.self) {
      try await backend.submit(
        .update(pool("abc"), fields: ["count"], marks: OwnershipMarks()))
    }
    #expect(failure?.failureClass == .invalid)
    #expect(failure?.code == "ResourceNotFound")
  }

  @Test func `a second order meets a conflict`() async throws {
    let backend = SimulatedBackend(configuration: .invented, now: clock.now)
    _ = try await backend.submit(.create(pool("abc"), marks: OwnershipMarks()))
    let failure = await #expect(throws: BackendFailure.self) {
      try await backend.submit(
        .update(pool("abc", count: 2), fields: ["count"], marks: OwnershipMarks()))
    }
    #expect(failure?.failureClass == .conflict)
  }

  @Test func `the log of requests has no secret`() async throws {
    let backend = SimulatedBackend(configuration: .invented, now: clock.now)
    var link = ComputeTarget(
      name: "link", kind: .inventedLink, attributes: Attributes(for: .inventedLink),
      location: SourceLocation(startOf: "x.yml"))
    link["resource_id"] = .text(resource("r"))
    link["password"] = .secret(SecretText("canary-9", from: .literal))
    _ = try await backend.submit(.attach(link, marks: OwnershipMarks()))
    #expect(!String(reflecting: await backend.requests).contains("canary"))
    #expect(!String(reflecting: await backend.world).contains("canary"))
  }
}
