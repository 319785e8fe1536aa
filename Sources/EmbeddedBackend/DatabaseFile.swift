internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Opening the file, and telling what is wrong with it.
enum DatabaseFile {
  /// "bert" in ASCII: tells our files from those of others.
  static let applicationID = 0x6265_7274
  /// 2 keeps leases too, 3 the commits that were applied.
  static let version = 3

  /// The open database; nil for an absent or still empty file that is not to be made.
  static func open(
    _ path: String, _ access: EmbeddedWorkspace.Access
  ) throws(WorkspaceStoreFailure) -> DatabaseQueue? {
    switch (try FileEntry(at: path), access) {
    case (.absent, .readIfPresent), (.empty, .readIfPresent): return nil
    case (.absent, .readAndWrite):
      try FileEntry.make(path)
      return try openToWrite(path)
    case (.empty, .readAndWrite), (.file, .readAndWrite):
      try FileEntry.checkWritable(path)
      return try openToWrite(path)
    case (.file, .readIfPresent): return try openToRead(path)
    }
  }

  private static func openToWrite(_ path: String) throws(WorkspaceStoreFailure) -> DatabaseQueue {
    try explaining(path) { () throws -> DatabaseQueue in
      let database = try DatabaseQueue(path: path, configuration: configuration(readonly: false))
      try database.inDatabase { connection in
        guard try isUninitialised(connection, path) else { return try bringUpToDate(connection) }
        let lock = FolderLock(holding: path)
        defer { lock.release() }
        // Another process may have been faster.
        if try isUninitialised(connection, path) { try initialise(connection) }
      }
      return database
    }
  }

  private static func openToRead(_ path: String) throws(WorkspaceStoreFailure) -> DatabaseQueue? {
    try explaining(path) { () throws -> DatabaseQueue? in
      let database = try readOnly(path)
      // One without tables was made a moment ago by a process that has not filled it yet.
      return try database.inDatabase { try isUninitialised($0, path) } ? nil : database
    }
  }

  /// On a medium where nothing can be written, not even the index of a write-ahead log, the file
  /// is read as one that nobody changes.
  private static func readOnly(_ path: String) throws -> DatabaseQueue {
    do {
      let database = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
      _ = try database.inDatabase {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master")
      }
      return database
    } catch let error as DatabaseError
      where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
    {
      guard !FileEntry.hasContent(path + "-wal") else { throw error }
      let escaped = path.utf8.map { byte in
        let isPlain = Set("/-._~".utf8).contains(byte) || isalnum(Int32(byte)) != 0
        return isPlain ? String(Unicode.Scalar(byte)) : "%" + hexadecimal(byte)
      }
      return try DatabaseQueue(
        path: "file:\(escaped.joined())?immutable=1", configuration: configuration(readonly: true))
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  private static func configuration(readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      // Who only reads goes through all rows once: what was read is not asked for again.
      if readonly { try database.execute(sql: "PRAGMA cache_size = -128") }
    }
    return configuration
  }

  // MARK: What is in it

  /// True for a database with nothing in it; refuses what is not ours.
  private static func isUninitialised(_ database: Database, _ path: String) throws -> Bool {
    // In this order: another process may be making both, at once, and then has its id if it has tables.
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    guard id == applicationID else {
      guard id == 0, tables == 0 else {
        throw WorkspaceStoreFailure(
          problem: .foreign, path: path, reason: "is a database of another program")
      }
      return true
    }
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw WorkspaceStoreFailure(
        problem: .tooRecent, path: path,
        reason:
          "was written by a later version of Berth (format \(found), this one reads \(version))")
    }
    return false
  }

  private static func initialise(_ database: Database) throws {
    // Most bodies fit into a page of this size, and into none of the usual one: each would take
    // a page of its own besides.
    try database.execute(sql: "PRAGMA page_size = 8192")
    try database.execute(sql: "PRAGMA journal_mode = WAL")
    try database.inTransaction(.immediate) {
      try database.execute(sql: SQLiteStore.schema)
      try database.execute(sql: LeaseRows.schema)
      try database.execute(sql: CommitRows.schema)
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: "PRAGMA user_version = \(version)")
      return .commit
    }
  }

  /// Adds what later versions keep to a file of an earlier one.
  private static func bringUpToDate(_ database: Database) throws {
    guard try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0 < version else { return }
    try database.inTransaction(.immediate) {
      // Another process may have been faster.
      for (table, schema) in [
        ("lease", LeaseRows.schema), ("applied_commit", CommitRows.schema),
      ] where try !database.tableExists(table) {
        try database.execute(sql: schema)
      }
      try database.execute(sql: "PRAGMA user_version = \(version)")
      return .commit
    }
  }

  // MARK: What went wrong

  private static func explaining<Value>(
    _ path: String, _ body: () throws -> Value
  ) throws(WorkspaceStoreFailure) -> Value {
    do {
      return try body()
    } catch let failure as WorkspaceStoreFailure {
      throw failure
    } catch let error as DatabaseError {
      let (problem, reason) = explanation(error)
      throw WorkspaceStoreFailure(problem: problem, path: path, reason: reason)
    } catch {
      throw WorkspaceStoreFailure(problem: .unreachable, path: path, reason: "can't be opened")
    }
  }

  /// What an SQLite error means, and the end of a sentence about it.
  static func explanation(
    _ error: DatabaseError
  ) -> (problem: WorkspaceStoreFailure.Problem, reason: String) {
    switch error.resultCode {
    case .SQLITE_NOTADB: (.corrupt, "is no database")
    case .SQLITE_CORRUPT, .SQLITE_FORMAT: (.corrupt, "is damaged")
    case .SQLITE_FULL: (.unwritable, "can't be written: the disk is full")
    case .SQLITE_READONLY: (.unwritable, "can't be written: it is read-only")
    case .SQLITE_CANTOPEN: (.unreachable, "can't be opened")
    case .SQLITE_PERM, .SQLITE_AUTH: (.unreachable, "can't be opened: access is denied")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      (.unreachable, "has been in use by another process for too long")
    case .SQLITE_IOERR: (.unreachable, "can't be read or written: the disk failed")
    default: (.unreachable, "failed: \(error.message ?? "error \(error.resultCode.rawValue)")")
    }
  }
}
