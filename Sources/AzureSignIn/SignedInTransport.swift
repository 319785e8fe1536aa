public import HTTPExchange
internal import TargetModel

/// Sends requests to the service under the name of somebody.
///
/// The token goes to the host of the service and nowhere else, whatever the URL of a request says
/// (reliability.md T23). A request that is answered with 401 had no effect: it is sent once more
/// with another token, which obeys the answer's challenge. After that, 401 is the answer.
public struct SignedInTransport: Sendable {
  private let transport: any HTTPTransport
  private let credentials: Credentials
  private let service: HTTPURL
  private let audience: String?

  /// Signs requests to the cloud's own service, or to another one.
  ///
  /// - Parameters:
  ///   - service: the root of the service if it is another one, such as a storage account.
  ///   - audience: whom tokens for it are for, without a slash at the end.
  public init(
    _ transport: any HTTPTransport, as credentials: Credentials, to service: HTTPURL? = nil,
    audience: String? = nil
  ) {
    self.transport = transport
    self.credentials = credentials
    self.service = service ?? credentials.cloud.resourceManager
    self.audience = audience
  }

  /// Sends a request and waits for the whole answer.
  public func send(
    _ request: HTTPRequest, limits: HTTPLimits = HTTPLimits()
  ) async throws(SignedInFailure) -> HTTPResponse {
    guard request.url.hasOrigin(of: service) else {
      throw .exchange(
        HTTPFailure(
          .untrusted, mayHaveArrived: false,
          message: """
            \(request.url.origin) is not \(service.origin), and credentials go nowhere else
            """))
    }
    let token = try await signIn { () throws(SignInFailure) in
      try await credentials.token(for: audience)
    }
    let response = try await exchange(request, token, limits)
    guard response.status == 401, let token else { return response }
    let challenge = response.headers["WWW-Authenticate"]
    let other = try await signIn { () throws(SignInFailure) in
      try await credentials.token(insteadOf: token, challenge: challenge, for: audience)
    }
    return try await exchange(request, other, limits)
  }

  private func signIn(
    _ token: () async throws(SignInFailure) -> AccessToken?
  ) async throws(SignedInFailure) -> AccessToken? {
    do {
      return try await token()
    } catch {
      throw .signIn(error)
    }
  }

  private func exchange(
    _ request: HTTPRequest, _ token: AccessToken?, _ limits: HTTPLimits
  ) async throws(SignedInFailure) -> HTTPResponse {
    var request = request
    if let token { request.headers["Authorization"] = "Bearer \(token.secret.reveal())" }
    do {
      return try await transport.send(request, limits: limits)
    } catch {
      throw .exchange(error)
    }
  }
}

/// Why a signed-in request has no answer.
public enum SignedInFailure: Error, Hashable, Sendable {
  /// There is no token.
  case signIn(SignInFailure)
  /// The exchange failed.
  case exchange(HTTPFailure)
}
