/// When a service's word that a target is gone counts, where its name is to be used again
/// (reliability.md section 2).
///
/// Services are known to bring back what was deleted under a name shortly before, in its former
/// size (api.md section 8).
public struct ConsistencyTimes: Hashable, Sendable {
  /// How long after a removal its absence does not count yet.
  public var window: Duration
  /// The least time between the two reads that must agree.
  public var spacing: Duration

  /// Times; those of the real service unless said otherwise.
  public init(window: Duration = .seconds(60), spacing: Duration = .seconds(10)) {
    self.window = window
    self.spacing = spacing
  }
}
