import AzureBackend
import BackendInterface
import ComputeKinds
import Diagnostics
import HTTPExchange
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport
import Testing

extension WorkspaceIdentity {
  static let test = WorkspaceIdentity(
    subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg(1)", name: "work",
    location: "westeurope")
}

/// A workspace at a fake service, under a clock of its own.
struct AzureWorld: Sendable {
  let clock: TestClock
  let service: FakeService
  let workspace: AzureWorkspace
  let warnings: Heard

  init(
    _ catalog: KindCatalog = .invented, authorization: any RequestAuthorization = NoAuthorization(),
    configure: (inout AzureConfiguration) -> Void = { _ in },
    through transport: (FakeService) -> any HTTPTransport = { $0 },
    fault: @escaping @Sendable (FakeService.Call) -> FakeService.Fault? = { _ in nil }
  ) throws {
    let clock = TestClock()
    self.clock = clock
    service = FakeService(
      SimulatorConfiguration(workspace: .test, catalog: catalog), clock: clock, fault: fault)
    let heard = Heard()
    warnings = heard
    var configuration = AzureConfiguration(
      workspace: .test, catalog: catalog,
      endpoint: try #require(HTTPURL(parsing: FakeService.endpoint)))
    configure(&configuration)
    workspace = try AzureWorkspace(
      configuration,
      in: AzureSurroundings(
        transport: transport(service), authorization: authorization, clock: clock,
        randomBytes: SeededBytes().bytes, warn: { heard.add($0) }))
  }

  /// Sees a change through.
  func carryOut(_ request: WriteRequest) async throws {
    let handle = try await workspace.submit(request)
    for _ in 0..<1_000 {
      switch try await workspace.status(of: handle) {
      case .running(let pause): try await clock.sleep(for: pause ?? .seconds(1))
      case .succeeded: return
      case .failed(let failure):
        Issue.record("\(failure)")
        return
      }
    }
    Issue.record("The operation did not end.")
  }
}

/// What was said.
final class Heard: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

/// Tokens by number: `token-1`, `token-2`, another one for each that is refused.
final class NumberedTokens: RequestAuthorization {
  private let number = Mutex(1)
  let challenges = Heard()

  func value(insteadOf refused: RefusedAuthorization?) -> String? {
    if let refused {
      challenges.add(refused.challenge ?? "")
      number.withLock { $0 += 1 }
    }
    return "Bearer token-\(number.withLock { $0 })"
  }
}

extension HTTPResponse {
  /// A refusal as the service words it.
  static func refusal(
    _ status: Int, _ code: String, _ message: String = "No.", headers: HTTPHeaders = HTTPHeaders()
  ) -> HTTPResponse {
    var headers = headers
    headers.add("x-ms-request-id", "r-refused")
    let body: AttributeValue = ["error": ["code": .text(code), "message": .text(message)]]
    return HTTPResponse(status, headers: headers, body: Array(body.canonicalJSON.utf8))
  }
}

/// The failure of a call, which must fail.
func failure<Value: Sendable>(
  of body: () async throws(BackendFailure) -> Value
) async throws -> BackendFailure {
  do throws(BackendFailure) {
    let value = try await body()
    Issue.record("It succeeded: \(value)")
    throw BackendFailure(.fatal, code: "Succeeded", message: "")
  } catch {
    return error
  }
}

let resourceOne =
  "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g"
  + "/providers/Microsoft.Invented/things/one"
