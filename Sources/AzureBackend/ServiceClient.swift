internal import BackendInterface
internal import HTTPExchange
internal import TargetModel

/// Sends calls to the one host that the credentials are for.
///
/// Reads are tried again here, since a page or a poll that fails for a moment is no matter of an
/// apply's. A write goes once: whether it may be repeated is known to nobody before the target was
/// read again, and that is decided by whoever reads it.
struct ServiceClient: Sendable {
  let endpoint: HTTPURL
  let transport: any HTTPTransport
  let authorization: any RequestAuthorization
  let budget: RequestBudget
  let redaction: Redaction
  let randomBytes: @Sendable (Int) -> [UInt8]
  let userAgent: String
  let note: @Sendable (ServiceNote) -> Void

  /// How often a read is tried (reliability.md section 2).
  private static let tries = 6
  /// How long a read goes on, all in all.
  private static let readPatience: Duration = .seconds(300)
  /// How long a write waits for its turn: its lease has a margin of ten seconds, and what was read
  /// before it must be fresh.
  private static let writePatience: Duration = .seconds(5)
  /// A write with less time than this would only be cut off.
  private static let shortestWrite: Duration = .seconds(5)

  /// Sends a call that changes nothing, again if it fails for a passing reason.
  ///
  /// - Returns: an answer that trying again would not change, success or not.
  func read(_ call: ServiceCall) async throws(BackendFailure) -> ServiceAnswer {
    let end = await budget.now + Self.readPatience
    var failures = 0
    while true {
      let failure: BackendFailure
      var silence: Duration?
      do throws(Unanswered) {
        let answer = try await send(call, patience: max(.zero, end - (await budget.now)))
        guard !answer.isSuccess, answer.failure.isPassing else { return answer }
        failure = told(answer.failure)
        silence = await obey(answer, of: call, failures: failures + 1)
      } catch {
        guard case .passing(let reason) = error else { throw error.failure }
        failure = reason
      }
      failures += 1
      let left = end - (await budget.now)
      guard failures < Self.tries, silence ?? .zero < left else { throw failure }
      note(
        .retry(
          call.method, path: call.target, failedTries: failures, code: failure.code,
          delay: silence))
      // Where the service asks for silence, the budget holds the next try back.
      if silence == nil, await !budget.rest(afterFailures: failures, within: left) {
        throw failure
      }
    }
  }

  /// When a write that begins now must be over, since its lease covers it for no longer.
  ///
  /// All that belongs to it counts: reading its target first, waiting for its turn, and the answer.
  func deadline() async -> Duration { await budget.now + LeaseTimes().call }

  /// Sends a call that changes something, once.
  ///
  /// - Parameter deadline: what is not answered by then is cut off; it is not sent at all if that
  ///   leaves it hardly any time.
  /// - Returns: the answer, success or not.
  func write(
    _ call: ServiceCall, by deadline: Duration
  ) async throws(BackendFailure) -> ServiceAnswer {
    let answer: ServiceAnswer
    do throws(Unanswered) {
      answer = try await send(call, patience: Self.writePatience, by: deadline)
    } catch {
      throw error.failure
    }
    if !answer.isSuccess { _ = await obey(answer, of: call, failures: 1) }
    return answer
  }

  /// Keeps every caller silent for as long as the service asks for it.
  ///
  /// - Returns: how long that is; nil if it asks for nothing.
  private func obey(
    _ answer: ServiceAnswer, of call: ServiceCall, failures: Int
  ) async -> Duration? {
    guard answer.status == 429 || answer.retryAfter != nil else { return nil }
    return await budget.noteRefusal(
      call.kind, retryAfter: answer.retryAfter, failures: failures)
  }

  /// The failure as it may be told.
  func told(_ failure: BackendFailure) -> BackendFailure {
    var told = BackendFailure(
      failure.failureClass, code: redaction.hide(failure.code),
      message: redaction.hide(failure.message), requestID: failure.requestID.map(redaction.hide),
      advice: failure.advice)
    told.mayHaveArrived = failure.mayHaveArrived
    told.isAnswer = failure.isAnswer
    return told
  }

  // MARK: One call

  /// Why a call has no answer.
  private enum Unanswered: Error {
    /// Another try may have one.
    case passing(BackendFailure)
    /// It would have none, or was made often enough: a turn that is too far away is told to whoever
    /// has more patience, and who signs in has tried again for itself.
    case lasting(BackendFailure)

    var failure: BackendFailure {
      switch self {
      case .passing(let failure), .lasting(let failure): failure
      }
    }
  }

