public import ApplyJournal
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A run's journal on disk: appended to record by record, and synced before somebody relies on it.
public final class JournalFile: JournalWriting {
  private struct State {
    var number = 0
    var failure: JournalWriteFailure?
  }

  private let file: Int32
  private let bringToDisk: @Sendable (Int32) -> Int32
  private let state = Mutex(State())

  /// How many journals are kept beside each other.
  public static let keptCount = 20

  /// Begins the journal of a run in a folder, which is made if it is not there; journals of long
  /// ago are removed.
  ///
  /// - Parameter name: the file's name; names sort by age.
  public convenience init(_ name: String, in folder: String) throws(FileFailure) {
    try self.init(name, in: folder) { fsync($0) == 0 ? 0 : errno }
  }

  /// - Parameter sync: brings what was written to the disk; 0, or the number of the error.
  init(
    _ name: String, in folder: String, sync: @escaping @Sendable (Int32) -> Int32
  ) throws(FileFailure) {
    bringToDisk = sync
    try AtomicFile.makeFolder(folder, permissions: 0o700)
    Self.prune(folder)
    let path = folder + "/" + name
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(errno) }
    AtomicFile.syncFolder(of: path)
  }

  deinit { close(file) }

  /// Adds an entry.
  public func append(_ entry: JournalEntry) throws(JournalWriteFailure) {
    try work { state in
      let line = JournalCodec.line(entry, number: state.number)
      state.number += 1
      return writeAll(Array(line.utf8), to: file)
    }
  }

  /// Brings all entries to the disk.
  public func sync() throws(JournalWriteFailure) {
    try work { _ in bringToDisk(file) }
  }

  /// After the first failure every further call fails: a failed sync is never retried into success.
  ///
  /// - Parameter body: tells 0, or the number of the error.
  private func work(_ body: (inout State) -> Int32) throws(JournalWriteFailure) {
    let failure = state.withLock { state -> JournalWriteFailure? in
      if let failure = state.failure { return failure }
      let number = body(&state)
      if number != 0 { state.failure = JournalWriteFailure(FileFailure.system(number).reason) }
      return state.failure
    }
    if let failure { throw failure }
  }

  /// Reads a journal of a folder: what is whole of it.
  public static func read(
    _ name: String, in folder: String
  ) throws(JournalReadFailure) -> JournalReading {
    let bytes: [UInt8]
    do {
      bytes = try SafeFile.read(name, below: folder, limit: sizeLimit).bytes
    } catch {
      throw .file(error)
    }
    do {
      return try JournalCodec.read(bytes)
    } catch {
      throw .journal(error)
    }
  }

  private static let sizeLimit = 256 << 20
  private static let suffix = ".jsonl"
  /// What the name of a run's plan, kept beside its journal, ends in.
  public static let planSuffix = ".plan.json"

  /// The names of a folder's journals, oldest first as far as names tell: by the second in which a
  /// run began.
  public static func names(in folder: String) -> [String] {
    let entries = (try? FolderEntry.all(below: folder)) ?? []
    return entries.map(\.name).filter { $0.hasSuffix(suffix) }.sorted()
  }

  private static func prune(_ folder: String) {
    for name in names(in: folder).dropLast(keptCount - 1) {
      unlink(folder + "/" + name)
      unlink(folder + "/" + name.dropLast(suffix.count) + planSuffix)
    }
  }
}

/// Why a journal on disk can't be read.
public enum JournalReadFailure: Error, Hashable, Sendable {
  case file(FileFailure)
  /// It is of another version.
  case journal(JournalFailure)
}
