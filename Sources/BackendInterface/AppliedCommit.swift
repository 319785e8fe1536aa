/// The commit of the manifests that a stack was last applied from.
public struct AppliedCommit: Hashable, Sendable {
  /// The commit's id, in hexadecimal digits.
  public var id: String
  /// When it was committed, in seconds since 1970, as Git keeps it.
  public var committedAt: Int64
  /// Who applied it: `user@host`.
  public var who: String
  /// When it was applied, in milliseconds since 1970; printed, never compared.
  public var appliedAt: Int64

  /// A commit that is applied.
  public init(id: String, committedAt: Int64, who: String, appliedAt: Int64) {
    self.id = id
    self.committedAt = committedAt
    self.who = who
    self.appliedAt = appliedAt
  }
}

/// Where it is remembered what each stack was last applied from, beside the leases on the workspace:
/// whoever applies next can tell whether that was something newer (reliability.md T21).
public protocol AppliedCommits: Sendable {
  /// The commit that a stack was last applied from; nil if none is known.
  func lastApplied(_ stack: String) async throws(BackendFailure) -> AppliedCommit?

  /// Remembers the commit that a stack is about to be applied from, in place of the one before.
  ///
  /// Refused like any other write once the lease is over.
  func note(_ commit: AppliedCommit, of stack: String) async throws(BackendFailure)
}
