/// What carries requests to a server and brings the answers back.
///
/// Laws:
/// - Redirects are not followed: they are answers.
/// - An answer is complete, or there is none: a body that ends too early or grows too large is a
///   failure.
/// - Nothing is tried again; who asked decides that.
public protocol HTTPTransport: Sendable {
  /// Sends a request and waits for the whole answer.
  func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse
}

/// How long and how large one call may become (reliability.md section 2).
public struct HTTPLimits: Hashable, Sendable {
  /// Until a connection stands.
  public var connect: Duration = .seconds(10)
  /// Without a byte.
  public var idle: Duration = .seconds(30)
  /// The call as a whole.
  public var total: Duration = .seconds(60)
  /// Bytes of the answer's body, after decompression.
  public var body: Int = 32 * 1024 * 1024

  /// The defaults.
  public init() {}
}

/// A call without an answer.
public struct HTTPFailure: Error, Hashable, Sendable {
  /// Why there is none.
  public enum Reason: Hashable, Sendable {
    /// No connection came to be: name, route, refusal, or no answer in time.
    case notConnected
    /// The server could not prove who it is.
    case untrusted
    /// The connection ended before the answer did.
    case cut
    /// No byte, or not the whole answer, in time.
    case tooSlow
    /// The answer is larger than allowed.
    case tooLarge
    /// What came is no HTTP, or could not be decompressed.
    case malformed
    /// Whoever asked no longer wants to know.
    case cancelled
  }

  /// Why there is none.
  public let reason: Reason
  /// True if the server may have received the request, so that its effect is unknown.
  public let mayHaveArrived: Bool
  /// What happened, in words without any secret.
  public let message: String

  /// A failure.
  public init(_ reason: Reason, mayHaveArrived: Bool, message: String) {
    self.reason = reason
    self.mayHaveArrived = mayHaveArrived
    self.message = message
  }
}
