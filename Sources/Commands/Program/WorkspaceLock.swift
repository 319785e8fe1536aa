internal import BackendInterface

/// Takes, keeps and gives back the lease on a workspace.
struct WorkspaceLock: Sendable {
  let store: any LeaseStore
  let clock: any Clock<Duration>
  let now: @Sendable () -> Int64
  let randomBytes: @Sendable (Int) -> [UInt8]
  var times = LeaseTimes()

  /// After so long a wait people are told that there is one.
  static let patience: Duration = .milliseconds(400)
  private static let longestPause: Duration = .seconds(1)

  /// Takes the lease; the one who has it, if it is not free in time.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for it.
  ///   - isWaiting: called once, when the wait is long enough to be told.
  func acquire(
    for holder: LeaseHolder, timeout: Duration, isWaiting: () -> Void
  ) async throws(BackendFailure) -> LeaseAttempt {
    let id = randomBytes(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let elapsed = stopwatch(clock)
    var watched: (record: LeaseRecord, since: Duration)?
    var isTold = false
    var pause: Duration = .milliseconds(50)
    while true {
      let stood = watched.map { elapsed() - $0.since >= times.takeover } ?? false
      let attempt = try await store.acquire(
        id, for: holder, expiresAt: expiry, standingStill: stood ? watched?.record : nil)
      guard case .held(let record) = attempt else { return attempt }
      if !isSame(watched?.record, record) { watched = (record, elapsed()) }
      guard elapsed() < timeout else { return attempt }
      if !isTold, elapsed() >= Self.patience {
        isTold = true
        isWaiting()
      }
      guard (try? await clock.sleep(for: min(pause, timeout - elapsed()))) != nil else {
        return attempt
      }
      pause = min(pause * 2, Self.longestPause)
    }
  }

  private func isSame(_ seen: LeaseRecord?, _ found: LeaseRecord) -> Bool {
    seen?.lease == found.lease && seen?.renewals == found.renewals
  }

  /// Works under a lease, which is renewed meanwhile and given back in the end.
  ///
  /// - Parameter body: is handed a stream that has an element once the lease is lost.
  func hold<Value>(_ lease: Lease, _ body: (AsyncStream<Void>) async -> Value) async -> Value {
    let (lost, continuation) = AsyncStream.makeStream(of: Void.self)
    let value = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await renewUntilLost(lease)
        if !Task.isCancelled { continuation.yield() }
      }
      let value = await body(lost)
      group.cancelAll()
      return value
    }
    try? await store.release(lease)
    return value
  }

  /// Returns when the lease is over, or can't be trusted to stand any more.
  private func renewUntilLost(_ lease: Lease) async {
    let elapsed = stopwatch(clock)
    var lastRenewal: Duration = .zero
    while (try? await clock.sleep(for: times.heartbeat)) != nil {
      let sent = elapsed()
      do throws(BackendFailure) {
        guard try await store.renew(lease, expiresAt: expiry) else { return }
        lastRenewal = sent
      } catch {
        // Nothing new is begun past the margin (reliability.md F19).
        if elapsed() - lastRenewal + times.heartbeat > times.duration - times.margin { return }
      }
    }
  }

  private var expiry: Int64 { now() + times.duration.components.seconds * 1_000 }
}

/// How long it is since now, by a clock.
private func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
  let start = clock.now
  return { start.duration(to: clock.now) }
}
