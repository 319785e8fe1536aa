/// Makes the tape of a failure short: does without kinds of faults and without actors, cuts spans out
/// of it and lowers its numbers, as long as the same invariant breaks.
package struct Shrinker: Sendable {
  package private(set) var triesLeft: Int
  private let invariant: Invariant
  private let sabotage: Sabotage?
  private let isTimeUp: @Sendable () -> Bool

  package init(
    _ invariant: Invariant, sabotage: Sabotage? = nil, tries: Int = 2000,
    isTimeUp: @escaping @Sendable () -> Bool = { false }
  ) {
    self.invariant = invariant
    self.sabotage = sabotage
    self.isTimeUp = isTimeUp
    triesLeft = tries
  }

  private var isOver: Bool { triesLeft <= 0 || isTimeUp() }

  /// The shortest tape that was found.
  package mutating func shrink(_ choices: [Int]) -> [Int] {
    var best = withoutDecisions(choices)
    var isBetter = true
    while isBetter, !isOver {
      isBetter = false
      var length = max(1, best.count / 2)
      while length >= 1, !isOver {
        var start = 0
        while start < best.count, !isOver {
          let end = min(start + length, best.count)
          let cut = Array(best[..<start] + best[end...])
          if let found = attempt(cut, instead: best) {
            best = found
            isBetter = true
          } else if let found = attempt(zeroed(best, start..<end), instead: best) {
            best = found
            isBetter = true
            start = end
          } else {
            start = end
          }
        }
        length /= 2
      }
      for index in best.indices.reversed() where !isOver && index < best.count {
        while let found = lowered(best, index), !isOver {
          best = found
          isBetter = true
        }
      }
    }
    return best
  }

  /// The choices with one of them halved, or one less.
  private mutating func lowered(_ best: [Int], _ index: Int) -> [Int]? {
    guard index < best.count, best[index] > 1 else { return nil }
    for lower in [best[index] / 2, best[index] - 1] {
      var choices = best
      choices[index] = lower
      if let found = attempt(choices, instead: best) { return found }
    }
    return nil
  }

  /// First of all fewer kinds of faults and fewer actors; the last ones first, so that those before
  /// them stay where they are.
  private mutating func withoutDecisions(_ choices: [Int]) -> [Int] {
    var best = choices
    let decisions = Proof.play(Tape(choices), sabotage: sabotage).decisions
    for decision in decisions.reversed() where !isOver && decision.upperBound <= best.count {
      guard best[decision].contains(where: { $0 != 0 }) else { continue }
      let without = best[..<decision.lowerBound] + [0] + best[decision.upperBound...]
      best = attempt(Array(without), instead: best) ?? best
    }
    return best
  }

  private func zeroed(_ choices: [Int], _ range: Range<Int>) -> [Int] {
    var choices = choices
    for index in range { choices[index] = 0 }
    return choices
  }

  /// The choices without the zeros at their end, if they are better and fail in the same way.
  private mutating func attempt(_ choices: [Int], instead best: [Int]) -> [Int]? {
    var choices = choices
    while choices.last == 0 { choices.removeLast() }
    guard choices.count < best.count || choices.reduce(0, +) < best.reduce(0, +) else { return nil }
    triesLeft -= 1
    let proof = Proof.play(Tape(choices), sabotage: sabotage)
    return proof.violations.contains { $0.invariant == invariant } ? choices : nil
  }
}
