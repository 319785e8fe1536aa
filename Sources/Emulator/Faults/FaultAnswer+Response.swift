internal import TargetModel

extension FaultAnswer {
  /// The answer over HTTP.
  func response(at now: Int64) -> EmulatedResponse {
    var response: EmulatedResponse
    switch body {
    case .usual:
      response =
        status < 400 && code == nil
        ? EmulatedResponse(status)
        : ServiceError(status, code ?? Self.usualCode(status), message ?? Self.usualMessage)
          .response
    case .html: response = .html(status, title: message ?? "Service Unavailable")
    case .empty: response = EmulatedResponse(status)
    case .text:
      response = EmulatedResponse(
        status, headers: ["Content-Type": "text/plain"],
        body: Array((message ?? Self.usualMessage).utf8))
    case .truncated:
      response = EmulatedResponse(
        status, headers: ["Content-Type": "application/json; charset=utf-8"],
        body: Array("{\"error\": {\"code\": \"\(code ?? Self.usualCode(status))\", \"mess".utf8))
    }
    if let retryAfter { retryAfter.write(into: &response.headers, at: now) }
    return response
  }

  private static let usualMessage = "This answer is a fault that the emulator was asked for."

  private static func usualCode(_ status: Int) -> String {
    switch status {
    case 401: "InvalidAuthenticationToken"
    case 403: "AuthorizationFailed"
    case 404: "ResourceNotFound"
    case 408: "RequestTimeout"
    case 409: "Conflict"
    case 429: "TooManyRequests"
    case 503: "ServiceUnavailable"
    case 500...: "InternalServerError"
    default: "BadRequest"
    }
  }
}

extension FaultAnswer.RetryAfter {
  func write(into headers: inout MessageHeaders, at now: Int64) {
    switch form {
    case .seconds: headers["Retry-After"] = String(max(0, (milliseconds + 999) / 1_000))
    case .date: headers["Retry-After"] = CivilDate.httpText(now + milliseconds)
    case .milliseconds: headers["x-ms-retry-after-ms"] = String(milliseconds)
    case .nonsense: headers["Retry-After"] = "soon"
    }
  }
}
