/// Where an apply writes its journal.
public protocol JournalWriting: Sendable {
  /// Adds an entry. Other processes can read it when this returns.
  func append(_ entry: JournalEntry) throws(JournalWriteFailure)
  /// Lets all that was added outlive the machine's power. It is called after records that ask for
  /// that (`JournalRecord.isSynced`), and before anything is done that relies on them.
  ///
  /// Once this or `append` failed, both fail for ever, because a failed sync is never retried into
  /// success (reliability.md F23).
  func sync() throws(JournalWriteFailure)
}

/// The journal can't be written, so nothing may be started any more.
public struct JournalWriteFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Why, as the end of a sentence that begins with "The journal", without a full stop.
  public let reason: String

  /// Makes a journal write failure of its parts.
  public init(_ reason: String) { self.reason = reason }

  /// The text that people read.
  public var description: String { reason }
}
