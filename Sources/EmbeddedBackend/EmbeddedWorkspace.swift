public import BackendInterface
package import ComputeService
internal import GRDB
public import SimulatorBackend
public import TargetModel

/// The embedded workspace: the simulated service, kept in an SQLite file.
///
/// Several processes may open one file, and several workspaces share it. Each request is carried out
/// as a whole, so they interleave as callers of a real service do; what is answered is on the disk.
public struct EmbeddedWorkspace: Backend {
  /// Nil as long as there is no file, for a workspace that is only read.
  private let database: DatabaseQueue?
  /// The requests that wait for the database; nil for a workspace that is only read.
  private let requests: RequestQueue?
  private let access: Access
  private var configuration: SimulatorConfiguration
  private var dialect: ServiceDialect
  private let now: @Sendable () -> Int64
  let path: String
  /// The lease that every write must carry; nil where none is asked for.
  private var lease: Lease?

  /// Opens the workspace's file.
  ///
  /// - Parameters:
  ///   - path: the database file, of mode 0600. Folders that are not there are made (mode 0700).
  ///   - now: the time in milliseconds since 1970.
  ///   - access: with `.readIfPresent` nothing is written: a file that does not exist is an empty
  ///     workspace.
  /// - Throws: `WorkspaceStoreFailure` if the file is none of ours, damaged or out of reach.
  public init(
    at path: String, configuration: SimulatorConfiguration, access: Access = .readAndWrite,
    now: @escaping @Sendable () -> Int64
  ) throws(WorkspaceStoreFailure) {
    self.path = path
    self.access = access
    self.configuration = configuration
    self.dialect = ServiceDialect(
      catalog: configuration.catalog, workspace: configuration.workspace)
    self.now = now
    self.database = try DatabaseFile.open(path, access)
    self.requests = access == .readAndWrite ? database.map(RequestQueue.init) : nil
  }

  private init(_ other: EmbeddedWorkspace, serving configuration: SimulatorConfiguration) {
    self = other
    self.configuration = configuration
    dialect = ServiceDialect(
      catalog: configuration.catalog, workspace: configuration.workspace)
  }

  /// Another workspace of the same file.
  package func serving(_ workspace: WorkspaceIdentity) -> EmbeddedWorkspace {
    var configuration = configuration
    configuration.workspace = workspace
    return EmbeddedWorkspace(self, serving: configuration)
  }

  /// What may be done to the file.
  public enum Access: Sendable {
    case readAndWrite
    /// Nothing is written, and an absent file counts as an empty workspace and stays absent.
    case readIfPresent
  }

  // MARK: Leases

  /// The same workspace, whose every write is refused once a lease is over.
  ///
  /// The lease is looked at in the transaction of the write itself, so there is no moment between
  /// the two.
  public func fenced(by lease: Lease) -> EmbeddedWorkspace {
    var copy = self
    copy.lease = lease
    return copy
  }

  /// Where the leases on the workspace are kept.
  ///
  /// - Parameter writesGoElsewhere: true if the file only keeps the leases on a workspace that is
  ///   somewhere else: what a process that is gone wrote last may still be on its way there.
  public func leases(writesGoElsewhere: Bool = false) -> EmbeddedLeases {
    EmbeddedLeases(of: self, writesGoElsewhere: writesGoElsewhere)
  }

  /// Works on the leases in a transaction of its own.
  func inLeases<Value: Sendable>(
    _ body: @escaping @Sendable (LeaseRows, _ workspace: String) throws -> Value
  ) async throws(BackendFailure) -> Value {
    guard let database, access == .readAndWrite else { throw readOnlyFailure }
    let workspace = key
    return try await perform(on: database) { connection in
      var value: Value?
      try connection.inTransaction(.immediate) {
        value = try body(LeaseRows(database: connection), workspace)
        return .commit
      }
      guard let value else { throw DatabaseError(resultCode: .SQLITE_ERROR) }
      return value
    }
  }

  /// The leases that stand in the file, whose processes may be gone.
  func readLeases() async throws(BackendFailure) -> [LeaseRecord] {
    try await readRows { connection, _ in try LeaseRows(database: connection).records() } ?? []
  }

