/// Many worlds, on several threads.
package struct Campaign: Sendable {
  package var first: UInt64
  package var count: Int
  package var jobs: Int
  package var sabotage: Sabotage?
  /// Ends at the first violation.
  package var stopsAtFirst = false

  package init(first: UInt64, count: Int, jobs: Int) {
    self.first = first
    self.count = count
    self.jobs = jobs
  }

  package struct Outcome: Sendable {
    package var tally = Tally()
    /// The worlds with a violation, by seed.
    package var failures: [(seed: UInt64, violation: Violation)] = []
  }

  /// Plays them all.
  ///
  /// A world's outcome does not depend on the number of threads.
  ///
  /// - Parameter progress: is told, on any thread, how many more worlds were played.
  package func play(progress: @escaping @Sendable (Int) -> Void = { _ in }) async -> Outcome {
    await withTaskGroup(of: Outcome.self) { group in
      for job in 0..<jobs {
        group.addTask { await part(job, progress) }
      }
      var outcome = Outcome()
      for await part in group {
        outcome.tally.add(part.tally)
        outcome.failures += part.failures
      }
      outcome.failures.sort { $0.seed < $1.seed }
      return outcome
    }
  }

  private func part(_ job: Int, _ progress: (Int) -> Void) async -> Outcome {
    var outcome = Outcome()
    var played = 0
    for number in stride(from: job, to: count, by: jobs) {
      let seed = first + UInt64(number)
      let proof = Proof.play(seed: seed, sabotage: sabotage)
      outcome.tally.add(proof.tally)
      if let violation = proof.violations.first { outcome.failures.append((seed, violation)) }
      if stopsAtFirst, !outcome.failures.isEmpty { break }
      played += 1
      if played == 250 {
        progress(played)
        // Whatever else runs in the process gets its turn.
        await Task.yield()
        played = 0
      }
    }
    return outcome
  }
}
