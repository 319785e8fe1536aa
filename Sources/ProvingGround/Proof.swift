internal import Synchronization

/// One world from its beginning to its verdict.
package struct Proof: Sendable {
  package let violations: [Violation]
  package let tally: Tally
  /// A digest of everything that happened, in its order.
  package let hash: UInt64
  /// The choices that were made, where they were recorded.
  package let choices: [Int]
  /// Which of them say whether a kind of fault comes at all, or somebody who acts.
  package let decisions: [Range<Int>]
  /// What happened, where it was traced.
  package let lines: [String]

  /// Plays the world of a tape.
  package static func play(
    _ tape: Tape, sabotage: Sabotage? = nil, tracing: Bool = false
  ) -> Proof {
    play(tape, tracing: tracing) { await Life(world: $0, sabotage: sabotage).live() }
  }

  /// Plays what somebody does in a world.
  static func play(
    _ tape: Tape, tracing: Bool = false, _ body: @escaping @Sendable (World) async -> Void
  ) -> Proof {
    let stage = Stage(tape)
    let world = World(stage, tracing: tracing)
    let ended = stage.play(turns: 60_000) { await body(world) }
    defer { stage.clear() }
    return world.state.withLock { state in
      if !ended { state.checker.expect(false, .offStage, "it hangs or does not end") }
      // What calls a run holds the run, and a disk holds its world.
      (state.runs, state.journals) = ([:], [:])
      state.tally.worlds = 1
      state.tally.violations = state.checker.violations.isEmpty ? 0 : 1
      let hash = state.hash ^ stage.orderHash
      state.tally.digest = hash
      return Proof(
        violations: state.checker.violations, tally: state.tally, hash: hash, choices: stage.taken,
        decisions: stage.decisions, lines: state.lines)
    }
  }

  /// Plays the world of a seed.
  package static func play(
    seed: UInt64, sabotage: Sabotage? = nil, tracing: Bool = false
  ) -> Proof {
    play(Tape(seed: seed), sabotage: sabotage, tracing: tracing)
  }
}