  /// Reads rows beside those of the simulated service; nil if there is no file.
  func readRows<Value: Sendable>(
    _ body: @escaping @Sendable (Database, _ workspace: String) throws -> Value
  ) async throws(BackendFailure) -> Value? {
    guard let database = try present() else { return nil }
    return try await perform(on: database) { [workspace = key] in try body($0, workspace) }
  }

  /// Writes such rows, as long as the lease stands.
  func writeRows(
    _ body: @escaping @Sendable (Database, _ workspace: String) throws -> Void
  ) async throws(BackendFailure) {
    guard let database, access == .readAndWrite else { throw readOnlyFailure }
    try await perform(on: database) { [self] connection in
      try connection.inTransaction(.immediate) {
        try checkLease(connection)
        try body(connection, key)
        return .commit
      }
    }
  }

  private func checkLease(_ connection: Database) throws {
    guard let lease else { return }
    guard try LeaseRows(database: connection).stands(lease, on: key) else {
      throw BackendFailure.leaseLost
    }
  }

  /// How rows of the file name this workspace.
  private var key: String { configuration.workspace.resourceID.lowercased() }

  // MARK: Backend

  /// Every target of the workspace.
  public func list() async throws(BackendFailure) -> [ObservedTarget] {
    if let database = try present(), let targets = try await listAtRest(in: database) {
      return targets
    }
    let response = try checked(try await answer(.list))
    return (response.body["value"]?.list ?? []).compactMap(dialect.mapping.target)
  }

  /// The targets if no operation is to be ended first, else nil: what the service answers with, but
  /// read row by row.
  private func listAtRest(
    in database: DatabaseQueue
  ) async throws(BackendFailure) -> [ObservedTarget]? {
    try await perform(on: database) { [self, time = now()] connection in
      try reading(connection) { store in
        if try store.hasOperationsDue(at: time) { return nil }
        let reader = ObservedTargetReader(dialect.mapping)
        var targets: [ObservedTarget] = []
        try store.forEachBody { text throws(JSONFailure) in
          if let target = try reader.target(in: text) { targets.append(target) }
        }
        return targets
      }
    }
  }

