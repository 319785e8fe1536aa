/// A call to the service that did not succeed.
public struct BackendFailure: Error, Hashable, Sendable {
  /// What a caller can do about it.
  public enum Class: Hashable, Sendable {
    /// Nothing was decided; asking again may help.
    case retryable
    /// Asked too often; after this long it may be asked again.
    case throttled(retryAfter: Duration?)
    /// Something else is being done to the target.
    case conflict
    /// The caller may not.
    case denied
    /// The workspace, its group or its subscription is not there.
    case absent
    /// The request is wrong.
    case invalid
    /// Anything else; trying again will not help.
    case fatal
  }

  /// What a caller can do about it.
  public let failureClass: Class
  /// The service's own code, for example `ResourceNotFound`.
  public let code: String
  /// The service's own words.
  ///
  /// Never a secret.
  public let message: String
  /// The id by which the service's owners find the request.
  public let requestID: String?
  /// What the user can do about it, in full sentences; nil where the service's words say it all.
  public var advice: String?
  /// False if it is certain that the request never reached the service, so that a write can't have
  /// taken effect.
  public var mayHaveArrived = true
  /// True if a write was held back on this side, so that no part of it was sent.
  public var wasHeldBack = false
  /// False if there was no answer, so that these words are not the service's own.
  public var isAnswer = true

  /// Makes a backend failure of its parts.
  public init(
    _ failureClass: Class, code: String, message: String, requestID: String? = nil,
    advice: String? = nil
  ) {
    self.failureClass = failureClass
    self.code = code
    self.message = message
    self.requestID = requestID
    self.advice = advice
  }
}
