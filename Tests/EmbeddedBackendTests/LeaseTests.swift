import BackendConformance
import BackendInterface
import FoundationEssentials
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

@testable import EmbeddedBackend

/// Who may write, and who may not any more.
struct LeaseTests {
  private let folder: ScratchFolder
  private let clock = TestClock()

  init() throws { folder = try ScratchFolder() }

  private func open(
    _ access: EmbeddedWorkspace.Access = .readAndWrite, workspace: String = "ws"
  ) throws -> EmbeddedWorkspace {
    try EmbeddedWorkspace(
      at: folder["ws.sqlite"],
      configuration: SimulatorConfiguration(workspace: .named(workspace), catalog: .invented),
      access: access, now: clock.now)
  }

  private func holder(_ who: String) -> LeaseHolder {
    LeaseHolder(path: "prod", operation: "apply", who: who, version: "1", createdAt: 7)
  }

  private func take(
    _ leases: EmbeddedLeases, _ id: String, standingStill: LeaseRecord? = nil
  ) async throws -> LeaseAttempt {
    try await leases.acquire(
      id, for: holder("ana@\(id)"), expiresAt: 60_000, standingStill: standingStill)
  }

  private func granted(_ attempt: LeaseAttempt) throws -> Lease {
    guard case .granted(let lease) = attempt else {
      throw BackendFailure(.fatal, code: "test", message: "\(attempt)")
    }
    return lease
  }

  private let pool = WriteRequest.create(
    ComputeTarget(.inventedPool, "pool1"), marks: OwnershipMarks())

  @Test func `a lease is held by one, who is named, until it is given back`() async throws {
    let (first, second) = (try open().leases(), try open().leases())
    let lease = try granted(try await take(first, "one"))
    guard case .held(let record) = try await take(second, "two") else {
      Issue.record("two leases at once")
      return
    }
    #expect(record.lease == lease)
    #expect(record.holder == holder("ana@one"))
    #expect(try await second.leases() == [record])
    #expect(try await first.renew(lease, expiresAt: 90_000))
    #expect(try await second.leases().map(\.renewals) == [1])
    #expect(try await second.leases().map(\.expiresAt) == [90_000])

    try await first.release(lease)
    #expect(try await second.leases().isEmpty)
    let next = try granted(try await take(second, "two"))
    #expect(next.token > lease.token)
    #expect(try await !first.renew(lease, expiresAt: 99_000))
    try await first.release(lease)
    #expect(try await second.leases().map(\.lease) == [next])
  }

  @Test(arguments: LeaseWorld.all)
  func `leases in a file conform`(world: LeaseWorld) async {
    let (path, clock) = (folder["ws.sqlite"], clock)
    let violations = await world.violations(
      of: {
        try EmbeddedWorkspace(
          at: path,
          configuration: SimulatorConfiguration(workspace: .named("ws"), catalog: .invented),
          access: .readAndWrite, now: clock.now
        ).leases()
      }, letLeaseEnd: {})
    #expect(violations == [])
  }

  @Test func `workspaces that share a file have leases of their own`() async throws {
    let (one, two) = (try open().leases(), try open(workspace: "other").leases())
    _ = try granted(try await take(one, "one"))
    _ = try granted(try await take(two, "two"))
    #expect(try await one.leases().map(\.lease.id) == ["two", "one"])
  }

  @Test func `F17 a write whose lease is over is refused, and nothing of it is kept`() async throws
  {
    let (workspace, other) = (try open(), try open())
    let leases = workspace.leases()
    let lease = try granted(try await take(leases, "one"))
    let fenced = workspace.fenced(by: lease)
    _ = try await fenced.submit(pool)

    #expect(try await other.leases().revoke("one"))
    for isTaken in [false, true] {
      if isTaken { _ = try granted(try await take(other.leases(), "two")) }
      let failure = await #expect(throws: BackendFailure.self) {
        try await fenced.submit(
          .create(ComputeTarget(.inventedPool, "pool2"), marks: OwnershipMarks()))
      }
      #expect(failure == .leaseLost)
    }
    #expect(try await other.list().map(\.name) == ["pool1"])
    #expect(try await fenced.read("pool1") != nil)
  }

  @Test func `F26 the lease of a process that is gone is free at once`() async throws {
    var gone: EmbeddedLeases? = try open().leases()
    let lease = try granted(try await take(try #require(gone), "one"))
    // As the operating system does: the file is closed, the row stays.
    gone = nil
    let next = try open().leases()
    #expect(try await next.leases().isEmpty)
    #expect(try granted(try await take(next, "two")).token == lease.token + 1)
  }

  @Test func `F26 where writes go elsewhere, whoever follows a process that is gone is told`()
    async throws
  {
    func elsewhere() throws -> EmbeddedLeases { try open().leases(writesGoElsewhere: true) }
    var gone: EmbeddedLeases? = try elsewhere()
    let lease = try granted(try await take(try #require(gone), "one"))
    gone = nil
    let next = try elsewhere()
    guard case .takenOver(let second) = try await take(next, "two") else {
      Issue.record("nobody is told that a write may still be on its way")
      return
    }
    #expect(second.token == lease.token + 1)
    #expect(try await elsewhere().leases().map(\.lease) == [second], "its holder lives")
    try await next.release(second)
    #expect(try granted(try await take(try elsewhere(), "three")).token == second.token + 1)
  }

  @Test func `F17 a lease that stood still is taken over, and one that was renewed is not`()
    async throws
  {
    let (paused, taker) = (try open().leases(), try open().leases())
    let lease = try granted(try await take(paused, "one"))
    guard case .held(let seen) = try await take(taker, "two") else {
      Issue.record("two leases at once")
      return
    }
    #expect(try await paused.renew(lease, expiresAt: 1))
    guard case .held(let again) = try await take(taker, "two", standingStill: seen) else {
      Issue.record("a living lease was taken over")
      return
    }
    let next = try granted(try await take(taker, "two", standingStill: again))
    #expect(next.token == lease.token + 1)
    #expect(try await !paused.renew(lease, expiresAt: 1))
  }

  @Test func `a lease that is not there can't be revoked`() async throws {
    let leases = try open().leases()
    #expect(try await !leases.revoke("one"))
  }

  @Test func `T20 the file of a holder is private, and never reached through a link`() async throws
  {
    let leases = try open().leases()
    let lease = try granted(try await take(leases, "one"))
    #expect(folder.permissions("ws.sqlite-lease-one") == 0o600)
    try await leases.release(lease)
    #expect(!folder.exists("ws.sqlite-lease-one"))
    try FileManager.default.createSymbolicLink(
      atPath: folder["ws.sqlite-lease-two"], withDestinationPath: folder["precious"])
    await #expect(throws: BackendFailure.self) { try await take(leases, "two") }
    #expect(!folder.exists("precious"))
  }

  @Test func `a file of the version before has no leases until somebody writes`() async throws {
    _ = try open()
    try open().downgrade()
    let reader = try open(.readIfPresent)
    #expect(try await reader.leases().leases().isEmpty)
    #expect(try await reader.list().isEmpty)
    _ = try granted(try await take(try open().leases(), "one"))
    #expect(try await reader.leases().leases().isEmpty)
  }

  @Test func `who only reads takes no lease`() async throws {
    _ = try open()
    let leases = try open(.readIfPresent).leases()
    await #expect(throws: BackendFailure.self) { try await take(leases, "one") }
  }
}
