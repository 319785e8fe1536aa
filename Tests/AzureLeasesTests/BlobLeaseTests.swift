import AzureLeases
import BackendConformance
import BackendInterface
import Execution
import HTTPExchange
import Synchronization
import TargetModel
import TestSupport
import Testing

@Test(arguments: LeaseWorld.all)
func `leases on a blob conform`(world: LeaseWorld) async {
  let account = EmulatedAccount()
  let violations = await world.violations(of: { try account.leases() }) {
    try? await account.clock.sleep(for: .seconds(61))
  }
  #expect(violations == [])
}

/// One request in four is lost, or its answer, or the service is busy.
@Test(arguments: LeaseWorld.all, 0..<4)
func `F19 they conform while requests and answers are lost`(world: LeaseWorld, seed: Int) async {
  let account = EmulatedAccount(fault: { _, number in
    guard (number + seed).isMultiple(of: 4) else { return nil }
    switch (number / 4 + seed) % 3 {
    case 0: return .cut
    case 1: return .answerLost
    default: return .answer(HTTPResponse(503, headers: ["x-ms-error-code": "ServerBusy"]))
    }
  })
  let violations = await world.violations(of: { try account.leases() }) {
    try? await account.clock.sleep(for: .seconds(61))
  }
  #expect(violations == [], "seed \(seed)")
}

/// The lock on a blob, as runs and people meet it.
struct BlobLeaseTests {
  private func lock(_ account: EmulatedAccount, _ byte: UInt8) throws -> WorkspaceLock {
    let clock = account.clock
    return WorkspaceLock(
      store: try account.leases(), clock: clock, now: { EmulatedAccount.time(clock) },
      randomBytes: { Array(repeating: byte, count: $0) })
  }

  private func holder(_ who: String) -> LeaseHolder {
    LeaseHolder(path: "prod", operation: "apply", who: who, version: "1", createdAt: 0)
  }

  private func hold(
    _ lock: WorkspaceLock, _ who: String, timeout: Duration = .zero
  ) async throws -> LeaseHold {
    switch try await lock.acquire(for: holder(who), timeout: timeout, isWaiting: {}) {
    case .granted(let hold): return hold
    case .held(let record):
      throw BackendFailure(.conflict, code: "test", message: "held by \(record.holder.who)")
    }
  }

  @Test func `a run keeps its lease for as long as it works, and gives it back`() async throws {
    let account = EmulatedAccount()
    let lock = try lock(account, 1)
    let other = try account.leases()
    let hold = try await hold(lock, "ana")
    #expect(hold.settling == .zero)
    let seen = await lock.hold(hold) {
      var seen: LeaseRecord?
      for second in 1...200 {
        try? await account.clock.sleep(for: .seconds(1))
        // This clock waits for no renewal that is on its way.
        for _ in 0..<100_000 where (seen?.renewals ?? 0) < second / 30 {
          seen = try? await other.leases().first
          await Task.yield()
        }
      }
      return try? await other.leases().first
    }
    #expect(seen?.lease == hold.lease)
    #expect((seen?.renewals ?? 0) >= 3)
    #expect(try await other.leases().isEmpty)
    let next = try await self.hold(try self.lock(account, 2), "bo")
    #expect(next.settling == .zero, "what was given back is free")
    #expect(next.lease.token == 2)
  }

