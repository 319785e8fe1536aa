internal import AzureSignIn
internal import BackendInterface
internal import Diagnostics
internal import HTTPExchange
internal import TargetModel

/// Talks to the blob service about one blob (REST API, version 2021-12-02).
///
/// Everything it sends may be sent twice: a lease is taken by a name of its own, content is put only
/// over the version that was read. So what fails for a moment is tried again, within the few
/// seconds that a call on a lease may take.
struct BlobClient: Sendable {
  let blob: HTTPURL
  let access: BlobAccess
  let transport: any HTTPTransport
  let clock: any Clock<Duration>
  let now: @Sendable () -> Int64
  let randomBytes: @Sendable (Int) -> [UInt8]

  private static let version = "2021-12-02"
  /// Between the first try and the second; twice as long after that.
  private static let pause: Duration = .milliseconds(300)

  /// How long one call on a lease takes, with all its requests, whatever happens.
  static let patience: Duration = .seconds(10)
  private static let single: Duration = .seconds(4)

  /// The time that is left to a call that begins now.
  func countdown() -> Countdown { Countdown(Self.patience, clock) }

  /// Sends a request; the service's last word, success or not.
  func send(
    _ method: HTTPRequest.Method, _ query: String = "", _ headers: HTTPHeaders = HTTPHeaders(),
    body: [UInt8] = [], within time: Countdown
  ) async throws(BackendFailure) -> BlobAnswer {
    var pause = Self.pause
    while true {
      let failure: BackendFailure
      do throws(BackendFailure) {
        let answer = try await once(method, query, headers, body, within: time)
        guard answer.isPassing else { return answer }
        failure = answer.failure
      } catch {
        guard case .retryable = error.failureClass else { throw error }
        failure = error
      }
      guard time.left > pause, (try? await clock.sleep(for: pause)) != nil else { throw failure }
      pause *= 2
    }
  }

  private func once(
    _ method: HTTPRequest.Method, _ query: String, _ headers: HTTPHeaders, _ body: [UInt8],
    within time: Countdown
  ) async throws(BackendFailure) -> BlobAnswer {
    var limits = HTTPLimits()
    (limits.connect, limits.idle) = (Self.single, Self.single)
    limits.total = max(.milliseconds(1), min(Self.single, time.left))
    limits.body = 1 << 20
    let request = request(method, query, headers, body)
    do {
      switch access {
      case .signature:
        return BlobAnswer(try await transport.send(request, limits: limits))
      case .signedIn(let credentials):
        let signed = SignedInTransport(
          transport, as: credentials, to: blob, audience: BlobAccess.audience)
        return BlobAnswer(try await signed.send(request, limits: limits))
      }
    } catch let failure as HTTPFailure {
      throw BackendFailure(failure)
    } catch let failure as SignedInFailure {
      throw BackendFailure(failure)
    } catch {
      throw BackendFailure(.fatal, code: "Unexpected", message: "The lock's blob was not reached")
    }
  }

  private func request(
    _ method: HTTPRequest.Method, _ query: String, _ headers: HTTPHeaders, _ body: [UInt8]
  ) -> HTTPRequest {
    var parameters = query.isEmpty ? [] : [query]
    if case .signature(let secret) = access { parameters.append(secret.signatureQuery) }
    let tail = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
    var request = HTTPRequest(method, blob.at(blob.target + tail), headers: headers, body: body)
    request.headers.add("x-ms-version", Self.version)
    request.headers.add("x-ms-date", CivilDate.httpText(now()))
    request.headers.add("x-ms-client-request-id", GUIDText.text(randomBytes(16)))
    return request
  }
}

/// The time that is left.
struct Countdown: Sendable {
  private let remaining: @Sendable () -> Duration

  init(_ duration: Duration, _ clock: some Clock<Duration>) {
    let end = clock.now.advanced(by: duration)
    remaining = { clock.now.duration(to: end) }
  }

  var left: Duration { remaining() }
}

extension GUIDText {
  /// The GUID of a lease's id; nil for an id that is not 32 hexadecimal digits.
  static func ofLease(_ id: String) -> String? {
    id.wholeMatch(of: /[0-9a-f]{32}/) == nil ? nil : dashed(id)
  }
}

extension BackendFailure {
  fileprivate init(_ failure: HTTPFailure) {
    let failureClass: Class =
      switch failure.reason {
      case .notConnected, .cut, .tooSlow: .retryable
      case .untrusted, .tooLarge, .malformed, .cancelled: .fatal
      }
    self.init(
      failureClass, code: "LockNotReached",
      message: "The lock's blob was not reached: \(failure.message)",
      advice: "Look at the network, the proxy and 'lock.url'.")
    mayHaveArrived = failure.mayHaveArrived
  }

  fileprivate init(_ failure: SignedInFailure) {
    switch failure {
    case .exchange(let failure): self.init(failure)
    case .signIn(let failure): self.init(failure)
    }
  }
}
