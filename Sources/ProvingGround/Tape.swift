internal import TestSupport

/// Every choice of one world, in the order in which they are made.
///
/// Nothing else in a world is random. A tape comes from a seed, or it repeats numbers that were
/// recorded; then whatever is missing at its end is zero, and zero is always the calmest choice.
package struct Tape: Sendable {
  private var random: SeededRandom
  private let given: [Int]?
  private let records: Bool
  private var position = 0
  /// The choices so far, if they are recorded.
  package private(set) var taken: [Int] = []
  /// Which of the recorded choices say whether a kind of fault comes at all, or somebody who acts.
  package private(set) var decisions: [Range<Int>] = []

  /// The tape of a seed.
  package init(seed: UInt64, records: Bool = false) {
    random = SeededRandom(seed: seed)
    given = nil
    self.records = records
  }

  /// A tape that repeats numbers.
  package init(_ numbers: [Int]) {
    random = SeededRandom(seed: 0)
    given = numbers
    records = true
  }

  /// A number from zero to below `count`.
  package mutating func choose(_ count: Int) -> Int {
    guard count > 1 else { return 0 }
    var choice: Int
    if let given {
      choice = position < given.count ? given[position] % count : 0
    } else {
      choice = Int(truncatingIfNeeded: random.next().multipliedFullWidth(by: UInt64(count)).high)
    }
    position += 1
    if choice < 0 { choice = 0 }
    if records { taken.append(choice) }
    return choice
  }

  /// True so many times in a thousand.
  package mutating func chance(_ perMille: Int) -> Bool {
    perMille > 0 && choose(1000) >= 1000 - perMille
  }

  /// Notes that the choices since there were about one thing, which a world may do without.
  mutating func decided(since start: Int) {
    if records { decisions.append(start..<taken.count) }
  }
}
