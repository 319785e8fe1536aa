import BackendInterface
import Synchronization
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// Taking, keeping and losing the lease on a workspace, in a time of its own.
struct WorkspaceLockTests {
  private let store = OneLease()
  private let clock = TestClock()

  private var lock: WorkspaceLock {
    WorkspaceLock(
      store: store, clock: clock, now: { 0 }, randomBytes: { Array(repeating: 7, count: $0) })
  }

  private func holder(_ who: String) -> LeaseHolder {
    LeaseHolder(path: "prod", operation: "apply", who: who, version: "1", createdAt: 0)
  }

  private var elapsed: Duration { clock.now.offset }

  @Test func `a lease that is held fails at once, with its holder`() async throws {
    store.hold(by: holder("other"))
    let attempt = try await lock.acquire(for: holder("me"), timeout: .zero) {
      Issue.record("nobody waits")
    }
    guard case .held(let record) = attempt else {
      Issue.record("taken")
      return
    }
    #expect(record.holder.who == "other")
    #expect(elapsed == .zero)
  }

  @Test func `a wait is told after 400 ms, once, and ends with the timeout`() async throws {
    store.hold(by: holder("other"))
    var told: [Duration] = []
    // A living holder beats.
    store.beats = true
    let attempt = try await lock.acquire(for: holder("me"), timeout: .seconds(300)) {
      told.append(elapsed)
    }
    if case .granted = attempt { Issue.record("a living lease was taken over") }
    #expect(told.count == 1)
    #expect(told.allSatisfy { $0 >= .milliseconds(400) && $0 < .seconds(2) })
    #expect(elapsed == .seconds(300))
  }

  @Test func `a lease that becomes free is taken`() async throws {
    store.hold(by: holder("other"))
    store.isFreeAfter = 5
    let attempt = try await lock.acquire(for: holder("me"), timeout: .seconds(30)) {}
    if case .held = attempt { Issue.record("not taken") }
    #expect(elapsed < .seconds(10))
  }

  @Test func `F17 a holder that stands still is taken over after its lease and the grace`()
    async throws
  {
    store.hold(by: holder("paused"))
    let hold = try await granted(timeout: .seconds(120))
    #expect(elapsed >= .seconds(75))
    #expect(elapsed < .seconds(78))
    // What it did last may show only after the consistency window.
    await lock.hold(hold) { #expect(elapsed >= .seconds(135)) }
    #expect(store.renewalCount >= 3)
  }

  /// The lease, which must be free in time.
  private func granted(timeout: Duration = .zero) async throws -> LeaseHold {
    guard
      case .granted(let hold) = try await lock.acquire(
        for: holder("me"), timeout: timeout, isWaiting: {})
    else { throw BackendFailure.leaseLost }
    return hold
  }

  @Test func `F20 the wall clock decides nothing`() async throws {
    store.hold(by: holder("other"))
    store.beats = true
    var lock = lock
    let hours = Mutex<Int64>(0)
    lock = WorkspaceLock(
      store: store, clock: clock,
      now: {
        hours.withLock {
          $0 += 1; return $0 * ($0 % 2 == 0 ? 3_600_000 : -3_600_000)
        }
      },
      randomBytes: { Array(repeating: 7, count: $0) })
    let attempt = try await lock.acquire(for: holder("me"), timeout: .seconds(200)) {}
    if case .granted = attempt { Issue.record("a living lease was taken over") }
  }

  @Test func `a lease is renewed while the work goes on, and given back`() async throws {
    let hold = try await granted()
    let wasLost = await lock.hold(hold) {
      try? await clock.sleep(for: .seconds(100))
      return store.current?.lease != hold.lease
    }
    #expect(!wasLost)
    #expect(store.renewalCount >= 5)
    #expect(store.current == nil)
  }

  @Test(arguments: [OneLease.Trouble.revoked, .unreachable])
  func `F19 work is told when its lease is lost, or can't be renewed in time`(
    trouble: OneLease.Trouble
  ) async throws {
    let hold = try await granted()
    store.trouble = trouble
    await lock.hold(hold) {
      for await _ in hold.lost { break }
    }
    // Never later than the margin before its end.
    #expect(elapsed <= .seconds(50))
  }

  // MARK: Right before a write

  private func submit(_ hold: LeaseHold) async -> BackendFailure? {
    do throws(BackendFailure) {
      _ = try await Deaf().held(by: hold).submit(.stop(name: "box"))
      return nil
    } catch {
      return error
    }
  }

  @Test func `F17 a write leaves only if it ends, with a margin, before its lease`() async throws {
    let hold = try await granted()
    #expect(await submit(hold) == nil)
    try await clock.sleep(for: .seconds(19))
    #expect(await submit(hold) == nil)
    #expect(store.renewalCount == 0)
    // The process stood still: the lease stands, but what was read before is stale.
    try await clock.sleep(for: .seconds(40))
    #expect(await submit(hold)?.failureClass == .throttled(retryAfter: .zero))
    #expect(store.renewalCount == 1)
    #expect(await submit(hold) == nil)
  }

  @Test func `F17 nothing is sent once the lease was taken over`() async throws {
    let hold = try await granted()
    store.trouble = .revoked
    try await clock.sleep(for: .seconds(300))
    #expect(await submit(hold) == .leaseLost)
    store.trouble = nil
    #expect(await submit(hold) == .leaseLost, "what is lost stays lost")
  }

  @Test func `F19 past the margin an unreachable store counts as a lost lease`() async throws {
    let hold = try await granted()
    store.trouble = .unreachable
    try await clock.sleep(for: .seconds(25))
    #expect(await submit(hold)?.failureClass == .throttled(retryAfter: .seconds(5)))
    try await clock.sleep(for: .seconds(30))
    #expect(await submit(hold) == .leaseLost)
  }

  @Test func `a store that ended a lease itself makes its next holder wait`() async throws {
    store.takesOver = true
    let hold = try await granted()
    #expect(hold.settling == .seconds(75))
    await lock.hold(hold) { #expect(elapsed >= .seconds(75)) }
  }

  @Test func `F25 whoever is asked to end meanwhile waits no longer, and gives the lease back`()
    async throws
  {
    store.takesOver = true
    let hold = try await granted()
    let waited = Mutex<Duration?>(nil)
    await lock.hold(hold, settle: { time in waited.withLock { $0 = time } }) {
      #expect(elapsed == .zero)
    }
    #expect(waited.withLock(\.self) == .seconds(75))
    #expect(try await store.leases().isEmpty)
  }

  @Test func `what is held answers questions as it does by itself`() async throws {
    let held = Deaf().held(by: try await granted())
    #expect(held.consistency.window == .seconds(7))
    await #expect(throws: Deaf.refusal) { try await held.preflight(.detach(name: "a")) }
  }
}

/// Takes whatever is sent.
private struct Deaf: Backend {
  static let refusal = BackendFailure(.invalid, code: "No", message: "No.")

  var consistency: ConsistencyTimes { ConsistencyTimes(window: .seconds(7), spacing: .seconds(1)) }
  func preflight(_ request: WriteRequest) async throws(BackendFailure) { throw Self.refusal }
  func list() async throws(BackendFailure) -> [ObservedTarget] { [] }
  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? { nil }
  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle { .finished }
  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    .succeeded
  }
}

/// A store with one lease, whose holder may be alive or not.
final class OneLease: LeaseStore {
  enum Trouble: Sendable { case revoked, unreachable }

