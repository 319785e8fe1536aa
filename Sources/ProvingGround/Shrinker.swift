/// Makes the tape of a failure short: cuts spans out of it and lowers its numbers, as long as the
/// same invariant breaks.
package struct Shrinker: Sendable {
  package var triesLeft: Int
  private let invariant: Invariant
  private let sabotage: Sabotage?

  package init(_ invariant: Invariant, sabotage: Sabotage? = nil, tries: Int = 2000) {
    self.invariant = invariant
    self.sabotage = sabotage
    triesLeft = tries
  }

  /// The shortest tape that was found.
  package mutating func shrink(_ choices: [Int]) -> [Int] {
    var best = choices
    var isBetter = true
    while isBetter, triesLeft > 0 {
      isBetter = false
      var length = max(1, best.count / 2)
      while length >= 1, triesLeft > 0 {
        var start = 0
        while start < best.count, triesLeft > 0 {
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
