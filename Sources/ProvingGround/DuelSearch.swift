internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import TargetModel
internal import TestSupport

/// Two runners with different documents, one crash, one lost reply, one stale read and one lost
/// lease, in every interleaving: the states are gone through once, the ways through them counted.
///
/// From each end a calm apply, by itself or as a resume, with the journal of the crash whole, torn
/// or gone, has to bring about what is wanted.
package struct DuelSearch {
  package struct Counts: Sendable {
    package var duels = 0
    package var states = 0
    package var steps = 0
    package var ends = 0
    package var applies = 0
    /// How many ways there are; saturates.
    package var executions: UInt64 = 0
    package var violations: [String] = []

    mutating func add(_ other: Counts) {
      duels += other.duels
      states += other.states
      steps += other.steps
      ends += other.ends
      applies += other.applies
      executions = executions.addingSaturating(other.executions)
      violations += other.violations
    }
  }

  /// What each runner wants, by name.
  let wishes: [[Int]]
  let limits: ApplyLimits
  private(set) var counts = Counts()
  private var ways: [Duel.Key: UInt64] = [:]
  private var plans: [Plan] = []
  private var planNumbers: [PlanKey: Int] = [:]
  private var endings: Set<[Int]> = []

  private struct PlanKey: Hashable {
    let wishes: [Int]
    let seen: [Duel.Live?]
    var stranded: UInt8 = 0
    var approved = -1
  }

  init(_ wishes: [[Int]]) {
    self.wishes = wishes
    var limits = ApplyLimits()
    limits.progressInterval = .seconds(1_000_000)
    // Waits that grow make other states of what is the same.
    limits.longestPoll = limits.firstPoll
    self.limits = limits
  }

  mutating func run(from live: [Int]) -> Counts {
    counts.duels = 1
    let cells = live.map { $0 == 0 ? nil : Duel.Live(variant: $0, state: .still) }
    counts.executions = explore(Duel(cells), 0)
    counts.states = ways.count
    return counts
  }

  /// How many ways lead on from a state.
  private mutating func explore(_ duel: Duel, _ depth: Int) -> UInt64 {
    if let harm = duel.harm {
      violate(duel, harm)
      return 1
    }
    let key = duel.key()
    if let known = ways[key] { return known }
    ways[key] = 0
    var total: UInt64 = 0
    var isEnd = true
    forEachStep(from: duel) { search, next in
      isEnd = false
      search.counts.steps += 1
      total = total.addingSaturating(search.explore(next, depth + 1))
    }
    if isEnd {
      counts.ends += 1
      total = 1
      conclude(duel)
    }
    ways[key] = total
    return total
  }

  private mutating func violate(_ duel: Duel, _ words: String) {
    guard counts.violations.count < 5 else { return }
    counts.violations.append(
      "two runners \(wishes) over \(duel.live.map { $0.map { "\($0.variant)" } ?? "-" }): \(words)")
  }

  /// All of them: documents of two runners and what is live, of which those that differ only by the
  /// names of names or of resources count once.
  ///
  /// - Parameters:
  ///   - step: only each so many-th.
  ///   - isWide: with changes in place as well, which are many more.
  package static func all(jobs: Int, stride step: Int = 1, isWide: Bool = false) async -> Counts {
    var worlds: [[Int]] = []
    for first in 0..<Duel.variants {
      for second in 0..<Duel.variants {
        let isDouble =
          first > 0 && second > 0 && Duel.resource(of: first) == Duel.resource(of: second)
        if !isDouble, isWide || max(first, second) < 3 { worlds.append([first, second]) }
      }
    }
    var duels: [[[Int]]] = []
    for live in worlds {
      for mine in worlds {
        for theirs in worlds where mine != theirs {
          let duel = [live, mine, theirs]
          if isFirstOfItsKind(duel) { duels.append(duel) }
        }
      }
    }
    let chosen = stride(from: 0, to: duels.count, by: step).map { duels[$0] }
    return await withTaskGroup(of: Counts.self) { group in
      for job in 0..<jobs {
        group.addTask {
          var counts = Counts()
          for number in stride(from: job, to: chosen.count, by: jobs) {
            var search = DuelSearch(Array(chosen[number].dropFirst()))
            counts.add(search.run(from: chosen[number][0]))
          }
          return counts
        }
      }
      var counts = Counts()
      for await part in group { counts.add(part) }
      return counts
    }
  }

  /// True unless other names for names, or for resources, give a duel that comes earlier.
  private static func isFirstOfItsKind(_ duel: [[Int]]) -> Bool {
    let swapped = duel.map { $0.map { [0, 2, 1, 3][$0] } }
    // With a variant of one resource alone the two are not alike.
    let likes = duel.joined().contains(3) ? [duel] : [duel, swapped]
    let numbers = likes.flatMap { like in [like, like.map { Array($0.reversed()) }] }
      .map { $0.joined().reduce(0) { $0 * Duel.variants + $1 } }
    return numbers.dropFirst().allSatisfy { numbers[0] <= $0 }
  }

  // MARK: What may happen next

  private mutating func forEachStep(
    from duel: Duel, _ body: (inout DuelSearch, Duel) -> Void
  ) {
    for name in duel.live.indices where duel.live[name].map({ $0.state != .still }) ?? false {
      var next = duel
      next.end(name)
      body(&self, next)
    }
    for runner in duel.runners.indices {
      switch duel.runners[runner].phase {
      case .waiting: begin(runner, duel, body)
      case .planning: plan(runner, duel, body)
      case .running(let machine): go(runner, machine, duel, body)
      case .crashed, .over: break
      }
    }
  }

  /// Takes the lease when it is free, or its holder is gone.
  private mutating func begin(
    _ runner: Int, _ duel: Duel, _ body: (inout DuelSearch, Duel) -> Void
  ) {
    if let holder = duel.holder {
      guard case .crashed = duel.runners[holder].phase else { return }
    }
    var next = duel
    next.holder = runner
    next.runners[runner].phase = .planning
    body(&self, next)
  }

  private mutating func plan(
    _ runner: Int, _ duel: Duel, _ body: (inout DuelSearch, Duel) -> Void
  ) {
    // What somebody is at work on is waited for.
    if !duel.isBusy { planned(runner, duel, seeing: duel.live, body) }
    let formerIsStill = duel.former.allSatisfy { $0.map { $0.state == .still } ?? true }
    if duel.budget.contains(.staleRead), duel.former != duel.live, formerIsStill {
      var next = duel
      next.budget.remove(.staleRead)
      planned(runner, next, seeing: duel.former, body)
    }
    crash(runner, duel, body)
    lose(runner, duel, body)
  }

  private mutating func planned(
    _ runner: Int, _ duel: Duel, seeing seen: [Duel.Live?],
    _ body: (inout DuelSearch, Duel) -> Void
  ) {
    var next = duel
    let number = plan(PlanKey(wishes: wishes[runner], seen: seen))
    if number < 0 {
      finish(runner, &next)
    } else {
      next.runners[runner].plan = number
      next.runners[runner].phase = .running(machine(number, wishes[runner]))
      send(.began, to: runner, &next)
    }
    body(&self, next)
  }

  private mutating func go(
    _ runner: Int, _ machine: ApplyMachine, _ duel: Duel,
    _ body: (inout DuelSearch, Duel) -> Void
  ) {
    for index in duel.runners[runner].calls.indices {
      let call = duel.runners[runner].calls[index]
      if let answer = call.answer {
        var next = duel
        next.runners[runner].calls.remove(at: index)
        send(answer, to: runner, &next)
        body(&self, next)
      } else {
        perform(call.command, index, runner, duel, body)
      }
    }
    if let wake = machine.nextWake {
      var next = duel
      next.runners[runner].now = max(next.runners[runner].now, wake)
      send(.timePassed, to: runner, &next)
      body(&self, next)
    }
    if duel.holder != runner, !duel.runners[runner].knowsLoss {
      // The heartbeat finds that the lease is gone.
      var next = duel
      next.runners[runner].knowsLoss = true
      send(.interrupted, to: runner, &next)
      body(&self, next)
    }
    crash(runner, duel, body)
    lose(runner, duel, body)
  }

  private mutating func crash(
    _ runner: Int, _ duel: Duel, _ body: (inout DuelSearch, Duel) -> Void
  ) {
    guard duel.budget.contains(.crash) else { return }
    var next = duel
    next.budget.remove(.crash)
    next.runners[runner].phase = .crashed
    next.runners[runner].calls = []
    body(&self, next)
  }

  private mutating func lose(
    _ runner: Int, _ duel: Duel, _ body: (inout DuelSearch, Duel) -> Void
  ) {
    guard duel.budget.contains(.lostLease), duel.holder == runner else { return }
    var next = duel
    next.budget.remove(.lostLease)
    next.holder = nil
    body(&self, next)
  }

  // MARK: Calls

  private mutating func perform(
    _ command: MachineCommand, _ index: Int, _ runner: Int, _ duel: Duel,
    _ body: (inout DuelSearch, Duel) -> Void
  ) {
    func answered(_ duel: Duel, _ event: MachineEvent) -> Duel {
      var next = duel
      next.runners[runner].calls[index].answer = event
      return next
    }
    /// Reads are answered at once: when they were made is told by the one that is stale.
    func delivered(_ duel: Duel, _ event: MachineEvent) -> Duel {
      var next = duel
      next.runners[runner].calls.remove(at: index)
      send(event, to: runner, &next)
      return next
    }
    switch command {
    case .look(let step, let request):
      var next = duel
      guard let sight = next.look(request, listing: duel.live) else { return }
      body(&self, delivered(next, .looked(step, .success(sight))))
      if duel.budget.contains(.staleRead) {
        // On its way back while other things happen.
        var late = next
        late.budget.remove(.staleRead)
        body(&self, answered(late, .looked(step, .success(sight))))
      }
      guard duel.budget.contains(.staleRead), request.resource != nil, duel.former != duel.live,
        var stale = Optional(duel), let sight = stale.look(request, listing: duel.former)
      else { return }
      stale.budget.remove(.staleRead)
      body(&self, delivered(stale, .looked(step, .success(sight))))
    case .submit(let step, let request, _):
      guard duel.holder == runner else {
        return body(&self, answered(duel, .submitted(step, .failure(.leaseLost))))
      }
      var next = duel
      let handle = next.take(request)
      body(&self, answered(next, .submitted(step, .success(handle))))
      guard duel.budget.contains(.lostReply) else { return }
      next.budget.remove(.lostReply)
      body(&self, answered(next, .submitted(step, .failure(.lost))))
      var before = duel
      before.budget.remove(.lostReply)
      body(&self, answered(before, .submitted(step, .failure(.lost))))
    case .poll(let step, let operation):
      var next = duel
      guard duel.runs(operation) else {
        return body(&self, delivered(duel, .polled(step, .success(.succeeded))))
      }
      let name = operation.reference?.first == "0" ? 0 : 1
      guard next.seesTransition(name) else { return }
      body(&self, delivered(next, .polled(step, .success(.running(retryAfter: nil)))))
    case .append, .tell: break
    }
  }

  private func send(_ event: MachineEvent, to runner: Int, _ duel: inout Duel) {
    guard case .running(var machine) = duel.runners[runner].phase else { return }
    // The machine is to be the only one that has its arrays.
    duel.runners[runner].phase = .over
    var events = [event]
    while !events.isEmpty {
      for command in machine.handle(events.removeFirst(), at: duel.runners[runner].now) {
        switch command {
        case .tell: break
        case .append(let record):
          duel.runners[runner].note(record, in: plans[duel.runners[runner].plan])
          events.append(.journaled(record))
        case .look, .submit, .poll:
          duel.runners[runner].calls.append(Duel.Call(command: command))
        }
      }
    }
    if machine.isFinished {
      checkReport(machine.report, runner, &duel)
      finish(runner, &duel)
    } else {
      duel.runners[runner].phase = .running(machine)
    }
  }

  private func finish(_ runner: Int, _ duel: inout Duel) {
    duel.runners[runner].phase = .over
    duel.runners[runner].calls = []
    if duel.holder == runner { duel.holder = nil }
  }

  /// What is told as done is done, as long as nobody else may write.
  private func checkReport(_ report: ApplyReport, _ runner: Int, _ duel: inout Duel) {
    guard duel.holder == runner, report.isComplete else { return }
    for (name, wish) in wishes[runner].enumerated() {
      let plan = plans[duel.runners[runner].plan]
      guard plan.changes.contains(where: { $0.address.name == Duel.names[name] }) else { continue }
      let found = duel.live[name]
      if found?.variant ?? 0 != wish || (found.map { $0.state != .still } ?? false) {
        duel.harm = "an apply is told as complete, and \(Duel.names[name]) is not as wanted"
      }
    }
  }

  // MARK: Plans

  /// The number of a plan; -1 if it is empty, -2 if a guard stands against it.
  private mutating func plan(_ key: PlanKey) -> Int {
    if let known = planNumbers[key] { return known }
    var request = PlanningRequest(
      stack: Scene.stack, desired: documents(key.wishes),
      observed: Snapshot(
        workspace: testWorkspace,
        targets: key.seen.indices.compactMap { Duel.target($0, key.seen[$0]) }),
      catalog: .invented)
    request.stranded = Set(
      Duel.names.indices.filter { key.stranded & (1 << $0) != 0 }
        .map { Duel.names[$0] })
    if key.approved >= 0 { request.keep(to: plans[key.approved]) }
    let result = makePlan(request)
    var number = -2
    if !result.isRefused {
      number = result.plan.isEmpty ? -1 : plans.count
      if number >= 0 { plans.append(result.plan) }
    }
    planNumbers[key] = number
    return number
  }

  private func documents(_ wishes: [Int]) -> [ComputeTarget] {
    wishes.indices.compactMap { wishes[$0] == 0 ? nil : Duel.documents[$0][wishes[$0] - 1] }
  }

  private func machine(_ plan: Int, _ wishes: [Int]) -> ApplyMachine {
    ApplyMachine(
      ApplyRequest(
        plan: plans[plan], desired: documents(wishes), catalog: .invented, parallelism: 4,
        run: "run", planDigest: ""), limits: limits, random: Steady())
  }

  // MARK: Ends

  /// Applies what the second runner wants in a calm world, by every journal that a crash may leave.
  private mutating func conclude(_ duel: Duel) {
    var calm = duel
    for name in calm.live.indices { calm.end(name) }
    let crashed = duel.runners.first { if case .crashed = $0.phase { true } else { false } }
    let stranded = Set([0, crashed?.stranded.whole ?? 0, crashed?.stranded.torn ?? 0])
    for stranded in stranded.sorted() {
      for approved in Set([-1, crashed?.plan ?? -1]).sorted() {
        let live = calm.live.map { $0?.variant ?? 0 }
        guard endings.insert(live + [Int(stranded), approved]).inserted else { continue }
        converge(live, stranded, approved)
      }
    }
  }

  private mutating func converge(_ live: [Int], _ stranded: UInt8, _ approved: Int) {
    let wanted = wishes[1]
    var duel = Duel(live.map { $0 == 0 ? nil : Duel.Live(variant: $0, state: .still) })
    var approved = approved
    for round in 0..<3 {
      counts.applies += 1
      let number = plan(
        PlanKey(wishes: wanted, seen: duel.live, stranded: stranded, approved: approved))
      // A resume does its part; then comes a plain apply.
      let isPartial = approved >= 0
      approved = -1
      if number == -2 {
        if wanted.contains(where: { $0 > 0 }), !isPartial { violate(duel, "a guard stands") }
        if !isPartial { return }
        continue
      }
      if number == -1 {
        if isPartial { continue }
        if duel.live.map({ $0?.variant ?? 0 }) != wanted {
          violate(duel, "nothing is left to do, and it is not as wanted")
        }
        return
      }
      if round == 2 { break }
      duel.holder = 1
      duel.runners[1] = Duel.Runner()
      duel.runners[1].plan = number
      duel.runners[1].phase = .running(machine(number, wanted))
      applyCalmly(&duel)
      if let harm = duel.harm { return violate(duel, "calmly, \(harm)") }
    }
    violate(duel, "two calm applies do not converge")
  }

  private mutating func applyCalmly(_ duel: inout Duel) {
    send(.began, to: 1, &duel)
    for _ in 0..<300 {
      guard case .running(let machine) = duel.runners[1].phase else { return }
      duel.budget = []
      if duel.runners[1].calls.isEmpty {
        for name in duel.live.indices where duel.live[name]?.state != .still { duel.end(name) }
        duel.runners[1].now = max(duel.runners[1].now, machine.nextWake ?? .zero)
        send(.timePassed, to: 1, &duel)
        continue
      }
      var performed: Duel?
      perform(duel.runners[1].calls[0].command, 0, 1, duel) { _, next in
        performed = performed ?? next
      }
      guard var next = performed else {
        for name in duel.live.indices where duel.live[name]?.state != .still { duel.end(name) }
        continue
      }
      if let answer = next.runners[1].calls.first?.answer {
        next.runners[1].calls.removeFirst()
        send(answer, to: 1, &next)
      }
      duel = next
    }
    duel.harm = "it does not end"
  }
}

