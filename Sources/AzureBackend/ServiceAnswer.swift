internal import BackendInterface
internal import HTTPExchange
internal import TargetModel

/// What the service answered, read as far as it can be.
struct ServiceAnswer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: Body

  /// What came as the body.
  enum Body: Sendable {
    case empty
    case json(AttributeValue)
    /// Something else; the words say what.
    case unreadable(String)
  }

  init(_ response: HTTPResponse) {
    status = response.status
    headers = response.headers
    body = Body(response)
  }

  /// True for the statuses of success.
  var isSuccess: Bool { (200..<300).contains(status) }

  /// The body, if it is JSON.
  var json: AttributeValue? {
    if case .json(let value) = body { value } else { nil }
  }

  /// When to ask again, as the service says.
  var retryAfter: Duration? { headers.retryAfter }

  /// The ids by which the service's owners find the request.
  var requestID: String? {
    let id = headers["x-ms-request-id"].flatMap(Self.shortened)
    let correlation = headers["x-ms-correlation-request-id"].flatMap(Self.shortened)
    guard let id else { return correlation }
    guard let correlation, correlation != id else { return id }
    return "\(id) (correlation \(correlation))"
  }

  private static func shortened(_ text: String) -> String? {
    text.isEmpty ? nil : String(text.prefix(128))
  }

  /// The failure of an answer that is not what the service's description promises (T25).
  func unexpected(_ what: String) -> BackendFailure {
    BackendFailure(
      .fatal, code: "UnexpectedAnswer", message: "The answer is not what was due: \(what).",
      requestID: requestID,
      advice: "Something between here and the service may have answered in its place: look at the "
        + "proxy and at 'backend.endpoint'.")
  }

  /// What came in place of JSON, in words.
  var otherwise: String {
    switch body {
    case .empty: "its body is empty (status \(status))"
    case .json: "its status is \(status)"
    case .unreadable(let what): "\(what) (status \(status))"
    }
  }
}

extension ServiceAnswer.Body {
  init(_ response: HTTPResponse) {
    var bytes = response.body[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    guard bytes.contains(where: { $0 > 0x20 }) else {
      self = .empty
      return
    }
    do {
      self = .json(try AttributeValue(json: bytes))
    } catch {
      let type = (response.headers["content-type"] ?? "no type").prefix(64)
      self = .unreadable("\(bytes.count) bytes of \(type) that are not JSON: \(error)")
    }
  }
}
