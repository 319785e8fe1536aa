internal import ProvingGround

@main struct Main {
  static func main() async {
    let arguments = CommandLine.arguments
    let count = UInt64(arguments.dropFirst().first ?? "100") ?? 100
    if arguments.count > 2, let seed = UInt64(arguments[2]) {
      print(Proof.play(seed: seed, tracing: true).lines.joined(separator: "\n"))
      return
    }
    var tally = Tally()
    for seed in 1...count {
      let proof = Proof.play(seed: seed)
      tally.add(proof.tally)
      if let violation = proof.violations.first {
        print(seed, violation.invariant.rawValue, violation.words)
      }
    }
    print(tally.worlds, tally.events, tally.runs, tally.complete, tally.partial, tally.refused, tally.crashes, tally.writes, tally.cuts, tally.refusals, tally.acts)
  }
}