  /// Sends a call; once more, with other credentials, if the service did not take those it had.
  ///
  /// Nothing was done then, so that holds for writes too.
  private func send(
    _ call: ServiceCall, patience: Duration, by deadline: Duration? = nil
  ) async throws(Unanswered) -> ServiceAnswer {
    let first = try await authorize(insteadOf: nil)
    let answer = try await send(call, with: first, patience: patience, by: deadline)
    guard answer.status == 401 else { return answer }
    let refused = RefusedAuthorization(
      value: first, challenge: answer.headers["www-authenticate"])
    guard let second = try await authorize(insteadOf: refused), second != first else {
      return answer
    }
    return try await send(call, with: second, patience: patience, by: deadline)
  }

  private func authorize(
    insteadOf refused: RefusedAuthorization?
  ) async throws(Unanswered) -> String? {
    do throws(BackendFailure) {
      return try await authorization.value(insteadOf: refused)
    } catch {
      throw .lasting(error)
    }
  }

  private func send(
    _ call: ServiceCall, with authorization: String?, patience: Duration, by deadline: Duration?
  ) async throws(Unanswered) -> ServiceAnswer {
    do throws(RequestBudget.Refusal) {
      try await budget.admit(call.kind, patience: patience)
    } catch {
      throw .lasting(.heldBack(for: error.wait))
    }
    var limits = HTTPLimits()
    if let deadline {
      limits.total = min(limits.total, deadline - (await budget.now))
      guard limits.total >= Self.shortestWrite else { throw .lasting(.tooLate) }
    }
    // By it the service's owners find a request whose answer never came.
    let id = GUIDText.text(randomBytes(16))
    let request = request(call, with: authorization, id: id)
    do throws(HTTPFailure) {
      let response = try await transport.send(request, limits: limits)
      await budget.note(response.headers)
      return ServiceAnswer(response)
    } catch {
      let failure = told(.unanswered(error, isRead: call.method.isRead, id: id))
      throw failure.failureClass == .retryable ? .passing(failure) : .lasting(failure)
    }
  }

  private func request(
    _ call: ServiceCall, with authorization: String?, id: String
  ) -> HTTPRequest {
    var request = HTTPRequest(call.method, endpoint.at(call.target))
    request.headers.add("Accept", "application/json")
    request.headers.add("User-Agent", userAgent)
    request.headers.add("x-ms-client-request-id", id)
    if let authorization {
      redaction.remember(token: authorization)
      request.headers.add("Authorization", authorization)
    }
    if let body = call.body {
      request.headers.add("Content-Type", "application/json")
      request.body = body.canonicalJSONBytes
    }
    return request
  }
}

extension Redaction {
  /// Remembers the token of a header such as `Bearer TOKEN`.
  fileprivate func remember(token authorization: String) {
    if let token = authorization.split(separator: " ").last { remember(String(token)) }
  }
}

extension BackendFailure {
  /// True if the same call may succeed later.
  fileprivate var isPassing: Bool {
    switch failureClass {
    case .retryable, .throttled: true
    case .conflict, .denied, .absent, .invalid, .fatal: false
    }
  }

  /// A call that did not go, since its turn is too far away.
  fileprivate static func heldBack(for wait: Duration) -> BackendFailure {
    var failure = BackendFailure(
      .throttled(retryAfter: wait), code: "RateLimit",
      message: "The next call of this kind may go in \(max(1, wait.components.seconds)) s. It was "
        + "not sent.")
    failure.mayHaveArrived = false
    return failure
  }

  /// A write whose lease would not cover it any more, since what came before it took so long.
  fileprivate static var tooLate: BackendFailure {
    var failure = BackendFailure(
      .throttled(retryAfter: .zero), code: "TooLate",
      message: "What had to be read before a write took so long that it is stale. Nothing was sent."
    )
    failure.mayHaveArrived = false
    return failure
  }

  /// A call without an answer.
  ///
  /// A write that may have arrived is never anything but unknown.
  fileprivate static func unanswered(
    _ failure: HTTPFailure, isRead: Bool, id: String
  ) -> BackendFailure {
    let (passes, code, advice): (Bool, String, String?) =
      switch failure.reason {
      case .notConnected:
        (true, "NotConnected", "Look at the network, the proxy and 'backend.endpoint'.")
      case .untrusted:
        (
          false, "UntrustedServer",
          "Where the service's certificate comes from an authority of your own, name its file in "
            + "'backend.ca_file'."
        )
      case .cut: (true, "ConnectionLost", nil)
      case .tooSlow: (true, "NoAnswerInTime", nil)
      case .tooLarge: (false, "AnswerTooLarge", nil)
      case .malformed: (false, "UnexpectedAnswer", nil)
      case .cancelled: (false, "Cancelled", nil)
      }
    let isUnknown = !isRead && failure.mayHaveArrived
    var told = BackendFailure(
      passes || isUnknown ? .retryable : .fatal, code: code, message: failure.message,
      requestID: "\(id) (the client's own)", advice: advice)
    told.mayHaveArrived = failure.mayHaveArrived
    told.isAnswer = false
    return told
  }
}
