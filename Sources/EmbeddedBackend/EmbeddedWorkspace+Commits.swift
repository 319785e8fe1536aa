public import BackendInterface
internal import GRDB

/// What each stack was last applied from, kept in the workspace's own file.
extension EmbeddedWorkspace: AppliedCommits {
  /// The commit that a stack was last applied from; nil if none is known.
  public func lastApplied(_ stack: String) async throws(BackendFailure) -> AppliedCommit? {
    try await readRows { connection, workspace in
      try CommitRows(database: connection, workspace: workspace).last(of: stack)
    } ?? nil
  }

  /// Remembers the commit that a stack is about to be applied from.
  public func note(
    _ commit: AppliedCommit, of stack: String
  ) async throws(BackendFailure) {
    try await writeRows { connection, workspace in
      try CommitRows(database: connection, workspace: workspace).put(commit, of: stack)
    }
  }
}

/// The rows of one workspace, within one transaction.
struct CommitRows {
  let database: Database
  let workspace: String

  static let schema = """
    CREATE TABLE applied_commit (
      workspace TEXT NOT NULL, stack TEXT NOT NULL, id TEXT NOT NULL, committed_at INTEGER NOT NULL,
      who TEXT NOT NULL, applied_at INTEGER NOT NULL,
      PRIMARY KEY (workspace, stack)) WITHOUT ROWID;
    """

  func last(of stack: String) throws -> AppliedCommit? {
    // A database of an earlier version that was only ever read since has none.
    guard try database.tableExists("applied_commit") else { return nil }
    return try Row.fetchOne(
      database,
      sql: """
        SELECT id, committed_at, who, applied_at FROM applied_commit
        WHERE workspace = ? AND stack = ?
        """, arguments: [workspace, stack]
    ).map { row in
      AppliedCommit(
        id: try row.decode(String.self, atIndex: 0),
        committedAt: try row.decode(Int64.self, atIndex: 1),
        who: try row.decode(String.self, atIndex: 2),
        appliedAt: try row.decode(Int64.self, atIndex: 3))
    }
  }

  func put(_ commit: AppliedCommit, of stack: String) throws {
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO applied_commit (workspace, stack, id, committed_at, who, applied_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        workspace, stack, commit.id, commit.committedAt, commit.who, commit.appliedAt,
      ])
  }
}
