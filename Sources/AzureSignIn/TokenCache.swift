internal import Synchronization

/// Keeps the token of one audience, and fetches another in time.
///
/// Laws:
/// - A token within its margin (`AccessToken.margin`) is never handed out.
/// - From half its life on, the next caller fetches another, by one short try; until that is there, or
///   if it fails, the present one serves on.
/// - However many callers there are, one fetch runs at a time. Whoever gives up takes nobody along.
actor TokenCache {
  /// Fetches a token; `claims` are what the service demanded last, and early is a fetch while there is
  /// a token that may be used.
  typealias Fetch =
    @Sendable (_ claims: String?, _ isEarly: Bool) async throws(SignInFailure) -> AccessToken

  private struct Entry {
    let token: AccessToken
    /// When it was asked for.
    let begin: Duration
  }

  private enum Wakeup {
    case lookAgain
    case failed(SignInFailure)
  }

  /// After a failed refresh, how long the present token serves before the next try.
  private static let pause = Duration.seconds(30)

  private let time: SignInTime
  private let fetch: Fetch
  private var entry: Entry?
  private var claims: String?
  private var notBefore = Duration.zero
  private var isFetching = false
  /// Whoever waits for the fetch under way; under a lock, for giving up can't wait for the actor.
  private let waiting = Mutex<[Int: CheckedContinuation<Wakeup, Never>]>([:])
  private var lastWaiter = 0

  init(time: SignInTime, fetch: @escaping Fetch) {
    self.time = time
    self.fetch = fetch
  }

  /// A token that may be used now.
  func token() async throws(SignInFailure) -> AccessToken {
    while true {
      let now = time.elapsed()
      let usable = entry.flatMap { entry in
        now < entry.begin + entry.token.lifetime - entry.token.margin ? entry : nil
      }
      if let usable {
        let isYoung = now < usable.begin + usable.token.lifetime / 2
        if isYoung || isFetching || now < notBefore { return usable.token }
      }
      guard isFetching else {
        do {
          return try await lead(isEarly: usable != nil)
        } catch {
          guard let usable, error.kind != .cancelled else { throw error }
          notBefore = time.elapsed() + Self.pause
          return usable.token
        }
      }
      switch await nextWakeup() {
      case .lookAgain: if Task.isCancelled { throw .cancelled }
      case .failed(let failure): throw failure
      }
    }
  }

  /// Takes a token out of use because the service refused it; another one stays.
  ///
  /// - Parameter claims: what the service demands of the next one, as JSON.
  func drop(_ token: AccessToken, claims: String?) {
    if let claims { self.claims = claims }
    if entry?.token == token { entry = nil }
  }

  private func lead(isEarly: Bool) async throws(SignInFailure) -> AccessToken {
    isFetching = true
    let begin = time.elapsed()
    let outcome: Result<AccessToken, SignInFailure>
    do {
      outcome = .success(try await fetch(claims, isEarly))
    } catch {
      outcome = .failure(error)
    }
    isFetching = false
    if case .success(let token) = outcome { entry = Entry(token: token, begin: begin) }
    wakeAll(with: outcome)
    return try outcome.get()
  }

  private func wakeAll(with outcome: Result<AccessToken, SignInFailure>) {
    let wakeup: Wakeup =
      switch outcome {
      case .failure(let failure) where failure.kind != .cancelled: .failed(failure)
      // Who led gave up for itself alone: somebody else leads now.
      case .failure, .success: .lookAgain
      }
    let woken = waiting.withLock { waiting in
      defer { waiting = [:] }
      return waiting
    }
    for continuation in woken.values { continuation.resume(returning: wakeup) }
  }

  private func nextWakeup() async -> Wakeup {
    lastWaiter += 1
    let number = lastWaiter
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiting.withLock { $0[number] = continuation }
        if Task.isCancelled { giveUp(number) }
      }
    } onCancel: {
      giveUp(number)
    }
  }

  private nonisolated func giveUp(_ number: Int) {
    waiting.withLock { $0.removeValue(forKey: number) }?.resume(returning: .lookAgain)
  }
}
