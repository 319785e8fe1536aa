internal import GRDB
internal import SimulatorBackend
internal import TargetModel

/// The rows of one simulated workspace in an SQLite database, within one transaction.
struct SQLiteStore: WorldStore {
  let database: Database
  /// The workspace's resource id in lower case: several may share a file.
  let workspace: String

  /// The tables, as `user_version` 1 has them.
  static let schema = """
    CREATE TABLE compute (
      workspace TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
      resource TEXT, share TEXT, resource_shown TEXT, operation TEXT,
      is_broken INTEGER NOT NULL, PRIMARY KEY (workspace, key)) WITHOUT ROWID;
    CREATE INDEX compute_by_resource ON compute (workspace, resource) WHERE resource IS NOT NULL;
    CREATE TABLE operation (
      workspace TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, effect TEXT NOT NULL,
      ends_at INTEGER NOT NULL, is_done INTEGER NOT NULL,
      PRIMARY KEY (workspace, id)) WITHOUT ROWID;
    CREATE INDEX operation_due ON operation (workspace, ends_at) WHERE is_done = 0;
    CREATE TABLE orphan (
      workspace TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (workspace, key)) WITHOUT ROWID;
    CREATE TABLE number (workspace TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE history (
      id INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, time INTEGER NOT NULL,
      event TEXT NOT NULL, name TEXT NOT NULL, resource TEXT);
    """

  // MARK: Targets

  func compute(_ key: String) throws -> StoredCompute? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT * FROM compute WHERE workspace = ? AND key = ?"),
      arguments: [workspace, key]
    ).map(Self.compute)
  }

  func computes() throws -> [StoredCompute] {
    try Row.fetchAll(
      database.cachedStatement(sql: "SELECT * FROM compute WHERE workspace = ? ORDER BY key"),
      arguments: [workspace]
    ).map(Self.compute)
  }

  func holders(ofResource key: String) throws -> [StoredCompute] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT * FROM compute WHERE workspace = ? AND resource = ? ORDER BY key"),
      arguments: [workspace, key]
    ).map(Self.compute)
  }

  mutating func save(_ compute: StoredCompute) throws {
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO compute (workspace, key, name, body, resource, share,
          resource_shown, operation, is_broken) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      workspace, compute.key, compute.name, compute.body.canonicalJSON, compute.resource?.key,
      compute.resource?.share, compute.resource?.shown, compute.operation, compute.isBroken,
    ])
  }

  mutating func remove(_ key: String) throws {
    try database.cachedStatement(sql: "DELETE FROM compute WHERE workspace = ? AND key = ?")
      .execute(arguments: [workspace, key])
  }

  private static func compute(_ row: Row) throws -> StoredCompute {
    let key: String? = row["resource"]
    return StoredCompute(
      name: row["name"], body: try body(row["body"]),
      resource: key.map {
        ResourceIdentity(key: $0, share: row["share"], shown: row["resource_shown"] ?? $0)
      },
      operation: row["operation"], isBroken: row["is_broken"])
  }

  private static func body(_ text: String) throws -> AttributeValue {
    do {
      return try AttributeValue(json: text)
    } catch {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a target's row: \(error)")
    }
  }

  // MARK: Operations

  func operation(_ id: String) throws -> StoredOperation? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT * FROM operation WHERE workspace = ? AND id = ?"),
      arguments: [workspace, id]
    ).flatMap(Self.operation)
  }

  func operationsDue(at time: Int64) throws -> [StoredOperation] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT * FROM operation WHERE workspace = ? AND is_done = 0 AND ends_at <= ?
          ORDER BY ends_at, id
          """), arguments: [workspace, time]
    ).compactMap(Self.operation)
  }

  mutating func save(_ operation: StoredOperation) throws {
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO operation (workspace, id, name, effect, ends_at, is_done)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      workspace, operation.id, operation.name, operation.effect.rawValue, operation.endsAt,
      operation.isDone,
    ])
  }

  private static func operation(_ row: Row) -> StoredOperation? {
    StoredOperation.Effect(rawValue: row["effect"]).map {
      StoredOperation(
        id: row["id"], name: row["name"], effect: $0, endsAt: row["ends_at"],
        isDone: row["is_done"])
    }
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
      database.cachedStatement(sql: "SELECT * FROM history WHERE workspace = ? ORDER BY id"),
      arguments: [workspace]
    ).map {
      HistoryEntry(
        time: $0["time"], event: $0["event"], name: $0["name"], resource: $0["resource"])
    }
  }
}
