public import BackendInterface

/// What makes the service believe who is asking.
///
/// Asked before every call: it keeps what is good for a while, and fetches another in time.
public protocol RequestAuthorization: Sendable {
  /// The value of the `Authorization` header; nil where none is wanted.
  ///
  /// - Parameter refused: what the service did not take the last time; it is never given again.
  func value(insteadOf refused: RefusedAuthorization?) async throws(BackendFailure) -> String?
}

/// An authorization that the service answered with 401.
public struct RefusedAuthorization: Sendable {
  /// The header's value; nil if there was none.
  public let value: String?
  /// What the service asks for, from `WWW-Authenticate`: it may hold claims that the next token
  /// must satisfy.
  public let challenge: String?

  /// A refused authorization.
  public init(value: String?, challenge: String?) {
    self.value = value
    self.challenge = challenge
  }
}

/// Nobody signs in: for an emulator on this machine.
public struct NoAuthorization: RequestAuthorization {
  /// Nothing.
  public init() {}

  /// No header.
  public func value(insteadOf refused: RefusedAuthorization?) -> String? { nil }
}
