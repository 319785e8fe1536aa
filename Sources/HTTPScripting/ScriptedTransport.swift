package import HTTPExchange
internal import Synchronization

/// A transport for tests: it answers from a script and keeps what it was asked.
///
/// It refuses what every transport refuses (`HTTPRequest.refusal`), so that a test sees that, too.
package final class ScriptedTransport: HTTPTransport {
  /// What is answered to a request, the first of which has the number 0.
  package typealias Script =
    @Sendable (_ request: HTTPRequest, _ number: Int) async throws(HTTPFailure) -> HTTPResponse

  private let script: Script
  private let received = Mutex<[HTTPRequest]>([])

  /// Answers by asking a function.
  package init(_ script: @escaping Script) {
    self.script = script
  }

  /// Gives these answers one after the other, and none once they are over.
  package convenience init(answers: [HTTPResponse]) {
    self.init { (_, number) throws(HTTPFailure) in
      guard answers.indices.contains(number) else {
        throw HTTPFailure(
          .notConnected, mayHaveArrived: false, message: "the script has no answer \(number)")
      }
      return answers[number]
    }
  }

  /// What was asked, in order of arrival; what was refused is not in it.
  package var requests: [HTTPRequest] { received.withLock { $0 } }

  /// Answers from the script.
  package func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse {
    if let refusal = request.refusal { throw refusal }
    let number = received.withLock { requests in
      requests.append(request)
      return requests.count - 1
    }
    return try await script(request, number)
  }
}

extension HTTPResponse {
  /// An answer of JSON.
  package init(_ status: Int, json: String, headers: HTTPHeaders = HTTPHeaders()) {
    var headers = headers
    headers["Content-Type"] = "application/json"
    self.init(status, headers: headers, body: Array(json.utf8))
  }
}
