internal import GRDB
internal import SimulatorBackend
internal import TargetModel

/// The rows of one simulated workspace in an SQLite database, within one transaction.
///
/// What a row holds is decoded with checks: a damaged file is an error, never a trap.
struct SQLiteStore: WorldStore {
  let database: Database
  /// The workspace's resource id in lower case: several may share a file.
  let workspace: String

  /// The tables of the simulated service, since `user_version` 1.
  static let schema = """
    CREATE TABLE compute (
      workspace TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
      resource TEXT, share TEXT, resource_shown TEXT, operation TEXT,
      is_in_effect INTEGER NOT NULL, is_broken INTEGER NOT NULL,
      PRIMARY KEY (workspace, key)) WITHOUT ROWID;
    CREATE INDEX compute_by_resource ON compute (workspace, resource) WHERE resource IS NOT NULL;
    CREATE TABLE operation (
      workspace TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, effect TEXT NOT NULL,
      began_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, is_done INTEGER NOT NULL,
      change TEXT, failure_code TEXT, failure_message TEXT,
      PRIMARY KEY (workspace, id)) WITHOUT ROWID;
    CREATE INDEX operation_due ON operation (workspace, ends_at, id) WHERE is_done = 0;
    CREATE TABLE orphan (
      workspace TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (workspace, key)) WITHOUT ROWID;
    CREATE TABLE number (workspace TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE history (
      id INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, time INTEGER NOT NULL,
      event TEXT NOT NULL, name TEXT NOT NULL, resource TEXT);
    """

  // MARK: Targets

  private static let computeColumns = """
    SELECT name, body, resource, share, resource_shown, operation, is_in_effect, is_broken
    FROM compute
    """

  func compute(_ key: String) throws -> StoredCompute? {
    try Row.fetchOne(
      database.cachedStatement(sql: Self.computeColumns + " WHERE workspace = ? AND key = ?"),
      arguments: [workspace, key]
    ).map(Self.compute)
  }

  func computes() throws -> [StoredCompute] {
    try computes(after: nil, limit: .max)
  }

