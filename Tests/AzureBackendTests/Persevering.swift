import BackendInterface
import TargetModel

/// A backend that sees a write through, as an apply does: what was refused for a passing reason is
/// asked for again, and so is what nobody knows the outcome of, since every write may be repeated.
struct Persevering: Backend {
  let backend: any Backend
  let letTimePass: @Sendable (Duration) async -> Void

  private static let tries = 40

  func list() async throws(BackendFailure) -> [ObservedTarget] { try await backend.list() }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    try await backend.read(name)
  }

  func holders(
    of resource: ResourceIdentity
  ) async throws(BackendFailure) -> [ObservedTarget] {
    try await backend.holders(of: resource)
  }

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    var failures = 0
    while true {
      do throws(BackendFailure) {
        return try await backend.submit(request)
      } catch {
        failures += 1
        guard failures < Self.tries, error.isPassing else { throw error }
        await letTimePass(.seconds(2))
      }
    }
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    try await backend.status(of: operation)
  }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    try await backend.preflight(request)
  }

  var consistency: ConsistencyTimes { backend.consistency }
}

extension BackendFailure {
  fileprivate var isPassing: Bool {
    switch failureClass {
    case .retryable, .throttled, .conflict: true
    case .denied, .absent, .invalid, .fatal: false
    }
  }
}