extension Duel {
  /// What a look shows; nil if it would only show once more that something is under way.
  fileprivate mutating func look(_ request: LookRequest, listing seen: [Live?]) -> Sight? {
    let name = Duel.name(of: request.name)
    if live[name].map({ $0.state != .still }) ?? false, !seesTransition(name) { return nil }
    var others: [ObservedTarget] = []
    if let resource = request.resource {
      others = list(seen).filter { $0.resource?.clashes(with: resource) == true }
      for other in live.indices where other != name {
        guard let holder = live[other], holder.state != .still,
          others.contains(where: { $0.name == Duel.names[other] })
        else { continue }
        guard seesTransition(other) else { return nil }
      }
    }
    for known in request.knownHolders {
      let other = Duel.name(of: known)
      if let target = Duel.target(other, live[other]) { others.append(target) }
    }
    return Sight(target: Duel.target(name, live[name]), others: others)
  }

  /// False if it was seen often enough.
  fileprivate mutating func seesTransition(_ name: Int) -> Bool {
    guard let found = live[name], found.looks < 2 else { return false }
    live[name]?.looks += 1
    return true
  }
}

extension Duel.Runner {
  /// Follows the journal as `RunHistory` does.
  fileprivate mutating func note(_ record: JournalRecord, in plan: Plan) {
    stranded.torn = stranded.whole
    switch record {
    case .intended(let intent) where intent.act == .detach:
      stranded.whole |= 1 << UInt8(Duel.name(of: intent.address.name))
    case .finished(let id, .done):
      guard let step = plan.steps.first(where: { $0.id == id }), step.act == .attach else { return }
      stranded.whole &= ~(1 << UInt8(Duel.name(of: step.address.name)))
    default: break
    }
  }
}

/// Always the same.
private struct Steady: RandomNumberGenerator, Sendable {
  mutating func next() -> UInt64 { 1 << 63 }
}

extension UInt64 {
  fileprivate func addingSaturating(_ other: UInt64) -> UInt64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}
