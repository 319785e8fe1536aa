internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import TargetModel
internal import TestSupport

/// Two runners with different documents, one crash, one lost reply, one stale read and one lost
/// lease, in every interleaving: the states are gone through once, the ways through them counted.
///
/// From each end a calm apply, by itself or as a resume, with the journal of the crash whole, torn
/// or gone, has to bring about what is wanted.
package struct DuelSearch {
  package struct Counts: Sendable {
    package var duels = 0
    package var states = 0
    package var steps = 0
    package var ends = 0
    package var applies = 0
    /// How many ways there are; saturates.
    package var executions: UInt64 = 0
    package var violations: [String] = []

    mutating func add(_ other: Counts) {
      duels += other.duels
      states += other.states
      steps += other.steps
      ends += other.ends
      applies += other.applies
      executions = executions.addingSaturating(other.executions)
      violations += other.violations
    }
  }

  /// What each runner wants, by name.
  let wishes: [[Int]]
  let isFenced: Bool
  let limits: ApplyLimits
  var counts = Counts()
  private var ways: [Duel.Key: UInt64] = [:]
  var turns: [Moment: Turn] = [:]
  var plans: [Plan] = []
  var planNumbers: [PlanKey: Int] = [:]
  /// The ends from which somebody went on.
  var endings: Set<[Int]> = []

  /// What a plan is made from.
  struct PlanKey: Hashable {
    let wishes: [Int]
    let seen: [Duel.Live?]
    var stranded: UInt8 = 0
    var approved = -1
  }

  /// - Parameter isFenced: false plants a bug: the service takes writes of those whose lease is lost.
  package init(_ wishes: [[Int]], isFenced: Bool = true) {
    self.wishes = wishes
    self.isFenced = isFenced
    var limits = ApplyLimits()
    // What an apply tells of its progress, and when it gives up, decides nothing here.
    limits.progressInterval = Duel.never
    limits.deadlines = StepDeadlines(standard: Duel.never)
    // Waits of many lengths make other states of what is the same: a step waits until what may lag
    // is over.
    limits.firstPoll = limits.absenceWindow
    limits.longestPoll = limits.absenceWindow
    limits.absenceSpacing = limits.absenceWindow
    self.limits = limits
  }

  package mutating func run(from live: [Int]) -> Counts {
    counts.duels = 1
    let cells = live.map { $0 == 0 ? nil : Duel.Live(variant: $0, state: .still) }
    counts.executions = explore(Duel(cells), 0)
    counts.states = ways.count
    return counts
  }

  /// How many ways lead on from a state.
  private mutating func explore(_ duel: Duel, _ depth: Int) -> UInt64 {
    if let harm = duel.harm {
      violate(duel, harm)
      return 1
    }
    let key = duel.key()
    if let known = ways[key] { return known }
    ways[key] = 0
    var total: UInt64 = 0
    var isEnd = true
    forEachStep(from: duel) { search, next in
      isEnd = false
      search.counts.steps += 1
      total = total.addingSaturating(search.explore(next, depth + 1))
    }
    if isEnd {
      counts.ends += 1
      total = 1
      conclude(duel)
    }
    ways[key] = total
    return total
  }

  mutating func violate(_ duel: Duel, _ words: String) {
    guard counts.violations.count < 5 else { return }
    counts.violations.append(
      "two runners \(wishes) over \(duel.live.map { $0.map { "\($0.variant)" } ?? "-" }): \(words)")
  }

  /// All of them: documents of two runners and what is live, of which those that differ only by the
  /// names of names or of resources count once.
  ///
  /// - Parameters:
  ///   - step: only each so many-th.
  ///   - first: the number of the one to begin with, from 0.
  ///   - isWide: with changes in place as well, which are many more.
  ///   - tell: is told of each meeting that is over: its number, how many there are, and its counts.
  package static func all(
    jobs: Int, stride step: Int = 1, from first: Int = 0, isWide: Bool = false,
    tell: @Sendable (_ number: Int, _ total: Int, Counts) -> Void = { _, _, _ in }
  ) async -> Counts {
    let duels = duels(isWide: isWide)
    var numbers = stride(from: first, to: duels.count, by: step).makeIterator()
    return await withTaskGroup(of: (Int, Counts).self) { group in
      func startNext() {
        guard let number = numbers.next() else { return }
        group.addTask {
          var search = DuelSearch(Array(duels[number].dropFirst()))
          return (number, search.run(from: duels[number][0]))
        }
      }
      for _ in 0..<jobs { startNext() }
      var counts = Counts()
      for await (number, some) in group {
        startNext()
        tell(number, duels.count, some)
        counts.add(some)
      }
      return counts
    }
  }

  /// What is live, and what each of the two wants, for each meeting.
  private static func duels(isWide: Bool) -> [[[Int]]] {
    var worlds: [[Int]] = []
    for first in 0..<Duel.variants {
      for second in 0..<Duel.variants {
        let isDouble =
          first > 0 && second > 0 && Duel.resource(of: first) == Duel.resource(of: second)
        if !isDouble, isWide || max(first, second) < 3 { worlds.append([first, second]) }
      }
    }
    var duels: [[[Int]]] = []
    for live in worlds {
      for mine in worlds {
        for theirs in worlds where mine != theirs {
          let duel = [live, mine, theirs]
          if isFirstOfItsKind(duel) { duels.append(duel) }
        }
      }
    }
    return duels
  }

  /// True unless other names for names, or for resources, give a duel that comes earlier.
  private static func isFirstOfItsKind(_ duel: [[Int]]) -> Bool {
    let swapped = duel.map { $0.map { [0, 2, 1, 3][$0] } }
    // With a variant of one resource alone the two are not alike.
    let likes = duel.joined().contains(3) ? [duel] : [duel, swapped]
    let numbers = likes.flatMap { like in [like, like.map { Array($0.reversed()) }] }
      .map { $0.joined().reduce(0) { $0 * Duel.variants + $1 } }
    return numbers.dropFirst().allSatisfy { numbers[0] <= $0 }
  }
}

extension UInt64 {
  fileprivate func addingSaturating(_ other: UInt64) -> UInt64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}
