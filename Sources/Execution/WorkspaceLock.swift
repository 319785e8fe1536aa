public import BackendInterface
internal import Digests

/// Takes, keeps and gives back the lease on a workspace.
///
/// No decision depends on the wall clock (reliability.md F20): a holder's lease is over when its
/// record was watched for long enough without being renewed, and one's own when one's own clock
/// says so.
public struct WorkspaceLock: Sendable {
  private let store: any LeaseStore
  private let clock: any Clock<Duration>
  private let times: LeaseTimes
  private let now: @Sendable () -> Int64
  private let randomBytes: @Sendable (Int) -> [UInt8]

  /// After so long a wait people are told that there is one.
  static let patience: Duration = .milliseconds(400)
  private static let longestPause: Duration = .seconds(1)

  /// - Parameters:
  ///   - clock: one that counts while the machine is suspended.
  ///   - now: wall time in milliseconds since 1970; only ever printed.
  ///   - randomBytes: name the lease.
  public init(
    store: any LeaseStore, clock: any Clock<Duration>, times: LeaseTimes = LeaseTimes(),
    now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.store = store
    self.clock = clock
    self.times = times
    self.now = now
    self.randomBytes = randomBytes
  }

  /// What became of taking the lease.
  public enum Attempt: Sendable {
    case granted(LeaseHold)
    /// The one who has it.
    case held(LeaseRecord)
  }

  /// Takes the lease; tells the one who has it, if it is not free in time.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for it.
  ///   - isWaiting: called once, when the wait is long enough to be told.
  public func acquire(
    for holder: LeaseHolder, timeout: Duration, isWaiting: () -> Void
  ) async throws(BackendFailure) -> Attempt {
    let id = hexadecimal(randomBytes(16))
    let elapsed = stopwatch(clock)
    var watched: (record: LeaseRecord, since: Duration)?
    var isTold = false
    var pause: Duration = .milliseconds(50)
    while true {
      let sent = elapsed()
      let stood = watched.map { sent - $0.since >= times.takeover } ?? false
      let attempt = try await store.acquire(
        id, for: holder, expiresAt: LeaseHold.expiry(times, now()),
        standingStill: stood ? watched?.record : nil)
      switch attempt {
      case .granted(let lease):
        return .granted(hold(lease, elapsed, since: sent, settling: stood ? times.window : .zero))
      case .takenOver(let lease):
        // Nobody watched it stand still, so the grace is waited for now.
        return .granted(hold(lease, elapsed, since: sent, settling: times.grace + times.window))
      case .held(let record):
        if !record.isUnchanged(since: watched?.record) { watched = (record, elapsed()) }
        guard elapsed() < timeout else { return .held(record) }
        if !isTold, elapsed() >= Self.patience {
          isTold = true
          isWaiting()
        }
        guard (try? await clock.sleep(for: min(pause, timeout - elapsed()))) != nil else {
          return .held(record)
        }
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  private func hold(
    _ lease: Lease, _ elapsed: @escaping @Sendable () -> Duration, since sent: Duration,
    settling: Duration
  ) -> LeaseHold {
    LeaseHold(
      lease, in: store, times, elapsed: elapsed, since: sent, settling: settling, now: now)
  }

  /// Works under a lease, which is renewed meanwhile and given back in the end.
  ///
  /// After a takeover the work begins when what the former holder did can be seen
  /// (`LeaseHold.settling`).
  ///
  /// - Parameter settle: waits so long, or less if there is nothing to begin any more; by the clock
  ///   where nothing else is given.
  public func hold<Value>(
    _ hold: LeaseHold, settle: ((Duration) async -> Void)? = nil, _ body: () async -> Value
  ) async -> Value {
    let value = await withTaskGroup(of: Void.self) { group in
      group.addTask { await hold.keep(by: clock) }
      if hold.settling > .zero {
        if let settle {
          await settle(hold.settling)
        } else {
          try? await clock.sleep(for: hold.settling)
        }
      }
      let value = await body()
      group.cancelAll()
      return value
    }
    try? await store.release(hold.lease)
    return value
  }
}
