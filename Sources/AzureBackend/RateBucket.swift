/// The calls that the service counts apart.
enum CallKind: Int, Hashable, Sendable, CaseIterable {
  case read, write, delete
}

/// How many calls of one sort may go: a bucket that fills with time (reliability.md section 2).
///
/// The level may fall below nothing: whoever takes then has a turn in the future, and whoever comes
/// later a later one.
struct RateBucket: Hashable, Sendable {
  /// How many calls may go at once.
  let capacity: Double
  /// How many more may go each second.
  let perSecond: Double
  private var level: Double
  private var filledAt: Duration = .zero
  /// The service asked for silence until then.
  private(set) var pausedUntil: Duration = .zero

  /// A full bucket.
  init(capacity: Double, perSecond: Double) {
    self.capacity = capacity
    self.perSecond = perSecond
    level = capacity
  }

  /// The figures of a kind of call.
  init(_ kind: CallKind) {
    switch kind {
    case .read: self.init(capacity: 250, perSecond: 25)
    case .write, .delete: self.init(capacity: 200, perSecond: 10)
    }
  }

  /// How long a call that comes now has to wait for its turn.
  func wait(at now: Duration) -> Duration {
    let lacking = 1 - filled(at: now)
    let turn = lacking > 0 ? Duration.seconds(lacking / perSecond) : .zero
    return max(turn, pausedUntil - now)
  }

  /// Takes a turn, now or in the future.
  mutating func take(at now: Duration) {
    level = filled(at: now) - 1
    filledAt = now
  }

  /// Gives a turn back that was taken and not used.
  mutating func giveBack(at now: Duration) {
    level = min(capacity, filled(at: now) + 1)
    filledAt = now
  }

  /// The service says how many calls are left.
  mutating func lower(to remaining: Int, at now: Duration) {
    level = min(filled(at: now), Double(max(0, remaining)))
    filledAt = now
  }

  /// The service asks for silence.
  mutating func pause(until end: Duration) {
    pausedUntil = max(pausedUntil, end)
  }

  private func filled(at now: Duration) -> Double {
    min(capacity, level + max(.zero, now - filledAt) / .seconds(1) * perSecond)
  }
}
