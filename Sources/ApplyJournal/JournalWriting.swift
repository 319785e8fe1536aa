/// Where an apply writes its journal.
public protocol JournalWriting: Sendable {
  /// Adds an entry. Other processes can read it when this returns, and it outlives the machine's power
  /// if its record asks for that (`JournalRecord.isSynced`). Once it failed, it fails for ever,
  /// because a failed sync is never retried into success (reliability.md F23).
  func append(_ entry: JournalEntry) throws(JournalWriteFailure)
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