  /// One target; nil if there is none.
  public func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    let response = try await answer(.get(name: name))
    if response.status == 404 { return nil }
    return dialect.mapping.target(in: try checked(response).body)
  }

  /// The targets that hold a resource.
  public func holders(
    of resource: ResourceIdentity
  ) async throws(BackendFailure) -> [ObservedTarget] {
    let response = try checked(try await answer(.holders(resource: resource.key)))
    return (response.body["value"]?.list ?? []).compactMap(dialect.mapping.target)
      .filter { $0.resource?.clashes(with: resource) == true }
  }

  /// Sends a change and answers with the operation that carries it out.
  public func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    guard let requests else { throw readOnlyFailure }
    // Reading, merging and writing are one transaction: nobody comes in between.
    let change = RequestQueue.Request(write: { [self, time = now()] connection in
      try checkLease(connection)
      return try carryOut(request, connection, at: time)
    })
    let response = try await answer(change, from: requests)
    return OperationHandle(reference: try checked(response).operation)
  }

  /// How far an operation is.
  public func status(
    of operation: OperationHandle
  ) async throws(BackendFailure) -> OperationStatus {
    guard let id = operation.reference else { return .succeeded }
    return dialect.status(try checked(try await answer(.operation(id: id))))
  }

  /// Looks at the body of what is to be made, as the service does at its door.
  public func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    let service = SimulatedService(store: MemoryStore(), configuration: configuration)
    if let failure = dialect.obstacle(to: request, in: service) { throw failure }
  }

  /// When absence counts, by the configuration's own times.
  public var consistency: ConsistencyTimes { configuration.consistency }

  // MARK: The service itself

  /// Answers a request of the service as it came, for a face that speaks HTTP: what is refused is an
  /// answer too.
  ///
  /// - Parameter fate: how the operation goes that the request may begin.
  package func answer(
    _ request: ServiceRequest, fate: OperationFate
  ) async throws(BackendFailure) -> ServiceResponse {
    if request.isRead { return try await answer(request) }
    guard let requests else { throw readOnlyFailure }
    let change = RequestQueue.Request(write: { [self, time = now()] connection in
      var service = service(connection)
      return try service.handle(request, at: time, fate: fate)
    })
    return try await answer(change, from: requests)
  }

  // MARK: The portal

  /// Does something behind Berth's back.
  ///
  /// - Throws: `PortalRefusal` where it can't be done, or `BackendFailure`.
  package func portal(_ change: (inout any PortalFace, Int64) throws -> Void) throws {
    guard let database, access == .readAndWrite else { throw readOnlyFailure }
    let time = now()
    do {
      try database.inDatabase { connection in
        try connection.inTransaction(.immediate) {
          var face: any PortalFace = service(connection)
          try change(&face, time)
          return .commit
        }
      }
    } catch  where error is DatabaseError || error is RowDecodingError {
      throw failure(error)
    }
  }

  /// What happened in the workspace, in order.
  package func history() throws -> [HistoryEntry] {
    do {
      return try database?.inDatabase { try store($0).history() } ?? []
    } catch {
      throw failure(error)
    }
  }

  /// True if the file is whole, by SQLite's own check.
  package func isIntact() throws -> Bool {
    do {
      let words = try database?.inDatabase {
        try String.fetchOne($0, sql: "PRAGMA integrity_check")
      }
      return words == nil || words == "ok"
    } catch {
      throw failure(error)
    }
  }

  /// The bodies of all targets, as the service shows them.
  package func bodies() async throws(BackendFailure) -> [AttributeValue] {
    try checked(try await answer(.list)).body["value"]?.list ?? []
  }

  /// Lets the file grow no further than this: what a full disk does, for tests of it.
  func limit(toPages pages: Int) throws {
    try database?.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
  }

  /// Makes the file one of the version before leases, for tests of bringing it up to date.
  func downgrade() throws {
    try database?.inDatabase {
      try $0.execute(
        sql: "DROP TABLE lease; DROP TABLE applied_commit; PRAGMA user_version = 1")
    }
  }

  // MARK: Answering

  /// Answers a request that changes nothing but what is due anyway.
  private func answer(_ request: ServiceRequest) async throws(BackendFailure) -> ServiceResponse {
    let time = now()
    if let requests {
      let look = RequestQueue.Request(
        read: { [self] in try answerFromRead(request, store($0), at: time) },
        write: { [self] connection in
          var service = service(connection)
          return try service.handle(request, at: time)
        })
      return try await answer(look, from: requests)
    }
    guard let database = try present() else {
      // An absent file is an empty workspace.
      var empty = SimulatedService(store: MemoryStore(), configuration: configuration)
      do {
        return try empty.handle(request, at: time)
      } catch {
        throw failure(error)
      }
    }
    return try await perform(on: database) { [self] connection in
      try reading(connection) { store in
        if let response = try answerFromRead(request, store, at: time) { return response }
        var service = SimulatedService(
          store: try MemoryStore(copying: store), configuration: configuration)
        return try service.handle(request, at: time)
      }
    }
  }

  /// The database; where only reading is allowed, also one that was made since the opening.
  private func present() throws(BackendFailure) -> DatabaseQueue? {
    if let database { return database }
    do {
      return try DatabaseFile.open(path, access)
    } catch {
      throw failure(error)
    }
  }

  /// The answer if it takes no writing; nil if operations have to be ended first.
  private func answerFromRead(
    _ request: ServiceRequest, _ store: SQLiteStore, at time: Int64
  ) throws -> ServiceResponse? {
    if try store.hasOperationsDue(at: time) { return nil }
    var service = SimulatedService(store: store, configuration: configuration)
    return try service.handle(request, at: time)
  }

  /// What a body reads, all of it from one state of the file.
  private func reading<Value>(
    _ connection: Database, _ body: (SQLiteStore) throws -> Value
  ) throws -> Value {
    var value: Value?
    try connection.inTransaction(.deferred) {
      value = try body(store(connection))
      return .commit
    }
    guard let value else { throw DatabaseError(resultCode: .SQLITE_ERROR) }
    return value
  }

  private func carryOut(
    _ request: WriteRequest, _ connection: Database, at time: Int64
  ) throws -> ServiceResponse {
    var service = service(connection)
    var current: AttributeValue?
    if dialect.needsCurrent(request) {
      let response = try service.handle(.get(name: request.name), at: time)
      guard response.isSuccess else { return response }
      current = response.body
    }
    let requests = dialect.requests(for: request, current: current)
    var last = ServiceResponse(200)
    if let only = requests.first, requests.count == 1 {
      return try service.handle(only, at: time)
    }
    // Of a change that takes several and fails half-way nothing is kept.
    try connection.inSavepoint {
      for request in requests {
        last = try service.handle(request, at: time)
        guard last.isSuccess else { return .rollback }
      }
      return .commit
    }
    return last
  }

  private func answer(
    _ request: RequestQueue.Request, from requests: RequestQueue
  ) async throws(BackendFailure) -> ServiceResponse {
    do {
      return try await requests.answer(request)
    } catch {
      throw failure(error)
    }
  }

  /// Runs on the database's own queue.
  ///
  /// A cancelled task still gets its answer: a re-attachment that has begun must be able to end.
  private func perform<Value: Sendable>(
    on database: DatabaseQueue, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(BackendFailure) -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      database.asyncWriteWithoutTransaction { connection in
        continuation.resume(returning: Result { try body(connection) })
      }
    }
    do {
      return try result.get()
    } catch {
      throw failure(error)
    }
  }

  private func service(_ connection: Database) -> SimulatedService<SQLiteStore> {
    SimulatedService(store: store(connection), configuration: configuration)
  }

  private func store(_ connection: Database) -> SQLiteStore {
    SQLiteStore(database: connection, workspace: key)
  }
}

