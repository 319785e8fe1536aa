internal import FoundationEssentials
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why the embedded workspace's file can't be used.
public struct WorkspaceStoreFailure: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Problem: Hashable, Sendable {
    /// It is no SQLite file, or is damaged.
    case corrupt
    /// It is another program's database.
    case foreign
    /// A later version of Berth wrote it.
    case tooRecent
    /// It can't be opened or written.
    case unreachable
  }

  /// What is wrong.
  public let problem: Problem
  /// The file.
  public let path: String
  /// The end of the sentence "The embedded workspace (PATH) ...".
  public let reason: String
}

/// Opening the file, and telling what is wrong with it.
enum DatabaseFile {
  /// "bert" in ASCII: tells our files from those of others.
  private static let applicationID = 0x6265_7274
  private static let version = 1

  /// The open database; nil for an absent file that is not to be made.
  static func open(
    _ path: String, _ access: EmbeddedWorkspace.Access
  ) throws(WorkspaceStoreFailure) -> DatabaseQueue? {
    let isThere = exists(path)
    if access == .readIfPresent, !isThere { return nil }
    if access == .readAndWrite, !isThere { try prepareFolder(of: path) }
    do {
      let database = try DatabaseQueue(path: path, configuration: configuration(access))
      try database.inDatabase { try check($0, path, mayCreate: access == .readAndWrite) }
      if access == .readAndWrite {
        chmod(path, 0o600)
      }
      return database
    } catch let failure as WorkspaceStoreFailure {
      throw failure
    } catch let error as DatabaseError {
      throw WorkspaceStoreFailure(problem: problem(error), path: path, reason: reason(error))
    } catch {
      throw WorkspaceStoreFailure(problem: .unreachable, path: path, reason: "can't be opened")
    }
  }

  private static func exists(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0
  }

  private static func prepareFolder(of path: String) throws(WorkspaceStoreFailure) {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    guard !folder.isEmpty, mkdir(folder, 0o700) != 0, errno != EEXIST else { return }
    throw WorkspaceStoreFailure(
      problem: .unreachable, path: path,
      reason: "can't be made: \(String(cString: strerror(errno)))")
  }

  private static func configuration(_ access: EmbeddedWorkspace.Access) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    // Also a reader settles what is due; only a read-only medium makes it read-only.
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// Makes the tables in an empty file; refuses what is not ours.
  private static func check(_ database: Database, _ path: String, mayCreate: Bool) throws {
    let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if id == applicationID {
      let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      guard found <= version else {
        throw WorkspaceStoreFailure(
          problem: .tooRecent, path: path,
          reason: "was written by a later version of Berth (format \(found), this one has \(version))")
      }
      return
    }
    guard id == 0, tables == 0 else {
      throw WorkspaceStoreFailure(
        problem: .foreign, path: path, reason: "is a database of another program")
    }
    try database.execute(sql: "PRAGMA journal_mode = WAL")
    try database.inTransaction(.immediate) {
      // Another process may have been faster.
      if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 {
        try database.execute(sql: SQLiteStore.schema)
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
      }
      return .commit
    }
  }

  private static func problem(_ error: DatabaseError) -> WorkspaceStoreFailure.Problem {
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT: .corrupt
    default: .unreachable
    }
  }

  /// What went wrong, as the end of a sentence.
  static func reason(_ error: DatabaseError) -> String {
    switch error.resultCode {
    case .SQLITE_NOTADB: "is no database"
    case .SQLITE_CORRUPT, .SQLITE_FORMAT: "is damaged"
    case .SQLITE_FULL: "can't be written: the disk is full"
    case .SQLITE_READONLY: "can't be written: it is read-only"
    case .SQLITE_CANTOPEN: "can't be opened"
    case .SQLITE_PERM, .SQLITE_AUTH: "can't be opened: access is denied"
    case .SQLITE_BUSY, .SQLITE_LOCKED: "is in use by another process for too long"
    case .SQLITE_IOERR: "can't be read or written: the disk failed"
    default: "failed: \(error.message ?? "error \(error.resultCode.rawValue)")"
    }
  }
}
