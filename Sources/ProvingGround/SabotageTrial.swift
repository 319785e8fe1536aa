/// How many worlds it takes to catch a planted bug, tried several times from seeds apart.
package struct SabotageTrial: Sendable {
  private let sabotage: Sabotage
  private let rounds: Int
  private let most: Int
  private let jobs: Int

  package init(_ sabotage: Sabotage, rounds: Int, most: Int, jobs: Int) {
    self.sabotage = sabotage
    self.rounds = rounds
    self.most = most
    self.jobs = jobs
  }

  package struct Counts: Sendable {
    /// For each round the number of worlds until the first violation; nil if there was none.
    package var worlds: [Int?]
    /// The invariant that caught it first, in most rounds.
    package var invariant: Invariant?
    /// The middle of the rounds; nil if a round caught nothing.
    package var median: Int? {
      let found = worlds.compactMap(\.self).sorted()
      return found.count == worlds.count ? found[found.count / 2] : nil
    }
    package var largest: Int? { worlds.compactMap(\.self).max() }
  }

  package func run() async -> Counts {
    let results = await withTaskGroup(of: [(Int, Int?, Invariant?)].self) { group in
      for job in 0..<jobs {
        group.addTask { stride(from: job, to: rounds, by: jobs).map { round($0) } }
      }
      var results: [(Int, Int?, Invariant?)] = []
      for await part in group { results += part }
      return results.sorted { $0.0 < $1.0 }
    }
    var byInvariant: [Invariant: Int] = [:]
    for result in results { if let found = result.2 { byInvariant[found, default: 0] += 1 } }
    let most = byInvariant.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    return Counts(worlds: results.map(\.1), invariant: most?.key)
  }

  private func round(_ number: Int) -> (Int, Int?, Invariant?) {
    let first = UInt64(1 + number * 1_000_000)
    for count in 1...max(1, most) {
      let proof = Proof.play(seed: first + UInt64(count), sabotage: sabotage)
      if let violation = proof.violations.first { return (number, count, violation.invariant) }
    }
    return (number, nil, nil)
  }
}
