internal import Diagnostics
public import HTTPExchange
internal import Synchronization

/// Who Berth is to a cloud: hands out tokens, and keeps them as long as they are good.
public final class Credentials: Sendable {
  /// The cloud that they are for.
  public let cloud: CloudEnvironment
  private let order: SignInOrder?
  private let time: SignInTime
  private let caches = Mutex<[String: TokenCache]>([:])

  /// Finds out how to sign in; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - environment: of the run, with the variables of docs/azure.md.
  ///   - clock: measures how long tokens live.
  ///   - now: the time of day, in milliseconds since 1970; only to read the times of others.
  public convenience init<C: Clock>(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment,
    environment: [String: String], transport: any HTTPTransport, clock: C,
    now: @escaping @Sendable () -> Int64
  ) throws(SignInFailure) where C.Duration == Duration, C.Instant: Sendable {
    try self.init(
      configuration, for: cloud,
      in: Surroundings(
        environment: environment, transport: transport, time: SignInTime(clock, wall: now)))
  }

  package init(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment, in surroundings: Surroundings
  ) throws(SignInFailure) {
    self.cloud = cloud
    time = surroundings.time
    guard configuration.kind != SignInKind.none else {
      guard cloud.resourceManager.isLoopback else { throw .signInNeeded(cloud) }
      order = nil
      return
    }
    order = try SignInOrder(configuration, for: cloud, in: surroundings)
  }

  /// A token that may be used now; nil where nobody asks for one (`auth: {type: none}`).
  ///
  /// - Parameter audience: whom it is for, without a slash at the end; the cloud's service if nil.
  public func token(for audience: String? = nil) async throws(SignInFailure) -> AccessToken? {
    try await cache(for: audience ?? cloud.audience)?.token()
  }

  /// Another token in the place of one that was answered with 401.
  ///
  /// - Parameter challenge: the value of `WWW-Authenticate`, if there was one; what it demands is
  ///   passed on to the authority.
  public func token(
    insteadOf refused: AccessToken, challenge: String?, for audience: String? = nil
  ) async throws(SignInFailure) -> AccessToken? {
    let cache = cache(for: audience ?? cloud.audience)
    let claims = challenge.flatMap(AuthenticationChallenge.init(parsing:))?.claims
    await cache?.drop(refused, claims: claims)
    return try await cache?.token()
  }

  private func cache(for audience: String) -> TokenCache? {
    guard let order else { return nil }
    return caches.withLock { caches in
      if let cache = caches[audience] { return cache }
      let cache = TokenCache(time: time) { (claims, isEarly) throws(SignInFailure) in
        try await order.token(
          for: TokenRequest(audience: audience, claims: claims, isEarly: isEarly))
      }
      caches[audience] = cache
      return cache
    }
  }
}

extension SignInFailure {
  fileprivate static func signInNeeded(_ cloud: CloudEnvironment) -> SignInFailure {
    SignInFailure(
      .lasting,
      Diagnostic(
        .error, .signInNeeded, "Sign-in is needed",
        detail: """
          'auth: {type: none}' is for an endpoint of this very machine, such as that of \
          'berth emulate'. \(cloud.resourceManager.origin) is not on this machine: take 'auth' out of \
          berth.yaml, or name a way to sign in.
          """))
  }
}
