internal import ApplyJournal
internal import BackendInterface
internal import Diagnostics
internal import Execution
internal import Planning
internal import Synchronization
internal import TargetModel
internal import TestSupport

/// One command of one runner, from its lease to its end, as the program does it.
struct Run: Sendable {
  let world: World
  let party: Party
  let stack: String
  let desired: [ComputeTarget]
  var sabotage: Sabotage?
  /// How long it waits for the lease.
  var lockTimeout: Duration = .zero
  var command = RunCommand.apply
  /// How fast its clock goes, in hundredths.
  var clockRate = 100

  /// How it ended.
  enum Ending: Sendable, Equatable {
    case locked
    case unread
    case refused([String])
    /// A saved plan relies on what holds no more.
    case stale
    case empty
    case complete
    case partial
    case dead
  }

  /// A plan that was made before, and what was seen then.
  private struct SavedPlan {
    let plan: Plan
    let observed: Snapshot
  }

  func perform() async -> Ending {
    guard let age = command.age else { return await apply(nil) }
    switch await planAhead() {
    case .failure(let reason): return isDead ? .dead : reason.ending
    case .success(let plan):
      try? await world.stage.sleep(until: world.stage.now + age)
      return isDead ? .dead : await apply(plan)
    }
  }

  /// - Parameter saved: the plan that somebody approved before.
  private func apply(_ saved: SavedPlan?) async -> Ending {
    let place = world.state.withLock { $0.sharesLease ? "the workspace" : stack }
    let lock = lock(on: place)
    let attempt: WorkspaceLock.Attempt
    do {
      attempt = try await lock.acquire(for: holder, timeout: lockTimeout) {}
    } catch {
      return isDead ? .dead : .locked
    }
    switch attempt {
    case .held:
      return sabotage == .lockIgnored ? await applyAlone(saved, nil) : isDead ? .dead : .locked
    case .granted(let hold):
      world.state.withLock { $0.runs[party]?.lease = (hold.lease, place) }
      let ending = await lock.hold(hold) { await applyAlone(saved, hold) }
      return isDead ? .dead : ending
    }
  }

  private var isDead: Bool { world.state.withLock { $0.runs[party]?.isDead ?? true } }

  // MARK: The lease

  private func lock(on place: String) -> WorkspaceLock {
    WorkspaceLock(
      store: LeaseDesk(world: world, party: party, place: place, sabotage: sabotage),
      clock: StageClock(
        stage: world.stage, isSteady: sabotage != .wallClockLease, rate: clockRate),
      times: leaseTimes, now: { wallTime },
      randomBytes: { Array(repeating: UInt8(party & 0xFF), count: $0) })
  }

  private var leaseTimes: LeaseTimes {
    var times = LeaseTimes()
    times.window = world.state.withLock(\.checker.window)
    switch sabotage {
    case .takenTooEarly: (times.duration, times.grace) = (.seconds(20), .zero)
    case .marginForgotten: (times.margin, times.call) = (.zero, .zero)
    case .windowForgotten: times.window = .zero
    default: break
    }
    return times
  }

  private var holder: LeaseHolder {
    LeaseHolder(
      path: stack, operation: "apply", who: "run \(party)", version: "1", createdAt: wallTime)
  }

  // MARK: Planning

  /// Why there is no plan.
  private struct NoPlan: Error {
    let ending: Ending
  }

  /// Plans without a lease and keeps the plan, as `berth plan --out` does.
  private func planAhead() async -> Result<SavedPlan, NoPlan> {
    let line = Line(world: world, party: party, sabotage: sabotage)
    let targets: [ObservedTarget]
    do {
      targets = try await line.list()
    } catch {
      return .failure(NoPlan(ending: .unread))
    }
    if Task.isCancelled { return .failure(NoPlan(ending: .unread)) }
    let observed = Snapshot(workspace: testWorkspace, targets: targets)
    let result = planned(observed, history, nil)
    if result.isRefused { return .failure(NoPlan(ending: refusal(result))) }
    return result.plan.isEmpty
      ? .failure(NoPlan(ending: .empty))
      : .success(SavedPlan(plan: result.plan, observed: observed))
  }

