internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import TargetModel

/// What a runner asks for, and every answer it may get.
extension DuelSearch {
  mutating func perform(
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

  func send(_ event: MachineEvent, to runner: Int, _ duel: inout Duel) {
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

  func finish(_ runner: Int, _ duel: inout Duel) {
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