  @Test func `F26 the lease of a run that was killed is free when it ends, and its traces settle`()
    async throws
  {
    let account = EmulatedAccount()
    let killed = try await hold(try lock(account, 1), "killed")
    let refused = try await lock(account, 2).acquire(
      for: holder("taker"), timeout: .zero, isWaiting: {})
    guard case .held(let record) = refused else {
      Issue.record("two leases at once")
      return
    }
    #expect(record.holder.who == "killed")
    let lock = try lock(account, 3)
    let taken = try await hold(lock, "taker", timeout: .seconds(90))
    #expect(account.clock.now.offset >= .seconds(60) && account.clock.now.offset < .seconds(63))
    #expect(taken.settling == .seconds(75), "the grace and the consistency window")
    #expect(taken.lease.token == killed.lease.token + 1)
    let began = account.clock.now.offset
    await lock.hold(taken) { #expect(account.clock.now.offset - began >= .seconds(75)) }
  }

  @Test func `F17 a paused holder sends nothing once somebody else has the lease`() async throws {
    let account = EmulatedAccount()
    let paused = try await hold(try lock(account, 1), "paused")
    let backend = Counting()
    _ = try await backend.held(by: paused).submit(.stop(name: "box"))
    // Nobody renews it: the process stands still.
    let next = try await hold(try lock(account, 2), "taker", timeout: .seconds(90))
    await #expect(throws: BackendFailure.leaseLost) {
      try await backend.held(by: paused).submit(.stop(name: "box"))
    }
    #expect(backend.count == 1)
    let stale = try account.leases().fenced(by: paused.lease)
    await #expect(throws: BackendFailure.leaseLost) { try await stale.note(Self.commit, of: "ml") }
    try await account.leases().fenced(by: next.lease).note(Self.commit, of: "ml")
  }

  @Test func `F17 a holder who slept goes on if nobody took the lease meanwhile`() async throws {
    let account = EmulatedAccount()
    let leases = try account.leases()
    let hold = try await hold(try lock(account, 1), "sleeper")
    try await account.clock.sleep(for: .seconds(300))
    #expect(try await leases.leases().isEmpty, "it ran out")
    #expect(try await leases.renew(hold.lease, expiresAt: 1))
    #expect(try await leases.leases().map(\.lease) == [hold.lease])
  }