  private struct State {
    var record: LeaseRecord?
    var token: Int64 = 0
    var beats = false
    var isFreeAfter: Int?
    var renewals = 0
    var trouble: Trouble?
    var takesOver = false
  }

  private let state = Mutex(State())

  var current: LeaseRecord? { state.withLock { $0.record } }
  var renewalCount: Int { state.withLock { $0.renewals } }
  var beats: Bool {
    get { state.withLock { $0.beats } }
    set { state.withLock { $0.beats = newValue } }
  }
  var isFreeAfter: Int? {
    get { state.withLock { $0.isFreeAfter } }
    set { state.withLock { $0.isFreeAfter = newValue } }
  }
  var trouble: Trouble? {
    get { state.withLock { $0.trouble } }
    set { state.withLock { $0.trouble = newValue } }
  }

  var takesOver: Bool {
    get { state.withLock { $0.takesOver } }
    set { state.withLock { $0.takesOver = newValue } }
  }

  func hold(by holder: LeaseHolder) {
    state.withLock {
      $0.token += 1
      $0.record = LeaseRecord(
        lease: Lease(id: "other", token: $0.token), holder: holder, renewals: 0, expiresAt: 60_000)
    }
  }

  func acquire(
    _ id: String, for holder: LeaseHolder, expiresAt: Int64, standingStill: LeaseRecord?
  ) async throws(BackendFailure) -> LeaseAttempt {
    state.withLock { state in
      if let left = state.isFreeAfter {
        state.isFreeAfter = left - 1
        if left == 0 { state.record = nil }
      }
      if state.beats { state.record?.renewals += 1 }
      if let record = state.record, standingStill != record { return .held(record) }
      state.token += 1
      let lease = Lease(id: id, token: state.token)
      state.record = LeaseRecord(lease: lease, holder: holder, renewals: 0, expiresAt: expiresAt)
      return state.takesOver ? .takenOver(lease) : .granted(lease)
    }
  }

  func renew(_ lease: Lease, expiresAt: Int64) async throws(BackendFailure) -> Bool {
    let trouble = state.withLock { state in
      state.renewals += 1
      return state.trouble
    }
    switch trouble {
    case .revoked: return false
    case .unreachable: throw BackendFailure(.retryable, code: "x", message: "Not reachable.")
    case nil: return true
    }
  }

  func release(_ lease: Lease) async throws(BackendFailure) {
    state.withLock { if $0.record?.lease == lease { $0.record = nil } }
  }

  func leases() async throws(BackendFailure) -> [LeaseRecord] {
    [current].compactMap(\.self)
  }

  func revoke(_ id: String) async throws(BackendFailure) -> Bool { false }
}
