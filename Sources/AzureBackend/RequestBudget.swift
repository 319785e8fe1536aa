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
  private let tellWait: @Sendable (Duration) -> Void
  private let noteWait: @Sendable (Duration) -> Void
  /// Until when people know that there is a wait.
  private var toldUntil: Duration = .zero

  /// From how long on a wait is told.
  private static let noticeable: Duration = .seconds(5)

  /// - Parameters:
  ///   - tellWait: told when calls begin to be held back for a while that people notice.
  ///   - noteWait: told of every wait.
  init(
    clock: any Clock<Duration>, random: any RandomNumberGenerator & Sendable,
    tellWait: @escaping @Sendable (Duration) -> Void = { _ in },
    noteWait: @escaping @Sendable (Duration) -> Void = { _ in }
  ) {
    self.clock = clock
    self.tellWait = tellWait
    self.noteWait = noteWait
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
    var wait = wait(kind)
    // Taken before the wait: whoever comes meanwhile has a later turn.
    buckets[kind]?.take(at: now)
    while wait > .zero {
      guard now + wait <= limit, await hold(wait) else {
        buckets[kind]?.giveBack(at: now)
        throw Refusal(wait: wait)
      }
      // Meanwhile the service may have asked for silence.
      wait = pause(of: kind)
    }
  }

  private func hold(_ wait: Duration) async -> Bool {
    note(wait: wait)
    return await sleep(wait)
  }

  private func note(wait: Duration) {
    waiting.add(wait, at: now)
    noteWait(wait)
    guard wait >= Self.noticeable, now >= toldUntil else { return }
    toldUntil = now + wait
    tellWait(wait)
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

  /// The service refused a call and asks for silence, mostly since calls come too often.
  ///
  /// - Parameter retryAfter: how long it asks for silence; nil if it does not say.
  /// - Returns: how long to be silent.
  func noteRefusal(_ kind: CallKind, retryAfter: Duration?, failures: Int) -> Duration {
    waiting.addRefusal()
    let pause = retryAfter ?? backoff.pause(afterFailures: failures)
    buckets[kind]?.pause(until: now + pause)
    // Reads wait here; writes go back to their caller, who waits.
    if kind != .read { note(wait: pause) }
    return pause
  }

  /// Waits before a call is tried again that failed so many times; false if there is no time for
  /// that, or the task was cancelled.
  func rest(afterFailures failures: Int, within limit: Duration) async -> Bool {
    let pause = backoff.pause(afterFailures: failures)
    return pause < limit ? await sleep(pause) : false
  }

  private func sleep(_ duration: Duration) async -> Bool {
    (try? await clock.sleep(for: duration)) != nil
  }
}
