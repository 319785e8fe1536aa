public import BackendInterface
public import ComputeService
public import TargetModel

/// A simulated workspace in memory, for tests and for programs that want to try a plan.
///
/// Time is what the clock handed in says; nothing here waits.
public actor SimulatedBackend: Backend {
  private var service: SimulatedService<MemoryStore>
  private let configuration: SimulatorConfiguration
  private let dialect: ServiceDialect
  private let now: @Sendable () -> Int64
  private let fault: @Sendable (ServiceRequest) -> InjectedFault?
  private let remembersWorlds: Int
  /// The worlds before the last writes, the most recent one last.
  private var formerWorlds: [MemoryStore] = []
  /// Every request that was sent, in order, faulty ones included.
  ///
  /// Secrets are taken out.
  public private(set) var requests: [ServiceRequest] = []

  /// What goes wrong with a request.
  public enum InjectedFault: Sendable {
    /// It never reaches the service.
    case beforeEffect(BackendFailure)
    /// It takes effect, and the answer is lost.
    case afterEffect(BackendFailure)
    /// The operation that it begins goes otherwise: fails, hangs, takes long.
    case operation(OperationFate)
    /// A read shows the world as it was before so many writes. The backend remembers as many as
    /// it was told to.
    case stale(writesAgo: Int)
  }

  /// An empty workspace.
  ///
  /// - Parameters:
  ///   - now: the time in milliseconds since 1970.
  ///   - remembersWorlds: how many former worlds are kept for stale reads; each write then costs a
  ///     copy of the world.
  ///   - fault: what goes wrong with a request; nil for nothing.
  public init(
    configuration: SimulatorConfiguration, now: @escaping @Sendable () -> Int64,
    remembersWorlds: Int = 0,
    fault: @escaping @Sendable (ServiceRequest) -> InjectedFault? = { _ in nil }
  ) {
    service = SimulatedService(store: MemoryStore(), configuration: configuration)
    self.configuration = configuration
    dialect = ServiceDialect(
      catalog: configuration.catalog, workspace: configuration.workspace)
    self.now = now
    self.remembersWorlds = remembersWorlds
    self.fault = fault
  }

  /// What happened in the workspace.
  public var history: [HistoryEntry] { service.store.history }

  /// Everything there is, the hidden truth included: for the assertions of tests.
  public var world: MemoryStore { service.store }

  /// Does something in the portal.
  public func portal(
    _ change: @Sendable (inout SimulatedService<MemoryStore>, Int64) throws -> Void
  ) throws {
    remember()
    try change(&service, now())
  }

  /// Every target of the workspace.
  public func list() throws(BackendFailure) -> [ObservedTarget] {
    let response = try send(.list)
    return (response.body["value"]?.list ?? []).compactMap(dialect.mapping.target)
  }

  /// One target; nil if there is none.
  public func read(_ name: String) throws(BackendFailure) -> ObservedTarget? {
    let response = try answer(.get(name: name))
    if response.status == 404 { return nil }
    return dialect.mapping.target(in: try checked(response).body)
  }

  /// Sends a change and answers with the operation that carries it out.
  public func submit(_ request: WriteRequest) throws(BackendFailure) -> OperationHandle {
    let current = dialect.needsCurrent(request) ? try send(.get(name: request.name)).body : nil
    var handle = OperationHandle.finished
    for request in dialect.requests(for: request, current: current) {
      let response = try send(request)
      if let operation = response.operation { handle = OperationHandle(reference: operation) }
    }
    return handle
  }

  /// How far an operation is.
  public func status(of operation: OperationHandle) throws(BackendFailure) -> OperationStatus {
    guard let id = operation.reference else { return .succeeded }
    return dialect.status(try send(.operation(id: id)))
  }

  /// Looks at the body of what is to be made, as the service does at its door.
  public func preflight(_ request: WriteRequest) throws(BackendFailure) {
    if let failure = dialect.obstacle(to: request, in: service) { throw failure }
  }

  /// When absence counts, by the configuration's own times.
  public nonisolated var consistency: ConsistencyTimes { configuration.consistency }

  // MARK: Parts

  private func send(_ request: ServiceRequest) throws(BackendFailure) -> ServiceResponse {
    try checked(try answer(request))
  }

  private func checked(_ response: ServiceResponse) throws(BackendFailure) -> ServiceResponse {
    guard response.isSuccess else { throw dialect.failure(response) }
    return response
  }

  private func answer(_ request: ServiceRequest) throws(BackendFailure) -> ServiceResponse {
    requests.append(request.withoutSecrets(configuration.catalog))
    switch fault(request) {
    case nil: return try handle(request)
    case .beforeEffect(let failure): throw failure
    case .afterEffect(let failure):
      _ = try handle(request)
      throw failure
    case .operation(let fate): return try handle(request, fate)
    case .stale(let count):
      let index = formerWorlds.count - count
      guard request.isRead, formerWorlds.indices.contains(index) else { return try handle(request) }
      var former = SimulatedService(store: formerWorlds[index], configuration: configuration)
      return try Self.run { try former.handle(request, at: now()) }
    }
  }

  private func handle(
    _ request: ServiceRequest, _ fate: OperationFate = .succeeds
  ) throws(BackendFailure) -> ServiceResponse {
    if !request.isRead { remember() }
    return try Self.run { try service.handle(request, at: now(), fate: fate) }
  }

  private static func run(
    _ body: () throws -> ServiceResponse
  ) throws(BackendFailure) -> ServiceResponse {
    do {
      return try body()
    } catch {
      throw BackendFailure(.fatal, code: "SimulatorFailed", message: "\(error)")
    }
  }

  private func remember() {
    guard remembersWorlds > 0 else { return }
    formerWorlds.append(service.store)
    if formerWorlds.count > remembersWorlds { formerWorlds.removeFirst() }
  }
}

extension ServiceRequest {
  /// The request as it may be kept and shown.
  fileprivate func withoutSecrets(_ catalog: KindCatalog) -> ServiceRequest {
    func admitted(_ body: AttributeValue) -> AttributeValue {
      // Without a kind nobody can say what is secret.
      guard let type = body[.computeType]?.text, let kind = catalog.kind(computeType: type) else {
        return .null
      }
      return BodyRules(kind).admitted(body)
    }
    return switch self {
    case .put(let name, let body): .put(name: name, body: admitted(body))
    case .patch(let name, let body): .patch(name: name, body: admitted(body))
    case .list, .page, .holders, .get, .delete, .action, .operation: self
    }
  }
}
