internal import BackendInterface
internal import TargetModel
internal import TestSupport

/// One apply in which everything occurs that a plan can hold, played again and again: each time
/// one thing goes wrong once, until each thing did so in each moment of the apply in which it can.
///
/// Then somebody applies again, and in a calm world again until nothing is left to do.
package struct EachFaultOnce: Sendable {
  /// How the stack goes on after an apply in which something went wrong.
  package enum Sequel: Int, Sendable, CaseIterable {
    case plainApply
    case resume
    /// A plain apply on another machine, which has no journal.
    case elsewhere
  }

  package struct Counts: Sendable {
    /// How often each fault came.
    package var cases: [Fault: Int] = [:]
    package var violations: [String] = []
    package var total: Int { cases.values.reduce(0, +) }

    package init() {}

    package mutating func add(_ other: Counts) {
      cases.merge(other.cases, uniquingKeysWith: +)
      violations += other.violations
    }
  }

  /// What can come at a moment; the rest is about whole runs.
  package static let faults: [Fault] = Fault.allCases.filter { fault in
    switch fault {
    case .throttled, .serverError, .lostReply, .late, .doubled, .refused, .conflict, .slow, .stuck,
      .failedOperation, .illMonitor, .earlySuccess, .falseFailure, .unreadable, .workspaceGone,
      .staleList, .latency, .diskError, .crash, .tornTail, .signal, .abandon, .portalEdit,
      .portalRemoval, .portalAttach, .pause, .leaseStoreAway, .leaseAnswerLost, .leaseLatency,
      .forcedUnlock, .tokenOver, .powerLost:
      true
    case .otherStack, .secondRunner, .clockRate, .journalLost, .driftJob: false
    }
  }

  /// Decides what is left open: the order of what may run at the same time, how long things take.
  private let seed: UInt64
  /// Nil for all, one after the other.
  private let sequels: [Sequel]?

  /// - Parameter sequels: after each fault all of these; nil for one of the three in turn.
  package init(seed: UInt64, sequels: [Sequel]? = nil) {
    self.seed = seed
    self.sequels = sequels
  }

  package func run(jobs: Int) async -> Counts {
    await withTaskGroup(of: Counts.self) { group in
      for job in 0..<jobs {
        group.addTask {
          var counts = Counts()
          for number in stride(from: job, to: Self.faults.count, by: jobs) {
            counts.add(await everyMoment(of: Self.faults[number]))
          }
          return counts
        }
      }
      var counts = Counts()
      for await part in group { counts.add(part) }
      return counts
    }
  }

  private func everyMoment(of fault: Fault) async -> Counts {
    var counts = Counts()
    for moment in 0..<10_000 {
      let inTurn = Sequel.allCases[moment % Sequel.allCases.count]
      for sequel in sequels ?? [inTurn] {
        // Whatever else runs in the process gets its turn.
        await Task.yield()
        let proof = play(fault, moment, sequel)
        // A second signal comes only after a first one that did not end the run.
        guard proof.tally.has(fault == .abandon ? .signal : fault) else { return counts }
        guard proof.tally.has(fault) else { continue }
        counts.cases[fault, default: 0] += 1
        counts.violations += proof.violations.prefix(1).map {
          "\(fault) \(moment) \(sequel), seed \(seed): \($0.invariant.rawValue): \($0.words)"
        }
      }
    }
    return counts
  }

  /// One of the cases.
  package func play(
    _ fault: Fault, _ moment: Int, _ sequel: Sequel, tracing: Bool = false
  ) -> Proof {
    Proof.play(Tape(seed: seed), tracing: tracing) { world in
      await Life(world: world, sabotage: nil).live(with: fault, at: moment, sequel)
    }
  }
}

extension Tally {
  /// True if a fault came at all.
  fileprivate func has(_ fault: Fault) -> Bool {
    // A torn line and a lost one need a kill.
    if fault == .tornTail || fault == .powerLost { return crashes > 0 }
    return MachineState.allCases.contains { count(fault, $0) > 0 }
  }
}

