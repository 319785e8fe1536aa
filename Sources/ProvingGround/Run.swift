internal import ApplyJournal
internal import BackendInterface
internal import Diagnostics
internal import Execution
internal import Planning
internal import Synchronization
internal import TargetModel
internal import TestSupport

/// One apply of one runner, from its lock to its end, as the command does it.
struct Run: Sendable {
  let world: World
  let party: Party
  let stack: String
  let desired: [ComputeTarget]
  var sabotage: Sabotage?

  /// How it ended.
  enum Ending: Sendable, Equatable {
    case locked
    case unread
    case refused([String])
    case empty
    case complete
    case partial
    case dead
  }

  private var locks: [String] {
    world.state.withLock(\.sharesLock) ? ["stack \(stack)", "workspace"] : ["stack \(stack)"]
  }

  func apply() async -> Ending {
    guard takeLocks() else { return .locked }
    let ending = await applyAlone()
    let locks = self.locks
    world.with { state in
      guard state.runs[party]?.isDead == false else { return }
      for lock in locks where state.locks[lock] == party { state.locks[lock] = nil }
      state.emit(.unlocked(party))
    }
    return isDead ? .dead : ending
  }

  private var isDead: Bool { world.state.withLock { $0.runs[party]?.isDead ?? true } }

  private func takeLocks() -> Bool {
    let locks = self.locks
    return world.with { state in
      let isFree = locks.allSatisfy { state.locks[$0] == nil }
      guard isFree || sabotage == .lockIgnored else { return false }
      for lock in locks { state.locks[lock] = party }
      if isFree { state.emit(.locked(party)) }
      return true
    }
  }

  private func applyAlone() async -> Ending {
    let disk = Disk(world, party)
    let backend: any Backend = Line(world: world, party: party)
    let saboteur = sabotage.map { Saboteur(backend, $0, self) }
    let journal: any JournalWriting = sabotage.map { SabotagedJournal(disk, $0) } ?? disk
    var limits = ApplyLimits()
    if sabotage == .nameReusedAtOnce {
      (limits.reuseConfirmations, limits.absenceWindow) = (1, .zero)
    }
    if sabotage == .deadlineIgnored { limits.deadlines.standard = .seconds(1_000_000) }
    let executor = Executor(
      backend: saboteur ?? backend, journal: journal,
      clock: StageClock(stage: world.stage, isSteady: sabotage != .wallClock),
      now: { wallTime }, limits: limits, seed: UInt64(party))
    let targets: [ObservedTarget]
    do {
      targets = try await executor.settle(stack: stack, desired: desired) { _ in }
    } catch {
      return .unread
    }
    if isDead { return .dead }
    let observed = Snapshot(workspace: testWorkspace, targets: targets)
    var result = plan(observed)
    sabotage?.corrupt(&result, desired, observed)
    if result.isRefused {
      let rules = Set(
        result.findings.findings.filter { $0.severity == .error }.map(\.rule.id))
      world.with { state in
        state.tally.refused += 1
        for rule in rules { state.tally.refusals[rule, default: 0] += 1 }
      }
      return .refused(rules.sorted())
    }
    if result.plan.isEmpty { return .empty }
    return await carryOut(result.plan, observed, executor, saboteur, disk)
  }

  func plan(_ observed: Snapshot) -> PlanningResult {
    makePlan(
      PlanningRequest(
        stack: stack, desired: sabotage?.documents(desired) ?? desired,
        observed: sabotage?.snapshot(observed, stack) ?? observed, catalog: WorldState.catalog))
  }

  private var wallTime: Int64 {
    // Nobody may rely on it, so it is anywhere.
    1_767_603_600_000 + Int64(world.stage.choose(7_200_000)) - 3_600_000
  }

  private func carryOut(
    _ plan: Plan, _ observed: Snapshot, _ executor: Executor, _ saboteur: Saboteur?, _ disk: Disk
  ) async -> Ending {
    let byName = Dictionary(
      desired.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    let live = Dictionary(
      observed.targets.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    world.emit(
      .planned(
        party, Assignment(stack: stack, plan: plan, desired: byName, observed: live)))
    saboteur?.begin(plan, live, byName)
    let request = ApplyRequest(
      plan: plan, desired: desired, catalog: WorldState.catalog,
      parallelism: 1 + world.stage.choose(4), run: "run-\(party)", planDigest: "sha256:00")
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
    let report = await executor.run(request, interrupts: interrupts) { event in
      if !isDead { world.emit(.told(party, event)) }
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
    guard let targets = try? await Line(world: world, party: party).list() else { return .partial }
    let again = self.plan(Snapshot(workspace: testWorkspace, targets: targets)).plan
    let touched = Set(plan.changes.map(\.address.nameKey))
    return again.changes.contains { touched.contains($0.address.nameKey) } ? .partial : .complete
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
