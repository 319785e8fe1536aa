/// What was tried in many worlds.
package struct Tally: Sendable {
  package var worlds = 0
  package var events = 0
  package var runs = 0
  package var complete = 0
  package var partial = 0
  package var refused = 0
  /// Saved plans that were not carried out since what they rely on holds no more.
  package var stale = 0
  package var crashes = 0
  /// Applies that resumed one which did not come to its end.
  package var resumed = 0
  /// Leases, and those that were taken over from a holder who did not give them back.
  package var leases = 0
  package var takeovers = 0
  package var writes = 0
  package var violations = 0
  /// The sum of the worlds' digests: the same in every process, debug or release.
  package var digest: UInt64 = 0
  /// Faults by kind and state, in that order.
  package var faults = Array(
    repeating: 0, count: Fault.allCases.count * MachineState.allCases.count)
  package var cuts = Array(repeating: 0, count: CutPoint.allCases.count)
  /// Refusals by the rule that stood against a plan.
  package var refusals: [String: Int] = [:]
  package var acts: [String: Int] = [:]
  /// How often each command was given.
  package var commands: [String: Int] = [:]

  package init() {}

  mutating func note(_ fault: Fault, in state: MachineState) {
    faults[fault.rawValue * MachineState.allCases.count + state.rawValue] += 1
  }

  package func count(_ fault: Fault, _ state: MachineState) -> Int {
    faults[fault.rawValue * MachineState.allCases.count + state.rawValue]
  }

  package mutating func add(_ other: Tally) {
    worlds += other.worlds
    events += other.events
    runs += other.runs
    complete += other.complete
    partial += other.partial
    refused += other.refused
    stale += other.stale
    crashes += other.crashes
    resumed += other.resumed
    leases += other.leases
    takeovers += other.takeovers
    writes += other.writes
    violations += other.violations
    digest &+= other.digest
    for index in faults.indices { faults[index] += other.faults[index] }
    for index in cuts.indices { cuts[index] += other.cuts[index] }
    refusals.merge(other.refusals, uniquingKeysWith: +)
    acts.merge(other.acts, uniquingKeysWith: +)
    commands.merge(other.commands, uniquingKeysWith: +)
  }
}
