/// How much of what a stack manages one plan may take away.
///
/// A removal is a target deleted, detached for good, or replaced. A re-attachment keeps the
/// resource and counts apart. Whatever the limits say, a plan never removes all of a stack that is
/// not small.
public struct BlastRadius: Hashable, Sendable {
  /// The limits of a whole stack.
  public var limits: Limits
  /// Limits of single kinds, which count beside those of the stack.
  public var byKind: [KindName: Limits]
  /// Percentages count only where more targets than this are managed: of three targets one is a
  /// third, and no catastrophe.
  public var above: Int

  /// The defaults: of more than ten managed targets at most 30 % may be removed.
  public init(
    limits: Limits = Limits(removals: Limit(percent: 30)), byKind: [KindName: Limits] = [:],
    above: Int = 10
  ) {
    self.limits = limits
    self.byKind = byKind
    self.above = above
  }

  /// What may happen to the targets of a stack or of a kind.
  public struct Limits: Hashable, Sendable {
    /// Deleted, detached for good, or replaced.
    public var removals: Limit
    /// Detached and attached again, under their own name or another; without a limit unless one is
    /// set.
    public var reattachments: Limit

    /// Makes limits of their parts.
    public init(removals: Limit = Limit(), reattachments: Limit = Limit()) {
      self.removals = removals
      self.reattachments = reattachments
    }
  }

  /// A limit; without both parts, none.
  public struct Limit: Hashable, Sendable {
    /// Of a hundred managed targets.
    public var percent: Int?
    /// However many targets are managed.
    public var count: Int?

    /// Makes a limit of its parts.
    public init(percent: Int? = nil, count: Int? = nil) {
      self.percent = percent
      self.count = count
    }
  }
}
