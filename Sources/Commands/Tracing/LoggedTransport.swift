internal import BackendInterface
internal import HTTPExchange
internal import Logs

/// A transport whose requests are told to a log: method, host, path, status and ids, no more.
struct LoggedTransport: HTTPTransport {
  let base: any HTTPTransport
  let trace: RunTrace

  func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse {
    let began = trace.elapsed
    do throws(HTTPFailure) {
      let response = try await base.send(request, limits: limits)
      trace.log.tell(
        request.method.isRead ? .debug : .info, "request", facts(of: request, response, began))
      return response
    } catch {
      trace.log.tell(
        .warn, "request_failed",
        facts(of: request, began) + [
          .word("reason", error.reason.word),
          .word("may_have_arrived", error.mayHaveArrived ? "true" : "false"),
        ])
      throw error
    }
  }

  private func facts(of request: HTTPRequest, _ began: Duration) -> [LogFact] {
    [
      .name("method", request.method.rawValue), .name("host", request.url.origin),
      .path("path", request.url.target), .number("sent_bytes", request.body.count),
      .milliseconds("wall_ms", trace.elapsed - began),
    ]
      + request.headers.id("x-ms-client-request-id", as: "client_request_id")
  }

  private func facts(
    of request: HTTPRequest, _ response: HTTPResponse, _ began: Duration
  ) -> [LogFact] {
    facts(of: request, began) + [
      .number("status", response.status), .number("received_bytes", response.body.count),
    ] + response.headers.id("x-ms-request-id", as: "request_id")
  }
}

extension HTTPHeaders {
  fileprivate func id(_ name: String, as key: StaticString) -> [LogFact] {
    self[name].map { [.requestID(key, $0)] } ?? []
  }
}

extension HTTPFailure.Reason {
  fileprivate var word: StaticString {
    switch self {
    case .notConnected: "not-connected"
    case .untrusted: "untrusted"
    case .cut: "cut"
    case .tooSlow: "too-slow"
    case .tooLarge: "too-large"
    case .malformed: "malformed"
    case .cancelled: "cancelled"
    }
  }
}
