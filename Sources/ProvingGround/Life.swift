internal import Planning
internal import SimulatorBackend
internal import Synchronization
internal import TargetModel
internal import TestSupport

/// How a world goes: two phases, and the questions at their ends.
struct Life: Sendable {
  let world: World
  let sabotage: Sabotage?

  var stage: Stage { world.stage }

  func live() async {
    drawService()
    let scene = Scene(stage)
    let faults = FaultDraw.drawn(from: stage)
    await settle(scene)
    world.with { state in
      state.faults = faults
      state.hasRivals = true
    }
    drawStores()
    var party = 0
    for commit in scene.commits {
      party += 3
      await phaseOne(party, commit, scene.commits[0], faults)
    }
    await calmDown()
    await phaseTwo(party + 3, scene.commits.last?.ours ?? [], faults)
  }

  // MARK: Phase one: everything goes wrong

  private func phaseOne(
    _ party: Party, _ commit: Scene.Commit, _ older: Scene.Commit, _ faults: FaultDraw
  ) async {
    let meetsOthers =
      !commit.others.isEmpty && stage.decide { stage.chance(faults[.otherStack]) }
    let meetsSecond = stage.decide { stage.chance(faults[.secondRunner]) }
    let meetsThird = meetsSecond && stage.decide { stage.chance(300) }
    let hasDriftJob = stage.decide { stage.chance(faults[.driftJob]) }
    if stage.decide({ stage.chance(faults[.journalLost]) }) {
      world.with { state in
        state.tally.note(.journalLost, in: .planning)
        state.journals[Scene.stack] = nil
        state.emit(.journalsLost(Scene.stack))
      }
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.run(party, Scene.stack, commit.ours, faults, sabotage) }
      if hasDriftJob {
        group.addTask { await self.lookForDrift(commit.ours) }
      }
      if meetsOthers {
        group.addTask {
          await self.wait(60)
          self.world.with { $0.tally.note(.otherStack, in: .planning) }
          await self.run(party + 1, Scene.otherStack, commit.others, faults, nil)
        }
      }
      if meetsSecond {
        group.addTask {
          await self.wait(60)
          self.world.with { $0.tally.note(.secondRunner, in: .planning) }
          let isBehind = !self.stage.chance(400)
          let documents = isBehind ? older.ours : commit.ours
          await self.run(party + 2, Scene.stack, documents, faults, sabotage)
        }
      }
      if meetsThird {
        group.addTask {
          await self.wait(60)
          self.world.with { $0.tally.note(.secondRunner, in: .planning) }
          // Apart from the numbers of the next commit.
          await self.run(party + 100, Scene.stack, commit.ours, faults, sabotage)
        }
      }
    }
  }

  /// Says a few times what somebody moved, as a job of its own does.
  private func lookForDrift(_ desired: [ComputeTarget]) async {
    world.with { $0.tally.note(.driftJob, in: .planning) }
    for _ in 0..<2 {
      await wait(40)
      world.with { state in
        var targets = state.list(state.truth)
        if sabotage == .driftInFlight {
          for index in targets.indices { targets[index].state = .succeeded }
        }
        let request = PlanningRequest(
          stack: Scene.stack, desired: desired,
          observed: Snapshot(workspace: testWorkspace, targets: targets), mode: .refreshOnly,
          catalog: WorldState.catalog)
        let drift = makePlan(request).plan.drift.map(\.address.nameKey)
        if !drift.isEmpty { state.emit(.toldDrift(drift)) }
      }
    }
  }

  private func wait(_ most: Int) async {
    try? await stage.sleep(until: stage.now + .seconds(stage.choose(most)))
  }

  /// One run that may be killed or told to stop.
  private func run(
    _ party: Party, _ stack: String, _ desired: [ComputeTarget], _ faults: FaultDraw,
    _ sabotage: Sabotage?
  ) async {
    var state = RunState()
    if stage.chance(faults[.crash]) {
      state.cutPoint = stage.chance(500) ? stage.pick(CutPoint.allCases) : nil
      state.cutsLeft = stage.choose(state.cutPoint == nil ? 40 : 4)
    }
    if stage.chance(faults[.signal]) {
      state.signalIn = stage.choose(30)
      if stage.chance(faults[.abandon]) { state.abandonIn = stage.choose(30) }
    }
    if faults[.tokenOver] > 0 {
      // Mostly it is over before the run is.
      let minutes = stage.chance(500) ? 5 - stage.choose(5) : 90 - stage.choose(90)
      let life = Duration.seconds(60 * minutes)
      state.token = Token(end: stage.now + life, life: life)
      // Some are over right when something is to be written.
      if stage.chance(300) { state.token?.writesLeft = stage.choose(4) }
    }
    var run = Run(world: world, party: party, stack: stack, desired: desired, sabotage: sabotage)
    run.lockTimeout = .seconds([0, 30, 100, 200][stage.choose(4)])
    run.command =
      stage.chance(400) ? .resume : stage.decide { RunCommand(stage, for: desired) }
    run.clockRate = clockRate(faults)
    _ = await go(run, state, performer(party, faults))
  }

  private func clockRate(_ faults: FaultDraw) -> Int {
    guard stage.chance(faults[.clockRate]) else { return 100 }
    world.with { $0.tally.note(.clockRate, in: .planning) }
    return 90 + stage.choose(21)
  }

  /// Who stands still once, for up to ten leases; nil for a run that does not.
  private func performer(_ party: Party, _ faults: FaultDraw) -> (any TaskExecutor)? {
    guard stage.chance(faults[.pause]) else { return nil }
    return performer(party, pausedAfter: stage.choose(150))
  }

  func performer(_ party: Party, pausedAfter jobs: Int) -> any TaskExecutor {
    let world = world
    return stage.performer(pausedAfter: jobs, for: .seconds(1 + stage.choose(600))) { stands in
      world.with { state in
        guard state.runs[party]?.isDead == false else { return }
        if stands { state.tell(.pause, of: party) }
        state.emit(.stood(party, stands))
      }
    }
  }

  @discardableResult
  func go(
    _ run: Run, _ state: RunState, _ performer: (any TaskExecutor)? = nil
  ) async -> Run.Ending {
    let party = run.party
    world.with { world in
      world.tally.runs += 1
      world.tally.commands[run.command.word, default: 0] += 1
      world.runs[party] = state
    }
    let task = Task(executorPreference: performer ?? stage) { await run.perform() }
    world.with {
      $0.runs[party]?.cancel = { task.cancel() }
      if run.sabotage == .signalForgotten { $0.runs[party]?.interrupt = {} }
    }
    let ending = await task.value
    world.with { world in
      switch ending {
      case .complete: world.tally.complete += 1
      case .partial: world.tally.partial += 1
      case .locked, .unread, .refused, .stale, .empty, .dead: break
      }
      world.runs[party]?.isGone = true
      guard ending != .dead, world.runs[party]?.isReleaseLost == false else { return }
      let keeps = world.leases.values.contains {
        $0.record != nil && $0.holder == party && $0.isAnswered
      }
      world.checker.expect(!keeps, .lockKept, "run \(party) kept its lease")
    }
    return ending
  }

  // MARK: Phase two: faults stop

  func calmDown() async {
    world.with { state in
      state.faults = .none
      state.hasRivals = false
      state.leasesAwayUntil = .zero
    }
    // Whatever is late or stuck comes to an end.
    try? await stage.sleep(until: stage.now + .seconds(4 * 3600))
    world.with { _ in }
  }

  func phaseTwo(
    _ first: Party, _ desired: [ComputeTarget], _ faults: FaultDraw
  ) async {
    var endings: [Run.Ending] = []
    for party in first..<first + 3 {
      let writes = world.state.withLock(\.tally.writes)
      var run = Run(
        world: world, party: party, stack: Scene.stack, desired: desired, sabotage: sabotage)
      // Long enough for any lease to be over.
      run.lockTimeout = .seconds(90)
      run.clockRate = clockRate(faults)
      let ending = await go(run, RunState())
      endings.append(ending)
      switch ending {
      case .refused:
        return expectNothing(writtenSince: writes)
      case .empty:
        expectNothing(writtenSince: writes)
        return expectDesired(desired)
      case .complete: break
      // What a late write left behind is found out by making its successor, and mended by the next.
      case .partial where world.state.withLock({ $0.checker.metRemains.contains(party) }): break
      case .partial, .locked, .unread, .stale, .dead:
        world.with { state in
          state.checker.expect(
            false, .notCalm,
            "a calm apply of a plan that no guard refused ended like this: \(ending)")
        }
      }
    }
    world.with { state in
      state.checker.expect(
        false, .notConverged, "three calm applies ended like this: \(endings)")
    }
  }

  private func expectNothing(writtenSince writes: Int) {
    world.with { state in
      state.checker.expect(
        state.tally.writes == writes, .restless, "an apply without a change wrote something")
    }
  }

  /// O16: everything that is wanted is there, and nothing of ours that is not.
  private func expectDesired(_ desired: [ComputeTarget]) {
    world.with { state in
      let wanted = desired.byName(of: \.address)
      for (key, document) in wanted.sorted(by: { $0.key < $1.key }) {
        guard let live = state.target(key), let compute = state.truth.compute(key) else {
          state.checker.expect(false, .missing, "\(document.address) is missing")
          continue
        }
        guard live.kind == document.kind.name else {
          state.checker.expect(false, .missing, "\(document.address) is a \(live.kind)")
          continue
        }
        let differences = TargetComparison(document, with: live).differences.map(\.path.description)
        state.checker.expect(
          differences.isEmpty && compute.isInEffect && !compute.isBroken, .missing,
          "\(document.address) is not as wanted: \(live.state.text) \(differences)")
        state.checker.expect(
          live.marks.stack == Scene.stack || document.settings.adopt, .missing,
          "\(document.address) is not ours")
      }
      for compute in state.truth.computes() where wanted[compute.key] == nil {
        guard let live = state.target(compute.name), live.marks.stack == Scene.stack,
          live.isKnownKind
        else { continue }
        state.checker.expect(
          live.marks.onRemove == .retain, .missing, "\(live.address) is ours and nobody wants it")
      }
    }
  }
}
