internal import BackendInterface
internal import Execution
internal import Planning

/// What may happen next in a meeting of two runners.
extension DuelSearch {
  mutating func forEachStep(
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
      case .running(let running): go(runner, running, duel, body)
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
      next.runners[runner].phase = .running(Duel.Running(machine(number, wishes[runner])))
      send(.began, to: runner, &next)
    }
    body(&self, next)
  }

  private mutating func go(
    _ runner: Int, _ running: Duel.Running, _ duel: Duel,
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
    if let wake = running.wake {
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
}
