public import Planning
public import TargetModel

/// How long steps took before, by what they did and to which kind of target.
///
/// For people who wait; nothing is decided by it.
public struct UsualDurations: Hashable, Sendable {
  private struct Work: Hashable, Sendable {
    let act: Act
    let kind: KindName
  }

  /// The latest ones, the last at the end.
  private var durations: [Work: [Duration]] = [:]
  private static let keptCount = 9

  /// Nothing is known.
  public init() {}

  /// The median of the latest; nil where there are none.
  public subscript(act: Act, kind: KindName) -> Duration? {
    guard let known = durations[Work(act: act, kind: kind)]?.sorted() else { return nil }
    return known[known.count / 2]
  }

  /// A step took this long.
  public mutating func add(_ act: Act, _ kind: KindName, took duration: Duration) {
    let work = Work(act: act, kind: kind)
    durations[work] = (durations[work] ?? []).suffix(Self.keptCount - 1) + [duration]
  }

  /// Takes the steps that a journal tells to be done.
  public mutating func read(_ entries: [JournalEntry]) {
    var begun: [StepID: (intent: Intent, at: Int)] = [:]
    for entry in entries {
      switch entry.record {
      case .intended(let intent):
        // A request that is sent again is the same work.
        if begun[intent.step] == nil { begun[intent.step] = (intent, entry.milliseconds) }
      case .finished(let step, .done):
        guard let (intent, start) = begun[step], entry.milliseconds >= start else { continue }
        add(
          intent.act, intent.address.kind, took: .milliseconds(entry.milliseconds - start))
      case .started, .submitted, .finished, .ended: break
      }
    }
  }
}
