internal import ArgumentParser
internal import ProvingGround

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

@main struct ProofCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "berth-proof",
    abstract: "Plays worlds in which everything goes wrong, and says what should never happen.",
    discussion: "BERTH_SIM_SEED=N plays one world and prints what happens in it.")

  @Option(help: "How many worlds.") var seeds = 1000
  @Option(help: "The seed of the first.") var firstSeed: UInt64 = 1
  @Option(help: "How many threads.") var jobs = 2
  @Option(help: "Plant a bug, by its name, or 'all' of them one after the other.")
  var sabotage: String?
  @Option(help: "Where to keep the scenario of a violation.") var scenarios: String?
  @Option(help: "Play one world of a scenario, by its tape.txt, and tell what happens in it.")
  var tape: String?
  @Flag(help: "Go through all small worlds and all interleavings instead.") var complete = false
  @Option(help: "Of the meetings of two runners only each so many-th; 1 takes half an hour.")
  var every = 6
  @Option(help: "The number of the meeting to begin with, from 0, to go on after an interruption.")
  var from = 0
  @Flag(help: "Let the two runners change their targets in place as well.") var wide = false
  @Flag(help: "Print the tables as Markdown, for docs/proof.md.") var markdown = false

  mutating func run() async throws {
    if let seed = ProcessInfo.processInfo.environment["BERTH_SIM_SEED"].flatMap(UInt64.init) {
      return tell(Tape(seed: seed))
    }
    if let tape { return tell(try Self.tape(at: tape)) }
    if complete { return try await searchCompletely() }
    if sabotage == "all" { return try await tryAllSabotages() }
    let planted = try sabotage.map(plant)
    var campaign = Campaign(first: firstSeed, count: seeds, jobs: jobs)
    campaign.sabotage = planted
    campaign.stopsAtFirst = planted != nil
    let clock = ContinuousClock()
    let start = clock.now
    let progress = Progress(of: seeds)
    let outcome = await campaign.play { progress.played($0) }
    progress.end()
    let seconds = (clock.now - start) / .seconds(1)
    print(Report.text(of: outcome.tally, seconds: seconds, isMarkdown: markdown))
    for (seed, violation) in outcome.failures.prefix(40) {
      print("seed \(seed): \(violation.invariant.rawValue)\n    \(violation.words)")
    }
    guard let failure = outcome.failures.first, planted == nil else { return }
    try keepScenario(failure.seed, failure.violation)
    throw ExitCode.failure
  }

  private func searchCompletely() async throws {
    let duels = await DuelSearch.all(
      jobs: jobs, stride: max(1, every), from: max(0, from), isWide: wide, tell: Progress.met)
    let counts = await CompleteSearch().run(jobs: jobs)
    print(
      "small worlds \(counts.worlds): \(counts.plans) plans, \(counts.refusals) refusals, "
        + "\(counts.states) states, \(counts.interleavings) interleavings, "
        + "\(counts.violations.count) violations")
    print(
      "two runners \(duels.duels): \(duels.states) states, \(duels.steps) steps, "
        + "\(duels.executions == .max ? "more than 10^19" : "\(duels.executions)") executions, "
        + "\(duels.ends) ends, \(duels.applies) applies after them, "
        + "\(duels.violations.count) violations")
    var faults = EachFaultOnce.Counts()
    for seed in 1...4 as ClosedRange<UInt64> {
      faults.add(
        await EachFaultOnce(seed: seed, sequels: EachFaultOnce.Sequel.allCases).run(jobs: jobs))
    }
    print(
      "each fault once \(faults.total): \(faults.cases.count) faults in each moment of four applies, "
        + "\(faults.violations.count) violations")
    let violations = counts.violations + duels.violations + faults.violations
    for violation in violations.prefix(20) { print(violation) }
    if !violations.isEmpty { throw ExitCode.failure }
  }

  private func plant(_ name: String) throws -> Sabotage {
    guard let found = Sabotage.allCases.first(where: { "\($0)" == name }) else {
      throw ValidationError(
        "There is no such bug. These are: "
          + Sabotage.allCases.map { "\($0)" }.joined(separator: " "))
    }
    return found
  }

  private static func tape(at path: String) throws -> Tape {
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    return Tape(text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) })
  }

  private func tell(_ tape: Tape) {
    let planted = sabotage.flatMap { name in Sabotage.allCases.first { "\($0)" == name } }
    let proof = Proof.play(tape, sabotage: planted, tracing: true)
    print(proof.lines.joined(separator: "\n"))
    print("trace \(String(proof.hash, radix: 16)), \(proof.violations.count) violations")
  }

  /// Each bug in worlds of its own until it is caught, several times.
  private func tryAllSabotages() async throws {
    var missed = 0
    for planted in Sabotage.allCases {
      let counts = await SabotageTrial(planted, rounds: 9, most: seeds, jobs: jobs).run()
      if counts.median == nil { missed += 1 }
      print(Report.row(of: planted, counts, isMarkdown: markdown))
      fflush(nil)
    }
    print("\(Sabotage.allCases.count) bugs, \(missed) not caught within \(seeds) worlds")
    if missed > 0 { throw ExitCode.failure }
  }

  /// What a seed is worth only together with.
  private var commit: String {
    guard let pipe = popen("git describe --always --dirty --abbrev=12 2>/dev/null", "r") else {
      return "commit unknown"
    }
    defer { pclose(pipe) }
    var line = [CChar](repeating: 0, count: 80)
    guard fgets(&line, Int32(line.count), pipe) != nil else { return "commit unknown" }
    let bytes = line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
    return "commit " + String(decoding: bytes, as: UTF8.self)
  }

  private func keepScenario(_ seed: UInt64, _ violation: Violation) throws {
    // Whoever waits for it reads the story sooner.
    let deadline = ContinuousClock.now + .seconds(30)
    var shrinker = Shrinker(violation.invariant, isTimeUp: { ContinuousClock.now > deadline })
    let proof = Proof.play(Tape(seed: seed, records: true))
    let choices = shrinker.shrink(proof.choices)
    let story = Proof.play(Tape(choices), tracing: true)
    let text = story.lines.joined(separator: "\n")
    let words = "\(violation.invariant.rawValue): \(violation.words)"
    guard let scenarios else {
      // Whoever sees only the end of a log sees which world it was.
      return print("seed \(seed), shrunk:\n\(text)\n\(commit), seed \(seed): \(words)")
    }
    let folder = "\(scenarios)/seed-\(seed)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let tape = choices.map(String.init).joined(separator: " ") + "\n"
    try Data(tape.utf8).write(to: URL(filePath: folder + "/tape.txt"))
    let heading = "\(words)\n\(commit), seed \(seed)"
    try Data("\(heading)\n\n\(text)\n".utf8).write(to: URL(filePath: folder + "/story.txt"))
    print("\(commit), seed \(seed): kept in \(folder).")
  }
}