  func computes(after key: String?, limit: Int) throws -> [StoredCompute] {
    // No key is empty, so everything comes behind that.
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: Self.computeColumns + " WHERE workspace = ? AND key > ? ORDER BY key LIMIT ?"),
      arguments: [workspace, key ?? "", limit])
    var computes: [StoredCompute] = []
    while let row = try rows.next() { computes.append(try Self.compute(row)) }
    return computes
  }

  /// What a body reads in the bodies of all targets, one after the other: only one at a time is in
  /// memory.
  func forEachBody(_ read: (String) throws(JSONFailure) -> Void) throws {
    let rows = try Row.fetchCursor(
      database.cachedStatement(sql: "SELECT body FROM compute WHERE workspace = ? ORDER BY key"),
      arguments: [workspace])
    while let row = try rows.next() {
      let text = try row.decode(String.self, atIndex: 0)
      try Self.reading { () throws(JSONFailure) in try read(text) }
    }
  }

  /// Without the name of the index SQLite walks through the whole workspace, for its order.
  func holders(ofResource key: String) throws -> [StoredCompute] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: Self.computeColumns
          + " INDEXED BY compute_by_resource WHERE workspace = ? AND resource = ? ORDER BY key"),
      arguments: [workspace, key]
    ).map(Self.compute)
  }

  mutating func save(_ compute: StoredCompute) throws {
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO compute (workspace, key, name, body, resource, share,
          resource_shown, operation, is_in_effect, is_broken) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      workspace, compute.key, compute.name, compute.body.canonicalJSON, compute.resource?.key,
      compute.resource?.share, compute.resource?.shown, compute.operation, compute.isInEffect,
      compute.isBroken,
    ])
  }

  mutating func remove(_ key: String) throws {
    try database.cachedStatement(sql: "DELETE FROM compute WHERE workspace = ? AND key = ?")
      .execute(arguments: [workspace, key])
  }

  private static func compute(_ row: Row) throws -> StoredCompute {
    let key = try row.decode(String?.self, atIndex: 2)
    let share = try row.decode(String?.self, atIndex: 3)
    let shown = try row.decode(String?.self, atIndex: 4)
    return StoredCompute(
      name: try row.decode(String.self, atIndex: 0),
      body: try body(try row.decode(String.self, atIndex: 1)),
      resource: key.map { ResourceIdentity(key: $0, share: share, shown: shown ?? $0) },
      operation: try row.decode(String?.self, atIndex: 5),
      isInEffect: try row.decode(Bool.self, atIndex: 6),
      isBroken: try row.decode(Bool.self, atIndex: 7))
  }

  private static func body(_ text: String) throws -> AttributeValue {
    try reading { () throws(JSONFailure) in try AttributeValue(json: text) }
  }

  private static func reading<Value>(_ read: () throws(JSONFailure) -> Value) throws -> Value {
    do {
      return try read()
    } catch {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a stored body: \(error)")
    }
  }

  // MARK: Operations

  private static let operationColumns = """
    SELECT id, name, effect, began_at, ends_at, is_done, change, failure_code, failure_message
    FROM operation
    """

  func operation(_ id: String) throws -> StoredOperation? {
    try Row.fetchOne(
      database.cachedStatement(sql: Self.operationColumns + " WHERE workspace = ? AND id = ?"),
      arguments: [workspace, id]
    ).map(Self.operation)
  }

  func operationsDue(at time: Int64) throws -> [StoredOperation] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: Self.operationColumns
          + " WHERE workspace = ? AND is_done = 0 AND ends_at <= ? ORDER BY ends_at, id"),
      arguments: [workspace, time]
    ).map(Self.operation)
  }

  /// True if some operation has to be ended before anything is answered.
  func hasOperationsDue(at time: Int64) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT EXISTS (
            SELECT 1 FROM operation WHERE workspace = ? AND is_done = 0 AND ends_at <= ?)
          """), arguments: [workspace, time]) ?? false
  }

  /// The operations that have not ended, whenever they do.
  func operationsInProgress() throws -> [StoredOperation] { try operationsDue(at: .max) }

  mutating func save(_ operation: StoredOperation) throws {
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO operation (workspace, id, name, effect, began_at, ends_at, is_done,
          change, failure_code, failure_message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      workspace, operation.id, operation.name, operation.effect.rawValue, operation.beganAt,
      operation.endsAt, operation.isDone, operation.change?.canonicalJSON, operation.failure?.code,
      operation.failure?.message,
    ])
  }

  private static func operation(_ row: Row) throws -> StoredOperation {
    let word = try row.decode(String.self, atIndex: 2)
    guard let effect = StoredOperation.Effect(rawValue: word) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a stored operation")
    }
    let code = try row.decode(String?.self, atIndex: 7)
    let message = try row.decode(String?.self, atIndex: 8)
    return StoredOperation(
      id: try row.decode(String.self, atIndex: 0), name: try row.decode(String.self, atIndex: 1),
      effect: effect, beganAt: try row.decode(Int64.self, atIndex: 3),
      endsAt: try row.decode(Int64.self, atIndex: 4), isDone: try row.decode(Bool.self, atIndex: 5),
      change: try row.decode(String?.self, atIndex: 6).map(body),
      failure: code.map { StoredOperation.Failure(code: $0, message: message ?? "") })
  }

  // MARK: The rest

  mutating func nextNumber() throws -> Int64 {
    try Int64.fetchOne(
      database.cachedStatement(
        sql: """
          INSERT INTO number (workspace, last) VALUES (?, 1)
          ON CONFLICT (workspace) DO UPDATE SET last = last + 1 RETURNING last
          """), arguments: [workspace]) ?? 0
  }

  func orphan(_ key: String) throws -> AttributeValue? {
    try String.fetchOne(
      database.cachedStatement(sql: "SELECT body FROM orphan WHERE workspace = ? AND key = ?"),
      arguments: [workspace, key]
    ).map(Self.body)
  }

  mutating func saveOrphan(_ key: String, _ body: AttributeValue?) throws {
    if let body {
      try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO orphan (workspace, key, body) VALUES (?, ?, ?)"
      ).execute(arguments: [workspace, key, body.canonicalJSON])
    } else {
      try database.cachedStatement(sql: "DELETE FROM orphan WHERE workspace = ? AND key = ?")
        .execute(arguments: [workspace, key])
    }
  }

  mutating func append(_ entry: HistoryEntry) throws {
    try database.cachedStatement(
      sql: "INSERT INTO history (workspace, time, event, name, resource) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [workspace, entry.time, entry.event, entry.name, entry.resource])
  }

  func history() throws -> [HistoryEntry] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT time, event, name, resource FROM history WHERE workspace = ? ORDER BY id"),
      arguments: [workspace]
    ).map { row in
      HistoryEntry(
        time: try row.decode(Int64.self, atIndex: 0),
        event: try row.decode(String.self, atIndex: 1),
        name: try row.decode(String.self, atIndex: 2),
        resource: try row.decode(String?.self, atIndex: 3))
    }
  }
}

extension MemoryStore {
  /// A copy of what a database holds, for what must be brought about and can't be written.
  init(copying store: SQLiteStore) throws {
    self.init()
    for compute in try store.computes() {
      save(compute)
      if let orphan = try store.orphan(compute.key) { saveOrphan(compute.key, orphan) }
    }
    for operation in try store.operationsInProgress() { save(operation) }
  }
}
