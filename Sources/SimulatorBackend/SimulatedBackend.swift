public import BackendInterface
public import TargetModel

/// A simulated workspace in memory, for tests and for programs that want to try a plan.
///
/// Time is what the clock handed in says; nothing here waits.
public actor SimulatedBackend: Backend {
  private var service: SimulatedService<MemoryStore>
  private let dialect: ServiceDialect
  private let now: @Sendable () -> Int64
  private let fault: @Sendable (ServiceRequest) -> InjectedFault?
  /// Every request that reached the service, in order.
  public private(set) var requests: [ServiceRequest] = []

  /// What goes wrong with a request.
  public enum InjectedFault: Sendable {
    /// It never reaches the service.
    case beforeEffect(BackendFailure)
    /// It takes effect, and the answer is lost.
    case afterEffect(BackendFailure)
  }

  /// An empty workspace.
  ///
  /// - Parameters:
  ///   - now: the time in milliseconds since 1970.
  ///   - fault: what goes wrong with a request; nil for nothing.
  public init(
    configuration: SimulatorConfiguration, now: @escaping @Sendable () -> Int64,
    fault: @escaping @Sendable (ServiceRequest) -> InjectedFault? = { _ in nil }
  ) {
    service = SimulatedService(store: MemoryStore(), configuration: configuration)
    dialect = ServiceDialect(configuration: configuration)
    self.now = now
    self.fault = fault
  }

  /// What happened in the workspace.
  public var history: [HistoryEntry] { service.store.history }

  /// Does something in the portal.
  public func portal(
    _ change: @Sendable (inout SimulatedService<MemoryStore>, Int64) throws -> Void
  ) throws {
    try change(&service, now())
  }

  public func list() throws(BackendFailure) -> [ObservedTarget] {
    let response = try send(.list)
    return (response.body["value"]?.list ?? []).compactMap(dialect.mapping.target)
  }

  public func read(_ name: String) throws(BackendFailure) -> ObservedTarget? {
    try body(of: name).flatMap(dialect.mapping.target)
  }

  public func submit(_ request: WriteRequest) throws(BackendFailure) -> OperationHandle {
    var current: AttributeValue?
    switch request {
    case .update, .mark: current = try body(of: request.name)
    case .create, .attach, .detach, .delete, .start, .stop: break
    }
    var handle = OperationHandle.finished
    for request in dialect.requests(for: request, current: current) {
      let response = try send(request)
      if let operation = response.operation { handle = OperationHandle(reference: operation) }
    }
    return handle
  }

  public func status(of operation: OperationHandle) throws(BackendFailure) -> OperationStatus {
    guard let id = operation.reference else { return .succeeded }
    return dialect.status(try send(.operation(id: id)))
  }

  private func body(of name: String) throws(BackendFailure) -> AttributeValue? {
    do {
      return try send(.get(name: name)).body
    } catch {
      // The only thing that a read of a target can miss here is the target.
      if error.failureClass == .absent { return nil }
      throw error
    }
  }

  private func send(_ request: ServiceRequest) throws(BackendFailure) -> ServiceResponse {
    requests.append(request)
    let fault = fault(request)
    if case .beforeEffect(let failure) = fault { throw failure }
    let response: ServiceResponse
    do {
      response = try service.handle(request, at: now())
    } catch {
      throw BackendFailure(.fatal, code: "SimulatorFailed", message: "\(error)")
    }
    if case .afterEffect(let failure) = fault { throw failure }
    guard response.isSuccess else { throw dialect.failure(response) }
    return response
  }
}
