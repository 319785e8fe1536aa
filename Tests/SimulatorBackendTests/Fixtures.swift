import BackendInterface
import ComputeKinds
import ComputeService
import Diagnostics
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport

/// A clock that moves when it is told to.
final class TestClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_700_000_000_000)

  func advance(by step: Int64) { milliseconds.withLock { $0 += step } }
  func advance(by step: Duration) {
    advance(
      by: step.components.seconds * 1_000 + step.components.attoseconds / 1_000_000_000_000_000)
  }

  var now: @Sendable () -> Int64 { { self.milliseconds.withLock { $0 } } }
}

extension WorkspaceIdentity {
  static let test = WorkspaceIdentity(
    subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg", name: "ws",
    location: "westeurope")
}

extension SimulatorConfiguration {
  static var invented: SimulatorConfiguration {
    SimulatorConfiguration(workspace: .test, catalog: .invented)
  }

  static var azureML: SimulatorConfiguration {
    SimulatorConfiguration(workspace: .test, catalog: .azureML)
  }
}

/// A service with its clock.
struct World {
  var service: SimulatedService<MemoryStore>
  var time: Int64 = 1_700_000_000_000

  init(_ configuration: SimulatorConfiguration = .invented) {
    service = SimulatedService(store: MemoryStore(), configuration: configuration)
  }

  mutating func send(
    _ request: ServiceRequest, fate: OperationFate = .succeeds
  ) throws -> ServiceResponse {
    try service.handle(request, at: time, fate: fate)
  }

  /// Sends a request and lets its operation end.
  @discardableResult
  mutating func finish(
    _ request: ServiceRequest, fate: OperationFate = .succeeds
  ) throws -> ServiceResponse {
    let response = try send(request, fate: fate)
    time += 1_000
    return response
  }

  /// What a GET shows; nil for 404.
  mutating func shown(_ name: String) throws -> AttributeValue? {
    let response = try send(.get(name: name))
    return response.isSuccess ? response.body : nil
  }

  mutating func state(_ name: String) throws -> String? {
    try shown(name)?[AttributePath("properties.provisioningState")]?.text
  }

  var events: [String] { service.store.history.map { "\($0.event) \($0.name)" } }
}

extension ServiceRequest {
  /// PUT with a body of the service's shape.
  static func put(
    _ name: String, _ computeType: String, resource: String? = nil,
    _ properties: AttributeValue = [:], tags: AttributeValue? = nil
  ) -> ServiceRequest {
    var body: AttributeValue = [
      "location": "westeurope",
      "properties": ["computeType": .text(computeType), "properties": properties],
    ]
    if let resource { body["properties.resourceId"] = .text(resource) }
    if let tags { body["tags"] = tags }
    return .put(name: name, body: body)
  }
}

extension ServiceResponse {
  var code: String? { body[AttributePath("error.code")]?.text }
}

func resource(_ name: String, type: String = "Microsoft.Invented/things") -> String {
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/\(type)/\(name)"
}
