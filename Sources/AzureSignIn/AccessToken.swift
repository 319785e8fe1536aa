public import TargetModel

/// A token that opens the service, until it expires.
///
/// It can't be printed, dumped or encoded; only what writes the `Authorization` header reveals it.
public struct AccessToken: Hashable, Sendable {
  /// The token itself.
  public let secret: SecretText
  /// How long it lives, from the moment it was asked for.
  let lifetime: Duration

  init(_ text: String, lifetime: Duration, from origin: SecretText.Origin) {
    secret = SecretText(text, from: origin)
    self.lifetime = lifetime
  }

  /// What is not used any more: 5 minutes before its end, or half its life if that is shorter.
  var margin: Duration { min(.seconds(300), lifetime / 2) }
}

/// What a token is asked for.
struct TokenRequest: Hashable, Sendable {
  /// Whom the token is for, without a slash at its end: `https://management.azure.com`.
  var audience: String
  /// What the service demands beyond that, as JSON.
  var claims: String?
  /// True while the present token serves on, so that nobody should wait for another one.
  var isEarly = false

  /// The audience as a scope.
  var scope: String { audience + "/.default" }
}

/// One way to get tokens.
protocol TokenSource: Sendable {
  /// The name of the way.
  var kind: SignInKind { get }
  /// Asks for a token, each time anew.
  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken
}
