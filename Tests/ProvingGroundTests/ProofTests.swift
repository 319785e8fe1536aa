import Foundation
import ProvingGround
import TestSupport
import Testing

/// Worlds in which everything goes wrong; `swift run berth-proof` plays many more.
@Suite struct ProofTests {
  @Test(arguments: 0..<8)
  func `nothing that should never happen happens in worlds we know`(part: Int) async {
    for seed in stride(from: UInt64(1 + part), through: 400, by: 8) { await expectPeace(seed) }
  }

  @Test func `nothing that should never happen happens in fresh worlds`() async {
    let first = UInt64.random(in: 1_000_000...1_000_000_000)
    print("fresh worlds from seed \(first); BERTH_SIM_SEED=N swift run berth-proof replays one")
    for seed in first..<first + 300 { await expectPeace(seed) }
  }

  private func expectPeace(_ seed: UInt64) async {
    // Other tests get their turn.
    await Task.yield()
    let proof = Proof.play(seed: seed)
    for violation in proof.violations {
      Issue.record("seed \(seed): \(violation.invariant.rawValue): \(violation.words)")
    }
  }

  @Test func `one seed gives one story, with and without a recorded tape`() {
    for seed in 1...40 as ClosedRange<UInt64> {
      let first = Proof.play(seed: seed)
      #expect(Proof.play(seed: seed).hash == first.hash, "seed \(seed)")
      let recorded = Proof.play(Tape(seed: seed, records: true))
      #expect(recorded.hash == first.hash, "seed \(seed)")
      #expect(Proof.play(Tape(recorded.choices), tracing: true).hash == first.hash, "seed \(seed)")
    }
  }

  @Test func `another process plays the same worlds`() throws {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let executable = URL(filePath: CommandLine.arguments[0])
    let process = Process()
    process.executableURL =
      (bundle ?? executable).deletingLastPathComponent().appending(path: "berth-proof")
    process.arguments = ["--seeds", "40", "--jobs", "2"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var tally = Tally()
    for seed in 1...40 as ClosedRange<UInt64> { tally.add(Proof.play(seed: seed).tally) }
    #expect(text.contains("digest \(String(tally.digest, radix: 16))\n"), "\(text)")
  }

  /// Made in a debug build and in a release build alike: `berth-proof --seeds 200` prints it.
  @Test func `debug and release play the same worlds`() async {
    let outcome = await Campaign(first: 1, count: 200, jobs: 2).play()
    let folder = URL(filePath: #filePath).deletingLastPathComponent().path()
    let difference = Golden.difference(
      "\(String(outcome.tally.digest, radix: 16))\n", folder + "Scenarios/digest-of-200.txt",
      isRecording: ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1")
    #expect(difference == nil)
  }

  /// One meeting of two runners that has little to do; `berth-proof --complete` has the others.
  @Test func `two runners are right in every interleaving`() async {
    let counts = await DuelSearch.all(jobs: 2, stride: 1000)
    #expect(counts.violations == [])
    #expect(counts.ends > 0)
    #expect(counts.executions > 1000)
  }

  @Test func `a write without its lease is found among all interleavings`() {
    var search = DuelSearch([[1, 0], [0, 1]], isFenced: false)
    #expect(search.run(from: [0, 0]).violations.first?.contains("takes what") == true)
  }

  @Test func `the worlds are worth the trouble`() async {
    var tally = Tally()
    for seed in 2001...3500 as ClosedRange<UInt64> {
      await Task.yield()
      tally.add(Proof.play(seed: seed).tally)
    }
    for fault in Fault.allCases {
      #expect(
        MachineState.allCases.contains { tally.count(fault, $0) > 0 }, "no world has \(fault)")
    }
    // What comes from outside comes at any moment.
    for fault in [Fault.crash, .signal, .portalEdit, .portalRemoval, .portalAttach] {
      for state in [MachineState.planning, .looking, .submitting, .polling, .verifying] {
        #expect(tally.count(fault, state) > 0, "\(fault) never comes at \(state)")
      }
    }
    for point in CutPoint.allCases {
      #expect(tally.cuts[point.rawValue] > 0, "no run is killed at \(point)")
    }
    #expect(tally.complete > 300)
    #expect(tally.resumed > 20)
    #expect(tally.takeovers > 20)
    #expect(tally.stale > 5)
    for command in ["apply", "apply --resume", "apply --target", "apply --replace", "destroy"] {
      #expect(tally.commands[command, default: 0] > 20, "nobody runs \(command)")
    }
    for command in ["apply", "apply --target", "destroy"] {
      #expect(tally.commands[command + ", saved", default: 0] > 5, "nobody saves \(command)")
    }
    for rule in ["attach-once", "foreign-owner", "protected", "loses-data", "empty-desired"] {
      #expect(tally.refusals[rule, default: 0] > 0, "no world breaks \(rule)")
    }
  }

  @Test func `a failure is shrunk to a short tape that fails in the same way`() throws {
    let sabotage = Sabotage.detachByDelete
    var seed: UInt64 = 1
    while Proof.play(seed: seed, sabotage: sabotage).violations.isEmpty { seed += 1 }
    let proof = Proof.play(Tape(seed: seed, records: true), sabotage: sabotage)
    let invariant = try #require(proof.violations.first).invariant
    var shrinker = Shrinker(invariant, sabotage: sabotage, tries: 150)
    let choices = shrinker.shrink(proof.choices)
    #expect(choices.count < proof.choices.count)
    let again = Proof.play(Tape(choices), sabotage: sabotage)
    #expect(again.violations.contains { $0.invariant == invariant })
  }

  @Test func `a failure is shrunk to what it needs of faults and actors`() throws {
    // Nothing has to go wrong for this one to be seen.
    let sabotage = Sabotage.sentTwice
    let needless = (1...200 as ClosedRange<UInt64>).lazy
      .map { Proof.play(Tape(seed: $0, records: true), sabotage: sabotage) }
      .first { proof in
        let faults = proof.decisions.filter { proof.choices[$0].count > 1 }
        return !proof.violations.isEmpty && faults.count > 5
      }
    let proof = try #require(needless)
    var shrinker = Shrinker(try #require(proof.violations.first).invariant, sabotage: sabotage)
    let left = Proof.play(Tape(shrinker.shrink(proof.choices)), sabotage: sabotage)
    #expect(left.decisions.allSatisfy { left.choices[$0].allSatisfy { $0 == 0 } })
  }

  @Test func `shrinking ends when its time is up`() {
    var shrinker = Shrinker(.repeatedEffect, isTimeUp: { true })
    #expect(shrinker.shrink([3, 2, 1]) == [3, 2, 1])
    #expect(shrinker.triesLeft == 2000)
  }
}
