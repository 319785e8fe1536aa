internal import Execution
internal import Planning
internal import TargetModel
internal import TestSupport

/// What somebody plans and applies in a calm world, from wherever two runners left it.
extension DuelSearch {
  /// The number of a plan; -1 if it is empty, -2 if a guard stands against it.
  mutating func plan(_ key: PlanKey) -> Int {
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

  func documents(_ wishes: [Int]) -> [ComputeTarget] {
    wishes.indices.compactMap { wishes[$0] == 0 ? nil : Duel.documents[$0][wishes[$0] - 1] }
  }

  func machine(_ plan: Int, _ wishes: [Int]) -> ApplyMachine {
    ApplyMachine(
      ApplyRequest(
        plan: plans[plan], desired: documents(wishes), catalog: .invented, parallelism: 4,
        run: "run", planDigest: ""), limits: limits, random: Steady())
  }

  // MARK: Applying

  /// Applies what the second runner wants in a calm world, by every journal that a crash may leave.
  mutating func conclude(_ duel: Duel) {
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
    let approval =
      approved < 0 ? "nothing" : plans[approved].steps.map(\.wordsWithOrder).joined(separator: ", ")
    let start = "from \(live), with \(stranded) stranded, and \(approval) approved"
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
      duel.runners[1].phase = .running(Duel.Running(machine(number, wanted)))
      applyCalmly(&duel)
      if let harm = duel.harm { return violate(duel, "calmly, \(harm)") }
    }
    violate(duel, "two calm applies do not converge, \(start)")
  }

  private mutating func applyCalmly(_ duel: inout Duel) {
    send(.began, to: 1, &duel)
    for _ in 0..<300 {
      guard case .running(let running) = duel.runners[1].phase else { return }
      duel.budget = []
      if duel.runners[1].calls.isEmpty {
        for name in duel.live.indices where duel.live[name]?.state != .still { duel.end(name) }
        duel.runners[1].now = max(duel.runners[1].now, running.wake ?? .zero)
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

/// Always the same.
private struct Steady: RandomNumberGenerator, Sendable {
  mutating func next() -> UInt64 { 1 << 63 }
}
