public import Diagnostics

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
    /// It is a folder, a link or a device.
    case notAFile
    /// It can't be made or written.
    case unwritable
    /// It can't be opened or read.
    case unreachable
  }

  /// What is wrong.
  public let problem: Problem
  /// The file.
  public let path: String
  /// The end of the sentence "The embedded workspace (PATH) ...".
  public let reason: String

  /// What a person reads of it who named the file in `berth.yaml`.
  public var diagnostic: Diagnostic { diagnostic(named: "as 'store' in berth.yaml") }

  /// What a person reads of it.
  ///
  /// - Parameter place: how another file is named: "as 'store' in berth.yaml".
  public func diagnostic(named place: String) -> Diagnostic {
    Diagnostic(
      .error, problem.rule, problem.summary,
      detail: "The embedded workspace ('\(path)') \(reason). \(problem.remedy(place))")
  }
}

extension Rule {
  /// The embedded workspace's file is a sound database.
  public static let workspaceStoreCorrupt = Rule("workspace-store-corrupt")
  /// The embedded workspace's file is Berth's own.
  public static let workspaceStoreForeign = Rule("workspace-store-foreign")
  /// The embedded workspace's file was not written by a later version.
  public static let workspaceStoreNewer = Rule("workspace-store-newer")
  /// The embedded workspace's path is a regular file.
  public static let workspaceStoreNotAFile = Rule("workspace-store-not-a-file")
  /// The embedded workspace's file can be made and written.
  public static let workspaceStoreUnwritable = Rule("workspace-store-unwritable")
  /// The embedded workspace's file can be opened and read.
  public static let workspaceStoreUnreachable = Rule("workspace-store-unreachable")
}

extension WorkspaceStoreFailure.Problem {
  fileprivate var rule: Rule {
    switch self {
    case .corrupt: .workspaceStoreCorrupt
    case .foreign: .workspaceStoreForeign
    case .tooRecent: .workspaceStoreNewer
    case .notAFile: .workspaceStoreNotAFile
    case .unwritable: .workspaceStoreUnwritable
    case .unreachable: .workspaceStoreUnreachable
    }
  }

  fileprivate var summary: String {
    switch self {
    case .corrupt: "Embedded workspace is damaged"
    case .foreign: "Database of another program"
    case .tooRecent: "Embedded workspace is of a later version"
    case .notAFile: "Embedded workspace is not a file"
    case .unwritable: "Embedded workspace can't be written"
    case .unreachable: "Embedded workspace can't be opened"
    }
  }

  fileprivate func remedy(_ place: String) -> String {
    switch self {
    case .corrupt:
      "Nothing was changed. Restore the file from a copy, or move it away: the simulated workspace "
        + "then starts empty, and 'berth apply' makes its targets again."
    case .foreign:
      "Nothing was changed. Name another file \(place)."
    case .tooRecent:
      "Nothing was changed. Use that version of Berth, or name another file \(place)."
    case .notAFile:
      "Name a regular file \(place)."
    case .unwritable:
      "Make the file and its folder writable, or name another file \(place)."
    case .unreachable:
      "Check the path, its permissions and whether another program holds it, then try again."
    }
  }
}
