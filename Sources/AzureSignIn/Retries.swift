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
  /// The longest pause.
  private static let longest = Duration.seconds(60)

  /// Sends a request until it is answered for good.
  func send(
    _ request: HTTPRequest, limits: HTTPLimits, for way: SignInKind, in surroundings: Surroundings
  ) async throws(SignInFailure) -> HTTPResponse {
    var number = 1
    while true {
      var pause = Duration.milliseconds(800 * ((1 << number) - 1))
      do {
        let response = try await surroundings.transport.send(request, limits: limits)
        guard statuses.contains(response.status), number < tries else { return response }
        if let seconds = response.headers["Retry-After"].flatMap({ Int($0) }), seconds >= 0 {
          pause = .seconds(min(seconds, 60))
        }
      } catch {
        let failure = SignInFailure.unreachable(way, error)
        guard failure.kind == .passing, repeatsSilence, number < tries else { throw failure }
      }
      do {
        try await surroundings.time.sleep(min(pause, Self.longest))
      } catch {
        throw .cancelled
      }
      number += 1
    }
  }
}