  private func applyAlone(_ saved: SavedPlan?, _ hold: LeaseHold?) async -> Ending {
    let disk = Disk(world, party)
    let backend: any Backend = Line(world: world, party: party, sabotage: sabotage)
    let saboteur = sabotage.map { Saboteur(backend, $0, self) }
    let journal: any JournalWriting = sabotage.map { SabotagedJournal(disk, $0) } ?? disk
    var limits = ApplyLimits()
    // What happens at the same time is for the world to draw, and kept stories stay as they are.
    limits.gathering = .zero
    if sabotage == .nameReusedAtOnce {
      (limits.reuseConfirmations, limits.absenceWindow) = (1, .zero)
    }
    if sabotage == .deadlineIgnored { limits.deadlines.standard = .seconds(1_000_000) }
    if sabotage == .staleLookSent { limits.freshness = .seconds(1_000_000) }
    let executor = Executor(
      backend: guarded(saboteur ?? backend, by: hold), journal: journal,
      clock: StageClock(
        stage: world.stage, isSteady: sabotage != .wallClock, rate: clockRate),
      now: { wallTime }, limits: limits, seed: UInt64(party))
    let earlier = history
    let approved = planToResume(of: earlier)
    let targets: [ObservedTarget]
    do {
      targets =
        sabotage == .settleSkipped
        ? try await backend.list()
        : try await executor.settle(stack: stack, desired: desired) { _ in }
    } catch {
      return .unread
    }
    if isDead { return .dead }
    // A signal came while it waited.
    if Task.isCancelled { return .unread }
    let observed = Snapshot(workspace: testWorkspace, targets: targets)
    var history = history
    history.keepRemovals(of: earlier)
    let plan: Plan
    if let saved {
      plan = saved.plan
    } else {
      let result = planned(observed, history, approved)
      if result.isRefused { return refusal(result) }
      plan = result.plan
    }
    let live = observed.targets.byName(of: \.address)
    let assignment = Assignment(
      stack: stack, command: command, plan: plan,
      desired: desired.byName(of: \.address),
      observed: live, plannedFrom: saved?.observed.targets.byName(of: \.address) ?? live,
      resumed: approved, history: history)
    if saved != nil, let reason = staleness(of: plan, observed, history) {
      world.with { state in
        state.tally.stale += 1
        state.emit(.heldStale(party, reason, assignment))
      }
      return .stale
    }
    if plan.isEmpty {
      world.emit(.nothingToDo(party, assignment))
      return .empty
    }
    return await carryOut(assignment, executor, saboteur, disk, hold)
  }

  private func guarded(_ backend: any Backend, by hold: LeaseHold?) -> any Backend {
    guard let hold, sabotage != .leaseUnchecked else { return backend }
    return backend.held(by: hold)
  }

  /// What the journals tell.
  private var history: RunHistory {
    let kept = world.with { $0.journals[stack] ?? [] }
    var history = RunHistory(of: stack)
    for run in kept { history.read(run.disk.reading()) }
    return history
  }

  private func planToResume(of history: RunHistory) -> Plan? {
    guard case .resume = command.order, let run = history.unfinished?.run else { return nil }
    return world.with { state in
      state.tally.resumed += 1
      return state.journals[stack]?.last { $0.run == run }?.plan
    }
  }

  /// Why a saved plan is not carried out; nil if it is.
  private func staleness(
    of saved: Plan, _ observed: Snapshot, _ history: RunHistory
  ) -> PlanStaleness? {
    if sabotage == .stalePlanApplied { return nil }
    if sabotage == .planHeldStale, let change = saved.changes.first {
      return .moved(change, to: observed.targets.byName(of: \.address)[change.address.nameKey])
    }
    return saved.staleness(
      desired: desired, seeing: observed, stranded: history.stranded, in: WorldState.catalog)
  }

  private func refusal(_ result: PlanningResult) -> Ending {
    let rules = Set(result.findings.findings.filter { $0.severity == .error }.map(\.rule.id))
    world.with { state in
      state.tally.refused += 1
      for rule in rules { state.tally.refusals[rule, default: 0] += 1 }
    }
    return .refused(rules.sorted())
  }

  /// The plan for what the command is about.
  private func planned(
    _ observed: Snapshot, _ history: RunHistory, _ approved: Plan?
  ) -> PlanningResult {
    var result = makePlan(
      request(observed, history) { request in
        if sabotage?.ignores(command) != true { request.ask(command) }
        if let approved, sabotage != .resumeDoesAll { request.keep(to: approved) }
      })
    sabotage?.corrupt(&result, desired, observed)
    return result
  }

