public import HTTPExchange

/// What happens between the calls to a service: facts for logs, without any word of the service's.
public enum ServiceNote: Hashable, Sendable {
  /// A read failed for a passing reason and is tried again, after a delay if one is known.
  case retry(HTTPRequest.Method, path: String, failedTries: Int, code: String, delay: Duration?)
  /// A call waits for its turn, or since the service asked for silence.
  case heldBack(Duration)
}
