internal import BackendInterface
internal import HTTPExchange

/// The one budget of all calls to a service, however many steps make them.
///
/// Laws:
/// - No call goes before a `Retry-After` of its kind is over, whoever was told.
/// - No more calls go than the client's own figures and the service's `x-ms-ratelimit-remaining-*`
///   allow.
actor RequestBudget {
  private let clock: any Clock<Duration>
  private let elapsed: @Sendable () -> Duration
  private var buckets = Dictionary(
    uniqueKeysWithValues: CallKind.allCases.map { ($0, RateBucket($0)) })
  private var waiting = WaitingTime()
  private var backoff: Backoff

  init(clock: any Clock<Duration>, random: any RandomNumberGenerator & Sendable) {
    self.clock = clock
    elapsed = stopwatch(clock)
    backoff = Backoff(random: random)
  }

  /// A call that would have to wait for longer than its caller wants to.
  struct Refusal: Error {
    let wait: Duration
  }

  /// How much the limits cost so far.
  var throttling: Throttling { waiting.total }

  /// The time since the budget was made.
  var now: Duration { elapsed() }

  /// Waits for a call's turn.
  ///
  /// - Parameter patience: how long the caller can wait. A write is refused rather than held back
  ///   for long: what was read before it would be stale, and its lease over.
  func admit(_ kind: CallKind, patience: Duration) async throws(Refusal) {
    let limit = now + patience
    try await hold(kind, wait: wait(kind), until: limit)
    buckets[kind]?.take(at: now)
    // Meanwhile the service may have asked for silence.
    while case let rest = pause(of: kind), rest > .zero {
      try await hold(kind, wait: rest, until: limit)
    }
  }

  private func hold(
    _ kind: CallKind, wait: Duration, until limit: Duration
  ) async throws(Refusal) {
    guard wait > .zero else { return }
    waiting.add(wait, at: now)
    guard now + wait <= limit, await sleep(wait) else { throw Refusal(wait: wait) }
  }

  private func wait(_ kind: CallKind) -> Duration { buckets[kind]?.wait(at: now) ?? .zero }

  private func pause(of kind: CallKind) -> Duration {
    (buckets[kind]?.pausedUntil ?? .zero) - now
  }

  /// Learns from an answer how many calls are left.
  func note(_ headers: HTTPHeaders) {
    for (kind, remaining) in RateLimitHeaders.remaining(in: headers) {
      buckets[kind]?.lower(to: remaining, at: now)
    }
  }

  /// The service refused a call for coming too often.
  ///
  /// - Parameter retryAfter: how long it asks for silence; nil if it does not say.
  /// - Returns: how long to be silent.
  func noteRefusal(_ kind: CallKind, retryAfter: Duration?, failures: Int) -> Duration {
    waiting.addRefusal()
    let pause = retryAfter ?? backoff.pause(afterFailures: failures)
    buckets[kind]?.pause(until: now + pause)
    // Reads wait here; writes go back to their caller, who waits.
    if kind != .read { waiting.add(pause, at: now) }
    return pause
  }

  /// Waits before a call is tried again that failed so many times; false if the task was cancelled.
  func rest(afterFailures failures: Int) async -> Bool {
    await sleep(backoff.pause(afterFailures: failures))
  }

  private func sleep(_ duration: Duration) async -> Bool {
    (try? await clock.sleep(for: duration)) != nil
  }
}

/// How long it is since now, by a clock.
func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
  let start = clock.now
  return { start.duration(to: clock.now) }
}
