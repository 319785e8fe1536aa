/// How much the service's limits slowed a run down.
public struct Throttling: Hashable, Sendable {
  /// For how long at least one call was held back; several at once count once.
  public fileprivate(set) var waited: Duration = .zero
  /// How often the service said that it was asked too often.
  public fileprivate(set) var refusals = 0

  /// Not at all.
  public init() {}

  /// True if it did not.
  public var isNothing: Bool { waited == .zero && refusals == 0 }
}

/// Adds up spans of waiting that overlap.
struct WaitingTime: Sendable {
  private(set) var total = Throttling()
  private var countedUntil: Duration = .zero

  /// A call waits from now on for so long.
  mutating func add(_ wait: Duration, at now: Duration) {
    let end = now + wait
    guard wait > .zero, end > countedUntil else { return }
    total.waited += end - max(now, countedUntil)
    countedUntil = end
  }

  /// The service refused a call for coming too often.
  mutating func addRefusal() { total.refusals += 1 }
}
