public import BackendInterface
internal import GRDB
public import SimulatorBackend
public import TargetModel

/// The embedded workspace: the simulated service, kept in an SQLite file.
///
/// Several processes may open one file. Every request is a transaction of its own, so they
/// interleave as callers of a real service do.
public struct EmbeddedWorkspace: Backend {
  private let database: DatabaseQueue?
  private let configuration: SimulatorConfiguration
  private let dialect: ServiceDialect
  private let now: @Sendable () -> Int64
  private let path: String

  /// Opens the workspace's file.
  ///
  /// - Parameters:
  ///   - path: the database file. Its folder is made if it is not there (mode 0700).
  ///   - now: the time in milliseconds since 1970.
  ///   - access: with `.readIfPresent` nothing is written: a file that does not exist is an empty
  ///     workspace.
  /// - Throws: `WorkspaceStoreFailure` if the file is none of ours, damaged or out of reach.
  public init(
    at path: String, configuration: SimulatorConfiguration, access: Access = .readAndWrite,
    now: @escaping @Sendable () -> Int64
  ) throws(WorkspaceStoreFailure) {
    self.path = path
    self.configuration = configuration
    self.dialect = ServiceDialect(configuration: configuration)
    self.now = now
    self.database = try DatabaseFile.open(path, access)
  }

  /// What may be done to the file.
  public enum Access: Sendable {
    case readAndWrite
    /// An absent file counts as an empty workspace and stays absent.
    case readIfPresent
  }

  // MARK: Backend

  public func list() async throws(BackendFailure) -> [ObservedTarget] {
    (try send(.list).body["value"]?.list ?? []).compactMap(dialect.mapping.target)
  }

  public func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    let response = try respond { try $0.handle(.get(name: name), at: $1) }
    if response.status == 404 { return nil }
    return dialect.mapping.target(in: response.body)
  }

  public func holders(
    of resource: ResourceIdentity
  ) async throws(BackendFailure) -> [ObservedTarget] {
    let response = try respond { service, time in
      _ = try service.handle(.get(name: "-"), at: time)
      return ServiceResponse(
        200, ["value": .list(try service.bodies(holding: resource.key))])
    }
    return (response.body["value"]?.list ?? []).compactMap(dialect.mapping.target)
      .filter { $0.resource?.clashes(with: resource) == true }
  }

  public func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    // Reading, merging and writing are one transaction: nobody comes in between.
    let response = try respond { service, time in
      var current: AttributeValue?
      switch request {
      case .update, .mark:
        let response = try service.handle(.get(name: request.name), at: time)
        guard response.isSuccess else { return response }
        current = response.body
      case .create, .attach, .detach, .delete, .start, .stop: break
      }
      var last = ServiceResponse(200)
      for request in dialect.requests(for: request, current: current) {
        last = try service.handle(request, at: time)
        guard last.isSuccess else { return last }
      }
      return last
    }
    guard response.isSuccess else { throw dialect.failure(response) }
    return OperationHandle(reference: response.operation)
  }

  public func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    guard let id = operation.reference else { return .succeeded }
    return dialect.status(try send(.operation(id: id)))
  }

  // MARK: The portal

  /// Does something behind Berth's back.
  ///
  /// - Throws: `SimulatedService.PortalRefusal` where it can't be done, or `BackendFailure`.
  package func portal(_ change: (inout any PortalFace, Int64) throws -> Void) throws {
    guard let database else {
      throw BackendFailure(.fatal, code: "Store", message: "The workspace was opened for reading.")
    }
    let time = now()
    try database.inTransaction(.immediate) { connection in
      var face: any PortalFace = service(connection)
      try change(&face, time)
      return .commit
    }
  }

  /// What happened in the workspace, in order.
  package func history() throws -> [HistoryEntry] {
    try database?.read { connection in try store(connection).history() } ?? []
  }

  /// The bodies of all targets, as the service shows them.
  package func bodies() throws(BackendFailure) -> [AttributeValue] {
    try send(.list).body["value"]?.list ?? []
  }

  // MARK: Parts

  private func send(_ request: ServiceRequest) throws(BackendFailure) -> ServiceResponse {
    let response = try respond { try $0.handle(request, at: $1) }
    guard response.isSuccess else { throw dialect.failure(response) }
    return response
  }

  /// Answers in one transaction; nothing is kept of a request that failed half-way.
  private func respond(
    _ answer: (inout SimulatedService<SQLiteStore>, Int64) throws -> ServiceResponse
  ) throws(BackendFailure) -> ServiceResponse {
    guard let database else { return emptyAnswer(answer) }
    let time = now()
    do {
      var response = ServiceResponse(500)
      try database.inTransaction(.immediate) { connection in
        var service = service(connection)
        response = try answer(&service, time)
        return .commit
      }
      return response
    } catch let error as DatabaseError {
      throw BackendFailure(
        .fatal, code: "Store",
        message: "The embedded workspace (\(path)) \(DatabaseFile.reason(error)).")
    } catch {
      throw BackendFailure(.fatal, code: "Store", message: "\(error)")
    }
  }

  /// An absent file is an empty workspace: a list is empty, and no target is found.
  private func emptyAnswer(
    _ answer: (inout SimulatedService<SQLiteStore>, Int64) throws -> ServiceResponse
  ) -> ServiceResponse {
    do {
      let queue = try DatabaseQueue()
      var response = ServiceResponse(500)
      try queue.inTransaction { connection in
        try connection.execute(sql: SQLiteStore.schema)
        var service = service(connection)
        response = try answer(&service, now())
        return .rollback
      }
      return response
    } catch {
      return ServiceResponse(500)
    }
  }

  private func service(_ connection: Database) -> SimulatedService<SQLiteStore> {
    SimulatedService(store: store(connection), configuration: configuration)
  }

  private func store(_ connection: Database) -> SQLiteStore {
    SQLiteStore(
      database: connection, workspace: configuration.workspace.resourceID.lowercased())
  }
}

/// What a colleague can do in the portal.
package protocol PortalFace {
  mutating func set(
    _ name: String, _ values: [(path: AttributePath, value: AttributeValue)], at now: Int64) throws
  mutating func attach(
    _ name: String, _ kind: KindDescriptor, _ resourceID: String, at now: Int64) throws
  mutating func remove(_ name: String, at now: Int64) throws
}

extension SimulatedService: PortalFace {}
