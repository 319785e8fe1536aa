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
      next.runners[runner].calls[index] = Duel.Call(command, answer: event)
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
      guard duel.holder == runner || !isFenced else {
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
      guard let operation = operation.reference.flatMap(Duel.Operation.init), duel.runs(operation)
      else { return body(&self, delivered(duel, .polled(step, .success(.succeeded)))) }
      var next = duel
      guard next.seesTransition(operation.name) else { return }
      body(&self, delivered(next, .polled(step, .success(.running(retryAfter: nil)))))
    case .append, .tell: break
    }
  }

  func finish(_ runner: Int, _ duel: inout Duel) {
    duel.runners[runner].phase = .over
    duel.runners[runner].calls = []
    if duel.holder == runner { duel.holder = nil }
  }

  /// What is told as done is done, as long as nobody else may write.
  func checkCompletion(_ runner: Int, _ duel: inout Duel) {
    guard duel.holder == runner else { return }
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
