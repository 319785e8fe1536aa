internal import BackendInterface
internal import HTTPExchange

/// How often, and after which answers, a token is asked for again.
///
/// Asking changes nothing, so that it may be repeated.
struct Retries: Sendable {
  /// Tries in all.
  var tries = 4
  /// Statuses after which another try may help.
  var statuses: Set<Int> = [408, 429, 500, 502, 503, 504]
  /// True if no answer at all is worth another try.
  var repeatsSilence = true
  /// False for an answer that somebody else gave, whom asking again won't make the one who is meant.
  var believes: @Sendable (HTTPResponse) -> Bool = { _ in true }

  /// The longest pause that is waited for; an authority that wants a longer one has refused.
  private static let longest = Duration.seconds(120)
  /// How long a token may take while the present one serves on.
  private static let earlyLimit = Duration.seconds(5)

  /// Sends a request until it is answered for good.
  ///
  /// - Parameter isEarly: true while the present token serves on: then it is tried once, briefly.
  func send(
    _ request: HTTPRequest, isEarly: Bool, limits: HTTPLimits = .signIn, for way: SignInKind,
    in surroundings: Surroundings
  ) async throws(SignInFailure) -> HTTPResponse {
    let tries = isEarly ? 1 : tries
    var limits = limits
    if isEarly { limits.total = min(limits.total, Self.earlyLimit) }
    var backoff = Backoff(random: surroundings.random)
    var number = 1
    while true {
      var pause = backoff.pause(afterFailures: number)
      do {
        let response = try await surroundings.transport.send(request, limits: limits)
        guard statuses.contains(response.status), number < tries, believes(response) else {
          return response
        }
        if let wait = response.headers.retryAfter {
          guard wait <= Self.longest else { return response }
          pause = max(pause, wait)
        }
      } catch {
        let failure = SignInFailure.unreachable(way, error)
        guard failure.kind == .passing, repeatsSilence, number < tries else { throw failure }
      }
      do {
        try await surroundings.time.sleep(pause)
      } catch {
        throw .cancelled
      }
      number += 1
    }
  }
}

extension SignInFailure.Kind {
  /// What a refusal of this status means for whoever may ask again.
  init(ofStatus status: Int) {
    self = status == 408 || status == 429 || status >= 500 ? .passing : .lasting
  }
}