  @Test func `F19 an unreachable account stops the run before its margin`() async throws {
    let isAway = Mutex(false)
    let account = EmulatedAccount(fault: { _, _ in isAway.withLock(\.self) ? .cut : nil })
    let lock = try lock(account, 1)
    let hold = try await hold(lock, "ana")
    isAway.withLock { $0 = true }
    await lock.hold(hold) {
      for await _ in hold.lost { break }
      #expect(account.clock.now.offset <= .seconds(50))
    }
    #expect(account.clock.now.offset <= .seconds(62), "giving it back is not tried for long")
    await #expect(throws: BackendFailure.leaseLost) {
      try await Counting().held(by: hold).submit(.stop(name: "box"))
    }
  }

  private static let commit = AppliedCommit(
    id: "abc", committedAt: 1_700_000_000, who: "ana@laptop", appliedAt: 1_800_000_000_000)

  @Test func `T21 it is remembered what each stack of a workspace was applied from`() async throws {
    let account = EmulatedAccount()
    let leases = try account.leases()
    #expect(try await leases.lastApplied("ml") == nil)
    try await leases.note(Self.commit, of: "ml")
    let hold = try await hold(try lock(account, 1), "ana")
    let failure = await #expect(throws: BackendFailure.self) {
      try await leases.note(Self.commit, of: "other")
    }
    #expect(failure?.code == "LockHeld")
    try await leases.fenced(by: hold.lease).note(Self.commit, of: "other")
    #expect(try await leases.lastApplied("ml") == Self.commit)
    #expect(try await leases.lastApplied("other") == Self.commit)
    #expect(try await account.leases(workspace: "/elsewhere").lastApplied("ml") == nil)
    #expect(try await leases.leases().map(\.lease) == [hold.lease], "the lease is untouched")
  }

  // MARK: What is not as it should be

  @Test(arguments: [
    ("Dear colleague,", "NotALock"), (#"{"token": 3}"#, "NotALock"),
    (#"{"format": "berth-lock", "version": 2, "token": 3}"#, "LaterLock"),
    (#"{"format": "berth-lock", "version": 1, "token": 3, "lease": 7}"#, "NotALock"),
  ])
  func `a blob that Berth did not write is never written over`(
    content: String, code: String
  ) async throws {
    let account = EmulatedAccount()
    try await account.put(content)
    let failure = await #expect(throws: BackendFailure.self) {
      try await hold(try lock(account, 1), "ana")
    }
    #expect(failure?.code == code)
    #expect(try await account.content() == content)
  }

  @Test(
    arguments: [
      (403, "AuthorizationPermissionMismatch", BackendFailure.Class.denied),
      (404, "ContainerNotFound", .absent), (302, "", .fatal), (400, "InvalidHeaderValue", .invalid),
      (503, "ServerBusy", .retryable),
    ] as [(Int, String, BackendFailure.Class)])
  func `F19 a refusal is told with the service's code, and in time`(
    status: Int, code: String, failureClass: BackendFailure.Class
  ) async throws {
    let account = EmulatedAccount(fault: { _, _ in
      .answer(HTTPResponse(status, headers: ["x-ms-error-code": code, "x-ms-request-id": "r-1"]))
    })
    let failure = await #expect(throws: BackendFailure.self) {
      try await hold(try lock(account, 1), "ana")
    }
    #expect(failure?.failureClass == failureClass)
    #expect(failure?.code == code && failure?.requestID == "r-1")
    #expect(account.clock.now.offset <= .seconds(20))
  }

  @Test func `a lease of somebody else's making is shown, and can be ended`() async throws {
    let account = EmulatedAccount()
    let leases = try account.leases()
    let lease = Lease(id: String(repeating: "c", count: 32), token: 0)
    _ = try await hold(try lock(account, 0xcc), "ana")
    try await leases.release(Lease(id: lease.id, token: 1))
    // Taken, and nothing said yet.
    _ = try await account.send(
      HTTPRequest(
        .put, try #require(HTTPURL(parsing: EmulatedAccount.blob + "?comp=lease&sig=x")),
        headers: [
          "x-ms-version": "2021-12-02", "x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1",
        ]), limits: HTTPLimits())
    let record = try #require(try await leases.leases().first)
    #expect(record.holder.who == "(not told)")
    #expect(try await leases.revoke(record.lease.id))
    #expect(try await leases.leases().isEmpty)
  }

  @Test func `T28 a signature goes into requests and nowhere else`() async throws {
    let account = EmulatedAccount(fault: { request, number in
      number.isMultiple(of: 2)
        ? .answer(
          HTTPResponse(
            403, headers: ["x-ms-error-code": "AuthenticationFailed"],
            body: Array("<Error><Message>\(request.url.target)</Message></Error>".utf8)))
        : .answerLost
    })
    let failure = await #expect(throws: BackendFailure.self) {
      try await hold(try lock(account, 1), "ana")
    }
    var told = ""
    dump(failure, to: &told)
    dump(try account.leases(), to: &told)
    told += account.requests.map { "\($0) \(String(reflecting: $0))" }.joined()
    #expect(account.requests.allSatisfy { $0.url.target.contains("sig=canary%2Fcanary") })
    for form in ["canary%2Fcanary", "canary/canary", "canarySignature"] {
      #expect(!told.contains(form), "\(told)")
    }
  }

  @Test(
    arguments: [
      ("sv=2021-12-02&sp=rcw&sig=a%2Bb%3D", true), ("?sv=1&se=2027-01-01T00:00:00Z&sig=ab=", true),
      ("sig=abc&sp=r", true), ("", false), ("hunter2", false), ("sv=1&sp=r", false),
      ("sv=1&sig=a b", false), ("sv=1&sig=a#b", false), ("sig=", false),
    ])
  func `T13 a secret that is no signature gets into no URL`(text: String, isOne: Bool) {
    #expect(BlobAccess.isSignature(SecretText(text, from: .literal)) == isOne)
  }
}

/// Counts what is sent to it.
private final class Counting: Backend {
  private let sent = Mutex(0)
  var count: Int { sent.withLock(\.self) }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {}
  func list() async throws(BackendFailure) -> [ObservedTarget] { [] }
  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? { nil }
  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    sent.withLock { $0 += 1 }
    return .finished
  }
  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    .succeeded
  }
}
