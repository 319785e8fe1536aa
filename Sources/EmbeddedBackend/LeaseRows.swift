internal import BackendInterface
internal import GRDB

/// The leases of a database, within one transaction.
///
/// A workspace's row stays when its lease is over, and its token with it.
struct LeaseRows {
  let database: Database

  static let schema = """
    CREATE TABLE lease (
      workspace TEXT PRIMARY KEY, token INTEGER NOT NULL, id TEXT, path TEXT, operation TEXT,
      who TEXT, version TEXT, info TEXT, created_at INTEGER, expires_at INTEGER,
      renewals INTEGER NOT NULL) WITHOUT ROWID;
    """

  private static let columns = """
    SELECT token, id, path, operation, who, version, info, created_at, expires_at, renewals
    FROM lease
    """

  /// The lease that stands on a workspace; nil if none does.
  func record(of workspace: String) throws -> LeaseRecord? {
    try Row.fetchOne(
      database.cachedStatement(sql: Self.columns + " WHERE workspace = ? AND id IS NOT NULL"),
      arguments: [workspace]
    ).map(Self.record)
  }

  /// All that stand.
  func records() throws -> [LeaseRecord] {
    // A database of an earlier version that was only ever read since has none.
    guard try database.tableExists("lease") else { return [] }
    return try Row.fetchAll(
      database, sql: Self.columns + " WHERE id IS NOT NULL ORDER BY workspace"
    ).map(Self.record)
  }

  /// Lets a lease stand on a workspace in place of any other, with the next token.
  func put(
    _ id: String, on workspace: String, for holder: LeaseHolder, expiresAt: Int64
  ) throws -> Lease {
    let token = try Int64.fetchOne(
      database,
      sql: """
        INSERT INTO lease (workspace, token, id, path, operation, who, version, info, created_at,
          expires_at, renewals) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 0)
        ON CONFLICT (workspace) DO UPDATE SET token = token + 1, id = excluded.id,
          path = excluded.path, operation = excluded.operation, who = excluded.who,
          version = excluded.version, info = excluded.info, created_at = excluded.created_at,
          expires_at = excluded.expires_at, renewals = 0
        RETURNING token
        """,
      arguments: [
        workspace, id, holder.path, holder.operation, holder.who, holder.version, holder.info,
        holder.createdAt, expiresAt,
      ])
    return Lease(id: id, token: token ?? 0)
  }

  /// True if a lease still stands.
  func stands(_ lease: Lease, on workspace: String) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM lease WHERE workspace = ? AND id = ? AND token = ?)"),
      arguments: [workspace, lease.id, lease.token]) ?? false
  }

  /// False if the lease is over.
  func renew(_ lease: Lease, on workspace: String, expiresAt: Int64) throws -> Bool {
    try database.execute(
      sql: """
        UPDATE lease SET expires_at = ?, renewals = renewals + 1
        WHERE workspace = ? AND id = ? AND token = ?
        """, arguments: [expiresAt, workspace, lease.id, lease.token])
    return database.changesCount > 0
  }

  /// Ends a lease; false if there is none of this id.
  func end(_ id: String) throws -> Bool {
    try database.execute(sql: "UPDATE lease SET id = NULL WHERE id = ?", arguments: [id])
    return database.changesCount > 0
  }

  private static func record(_ row: Row) throws -> LeaseRecord {
    LeaseRecord(
      lease: Lease(
        id: try row.decode(String.self, atIndex: 1), token: try row.decode(Int64.self, atIndex: 0)),
      holder: LeaseHolder(
        path: try row.decode(String.self, atIndex: 2),
        operation: try row.decode(String.self, atIndex: 3),
        who: try row.decode(String.self, atIndex: 4),
        version: try row.decode(String.self, atIndex: 5),
        createdAt: try row.decode(Int64.self, atIndex: 7),
        info: try row.decode(String?.self, atIndex: 6)),
      renewals: try row.decode(Int64.self, atIndex: 9),
      expiresAt: try row.decode(Int64.self, atIndex: 8))
  }
}