  private func request(
    _ observed: Snapshot, _ history: RunHistory, _ change: (inout PlanningRequest) -> Void
  ) -> PlanningRequest {
    var request = PlanningRequest(
      stack: stack, desired: sabotage?.documents(desired) ?? desired,
      observed: sabotage?.snapshot(observed, stack, desired) ?? observed,
      catalog: WorldState.catalog)
    if sabotage != .strandedForgotten { request.stranded = history.stranded }
    if let most = world.state.withLock(\.checker.removalLimit) {
      request.blastRadius.limits.removals = BlastRadius.Limit(
        count: sabotage == .guardMiscounts ? most + 1 : most)
    }
    change(&request)
    return request
  }

  private var name: String { "run-\(party)" }

  private var wallTime: Int64 {
    // Nobody may rely on it, so it is anywhere.
    1_767_603_600_000 + Int64(world.stage.choose(7_200_000)) - 3_600_000
  }

  // MARK: Doing

  private func carryOut(
    _ assignment: Assignment, _ executor: Executor, _ saboteur: Saboteur?, _ disk: Disk,
    _ hold: LeaseHold?
  ) async -> Ending {
    let plan = assignment.plan
    world.with { state in
      state.emit(.planned(party, assignment))
      state.journals[stack, default: []].append(KeptRun(run: name, disk: disk, plan: plan))
    }
    saboteur?.begin(plan, assignment.observed, assignment.desired)
    var request = ApplyRequest(
      plan: plan, desired: desired, catalog: WorldState.catalog,
      parallelism: 1 + world.stage.choose(4), run: name, planDigest: "sha256:00")
    if sabotage != .freedNamesForgotten {
      request.freedNames = assignment.history.stranded
      request.deletedNames = assignment.history.deleted
    }
    let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self)
    world.state.withLock {
      $0.runs[party]?.interrupt = {
        switch sabotage {
        case .signalIgnored: break
        // Ends the run as a second signal would.
        case .signalBetweenHalves: world.state.withLock { $0.runs[party]?.cancel }?()
        default: continuation.yield()
        }
      }
    }
    let began = world.stage.now
    let report = await withTaskGroup(of: Void.self) { group in
      if let hold {
        group.addTask { for await _ in hold.lost { continuation.yield() } }
      }
      let report = await executor.run(request, interrupts: interrupts) { event in
        if !isDead { world.emit(.told(party, event)) }
      }
      group.cancelAll()
      return report
    }
    checkJournal(disk)
    guard !isDead else { return .dead }
    world.with { state in
      state.runs[party]?.isOver = true
      state.emit(.finished(party, report, elapsed: state.now - began))
      if let gap = disk.gap(in: report) {
        state.checker.expect(false, .journalLies, "run \(party): \(gap)")
      }
    }
    guard report.isComplete else { return .partial }
    return await prove(plan)
  }

  /// Plans again for the targets that were touched: done is what needs nothing more.
  private func prove(_ plan: Plan) async -> Ending {
    let before = world.with { $0.checker.count }
    if sabotage == .nothingReadBack {
      world.emit(.proven(party, since: before))
      return .complete
    }
    guard let targets = try? await Line(world: world, party: party).list() else { return .partial }
    let observed = Snapshot(workspace: testWorkspace, targets: targets)
    // A selection is no part of the proof.
    let again = makePlan(request(observed, RunHistory(of: stack)) { $0.mode = plan.mode }).plan
    let touched = Set(plan.changes.map(\.address.nameKey))
    if again.changes.contains(where: { touched.contains($0.address.nameKey) }) { return .partial }
    world.emit(.proven(party, since: before))
    return .complete
  }

  private func checkJournal(_ disk: Disk) {
    // What was not torn reads like any other; a few of those are enough.
    guard isDead || world.stage.chance(100) else { return }
    let damage = disk.damage { bytes in
      if sabotage == .tornTailAccepted { return Saboteur.readCarelessly(bytes) }
      return (try? JournalCodec.read(bytes))?.entries
    }
    guard let damage else { return }
    world.with { state in
      state.checker.expect(false, .journalLies, "run \(party): \(damage)")
    }
  }
}