extension Life {
  /// The reference apply with one fault, and what follows it.
  fileprivate func live(
    with fault: Fault, at moment: Int, _ sequel: EachFaultOnce.Sequel
  ) async {
    let scene = Scene.rich
    await settle(scene)
    let (struck, next) = (1, 2)
    world.with { state in
      state.setUpStore(isEmbedded: moment.isMultiple(of: 2))
      state.mishap = Mishap(fault, to: struck, after: moment)
      state.hasRivals = true
    }
    await apply(struck, scene, fault, moment)
    world.with { state in
      state.mishap = nil
      state.faults = .none
      guard sequel == .elsewhere else { return }
      state.journals = [:]
      state.emit(.journalsLost(Scene.stack))
    }
    await go(run(next, scene, sequel == .resume ? .resume : .apply), RunState())
    await calmDown()
    await phaseTwo(next + 1, scene.commits[0].ours, .none)
    expectNoRefusal(after: fault)
  }

  private func apply(_ party: Party, _ scene: Scene, _ fault: Fault, _ moment: Int) async {
    var state = RunState()
    var performer: (any TaskExecutor)?
    switch fault {
    case .crash: state.cutsLeft = moment
    case .tornTail:
      state.cutsLeft = moment
      world.with { $0.faults[.tornTail] = 1000 }
    case .powerLost:
      state.cutsLeft = moment
      world.with { $0.faults[.powerLost] = 1000 }
    case .signal: state.signalIn = moment
    case .abandon: (state.signalIn, state.abandonIn) = (moment, 0)
    case .tokenOver: state.token = Token(end: .zero, life: .zero)
    case .pause: performer = self.performer(party, pausedAfter: moment)
    default: break
    }
    await go(run(party, scene), state, performer)
  }

  private func run(_ party: Party, _ scene: Scene, _ command: RunCommand = .apply) -> Run {
    var run = Run(world: world, party: party, stack: Scene.stack, desired: scene.commits[0].ours)
    // Long enough for the lease of whoever was killed.
    run.lockTimeout = .seconds(200)
    run.command = command
    return run
  }

  /// What the network, the disk or a kill brought about stands in nobody's way.
  private func expectNoRefusal(after fault: Fault) {
    switch fault {
    case .portalEdit, .portalRemoval, .portalAttach: break
    default:
      world.with { state in
        state.checker.expect(
          state.tally.refused == 0, .notConverged,
          "a guard stands against a plan: \(state.tally.refusals.keys.sorted())")
      }
    }
  }
}

extension Scene {
  /// A stack whose one apply has everything to do that there is.
  static let rich: Scene = {
    func link(_ name: String, _ resource: String, tls: Bool = false) -> ComputeTarget {
      var attributes: AttributeMap = ["resource_id": .resource(resource)]
      if tls { attributes["tls"] = "on" }
      return desired("link", name, attributes)
    }
    func pool(_ name: String, size: AttributeValue = "small", count: Int = 1) -> ComputeTarget {
      desired("pool", name, ["size": size, "count": .integer(count)])
    }
    func box(_ power: PowerState) -> ComputeTarget {
      desired("box", "box") { settings in
        settings.allowReplace = true
        settings.power = power
      }
    }
    let hub = desired("hub", "hub", ["resource_id": .resource("r8")]) { $0.adopt = true }
    var scene = Scene()
    let before = [
      pool("updated"), pool("replaced"), pool("deleted"), box(.running), link("reattached", "r1"),
      link("detached", "r2"), link("former", "r3"), link("left", "r4"), link("right", "r5"),
    ]
    scene.live = before.map { .init(document: $0, marks: $0.marks(of: stack), isFailed: false) }
    scene.live.append(.init(document: hub, marks: OwnershipMarks(), isFailed: false))
    let after = [
      pool("updated", count: 2), pool("replaced", size: "big"), pool("created"), box(.stopped),
      link("reattached", "r1", tls: true), link("attached", "r6"), link("latter", "r3"),
      link("left", "r5"), link("right", "r4"), hub,
    ]
    scene.commits = [Scene.Commit(ours: after)]
    return scene
  }()
}
