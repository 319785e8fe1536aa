import AzureLeases
import AzureSignIn
import BackendInterface
import ComputeKinds
import Emulator
import HTTPExchange
import Synchronization
import TargetModel
import TestSupport

/// A storage account in process, with a clock of its own, which does to each request what a test
/// wants.
final class EmulatedAccount: HTTPTransport {
  /// What happens to a request.
  enum Fault: Sendable {
    /// It never arrives.
    case cut
    /// It takes effect, and nobody is told.
    case answerLost
    case answer(HTTPResponse)
  }

  let clock = TestClock()
  private let service: EmulatedService
  private let fault: @Sendable (HTTPRequest, Int) -> Fault?
  private let seen = Mutex<[HTTPRequest]>([])

  static let blob = "http://127.0.0.1:8440/account/locks/prod.lock"

  init(fault: @escaping @Sendable (HTTPRequest, Int) -> Fault? = { _, _ in nil }) {
    let clock = clock
    service = EmulatedService(
      EmulatorConfiguration(catalog: .azureML), now: { Self.time(clock) },
      randomBytes: SeededBytes().bytes)
    self.fault = fault
  }

  var requests: [HTTPRequest] { seen.withLock(\.self) }

  static func time(_ clock: TestClock) -> Int64 {
    1_800_000_000_000 + Int64(clock.now.offset / .milliseconds(1))
  }

  func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse {
    let number = seen.withLock {
      $0.append(request)
      return $0.count
    }
    let fault = fault(request, number)
    switch fault {
    case .cut: throw HTTPFailure(.notConnected, mayHaveArrived: false, message: "nobody there")
    case .answer(let answer): return answer
    case .answerLost, nil: break
    }
    var headers = MessageHeaders()
    for (name, value) in request.headers.lines { headers.add(name, value) }
    let answer = await service.answer(
      EmulatedRequest(
        request.method.rawValue, request.url.target, headers: headers, body: request.body,
        origin: request.url.origin)
    ).response
    if case .answerLost = fault {
      throw HTTPFailure(.cut, mayHaveArrived: true, message: "the connection was cut")
    }
    var response = HTTPResponse(answer.status, body: answer.body)
    for line in answer.headers.lines { response.headers.add(line.name, line.value) }
    return response
  }

  /// A runner's way to the lock.
  func leases(
    signature: String = "sv=2021-12-02&sp=rcw&sig=canary%2FcanarySignature%3D",
    workspace: String = "/subscriptions/S/workspaces/prod"
  ) throws -> BlobLeases {
    let clock = clock
    guard let blob = HTTPURL(parsing: Self.blob) else {
      throw BackendFailure(.fatal, code: "test", message: "no URL")
    }
    return BlobLeases(
      at: blob, as: .signature(SecretText(signature, from: .environment("SAS"))), of: workspace,
      over: self, clock: clock, now: { Self.time(clock) }, randomBytes: SeededBytes().bytes)
  }

  /// Puts something into the lock's blob, as somebody else would.
  func put(_ content: String) async throws {
    var request = HTTPRequest(
      .put, try Self.url("?sig=x"), headers: ["x-ms-version": "2021-12-02"],
      body: Array(content.utf8))
    request.headers.add("x-ms-blob-type", "BlockBlob")
    _ = try await send(request, limits: HTTPLimits())
  }

  func content() async throws -> String {
    let request = HTTPRequest(
      .get, try Self.url("?sig=x"), headers: ["x-ms-version": "2021-12-02"])
    return String(decoding: try await send(request, limits: HTTPLimits()).body, as: UTF8.self)
  }

  private static func url(_ tail: String) throws -> HTTPURL {
    guard let url = HTTPURL(parsing: blob + tail) else {
      throw BackendFailure(.fatal, code: "test", message: "no URL")
    }
    return url
  }
}