// MARK: - Failures

extension EmbeddedWorkspace {
  private func checked(_ response: ServiceResponse) throws(BackendFailure) -> ServiceResponse {
    guard response.isSuccess else { throw dialect.failure(response) }
    return response
  }

  private var readOnlyFailure: BackendFailure {
    BackendFailure(
      .denied, code: "WorkspaceStoreReadOnly",
      message: "The embedded workspace ('\(path)') was opened for reading only.")
  }

  private func failure(_ error: any Error) -> BackendFailure {
    if let failure = error as? BackendFailure { return failure }
    if let failure = error as? WorkspaceStoreFailure {
      return BackendFailure(
        .fatal, code: "WorkspaceStoreFailed",
        message: "The embedded workspace ('\(path)') \(failure.reason).")
    }
    guard let error = error as? DatabaseError else {
      return BackendFailure(
        .fatal, code: "WorkspaceStoreCorrupt",
        message: "The embedded workspace ('\(path)') is damaged: a row can't be read.")
    }
    let (failureClass, code) = Self.verdict(error.resultCode)
    return BackendFailure(
      failureClass, code: code,
      message: "The embedded workspace ('\(path)') \(DatabaseFile.explanation(error).reason).")
  }

  private static func verdict(_ code: ResultCode) -> (BackendFailure.Class, String) {
    switch code {
    case .SQLITE_BUSY, .SQLITE_LOCKED: (.retryable, "WorkspaceStoreBusy")
    case .SQLITE_FULL: (.fatal, "WorkspaceStoreFull")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: (.denied, "WorkspaceStoreReadOnly")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: (.fatal, "WorkspaceStoreCorrupt")
    case .SQLITE_IOERR: (.fatal, "WorkspaceStoreDiskFailed")
    default: (.fatal, "WorkspaceStoreFailed")
    }
  }
}

/// What a colleague can do in the portal.
package protocol PortalFace {
  mutating func set(_ name: String, assignments: [String], at now: Int64) throws
  mutating func set(
    _ name: String, _ values: [(path: AttributePath, value: AttributeValue)], at now: Int64) throws
  mutating func attach(
    _ name: String, _ kind: KindDescriptor, _ resourceID: String, at now: Int64) throws
  mutating func attach(
    _ name: String, computeType: String, _ resourceID: String, at now: Int64) throws
  mutating func remove(_ name: String, at now: Int64) throws
}

extension SimulatedService: PortalFace {}
