internal import ApplyJournal
internal import Planning
internal import SimulatorBackend
internal import TargetModel

/// What a run tells is true.
extension Checker {
  mutating func told(_ party: Party, _ event: ApplyEvent, _ truth: MemoryStore) {
    guard let history = parties[party] else { return }
    switch event {
    case .stepStarted, .stepProgressed: break
    case .stepCompleted(let step, _):
      // A removal that found nothing to remove is done without being sent.
      if history.signalledAt == nil || history.signalledAt == now {
        parties[party]?.sentBeforeSignal.insert(step.id)
      }
      checkDone(party, history, step, truth)
    case .stepFailed(let step, _, let failure):
      checkCanary(failure.message)
      if !failure.outcomeIsUnknown { checkFailed(party, history, step, failure, truth) }
    case .stepSkipped(let step, _):
      expect(
        history.arrivals[step.id] == nil, .untruth,
        "run \(party): \(step.id) is told as not started, and was sent")
    case .noted(let text): checkCanary(text)
    }
  }

  /// O11: a step that is done is done.
  private mutating func checkDone(
    _ party: Party, _ history: PartyHistory, _ step: Step, _ truth: MemoryStore
  ) {
    let key = step.address.nameKey
    let words = "run \(party): \(step.act.rawValue) \(step.address) is told as done"
    let known = history.sighting(of: key, step.act, at: now)
    let view = known?.target?.view ?? 0
    guard let assignment = history.assignment, !isTouched(key, since: view, butBy: party) else {
      return
    }
    // What arrives although nothing was sent since the look, the network brings a second time.
    let isDoubled = history.arrivals[step.id]?.contains { $0 > view } ?? false
    if isDoubled, history.lastSend[key] ?? 0 <= view { return }
    let live = target(key, in: truth)
    switch step.act {
    case .detach, .delete:
      return expect(live == nil, .untruth, "\(words), and it is there")
    case .mark where history.changes[key]?.action == .forget:
      return expect(live?.marks.stack == nil, .untruth, "\(words), and it is still ours")
    case .create, .attach, .update, .start, .stop, .mark: break
    }
    guard let document = assignment.desired[key], let live, truth.compute(key)?.isInEffect == true
    else {
      return expect(false, .untruth, "\(words), and it is not there")
    }
    guard live.kind == document.kind.name else {
      return expect(false, .untruth, "\(words), and it is a \(live.kind)")
    }
    expect(!live.state.isTransitional, .untruth, "\(words), and it is still \(live.state.text)")
    if step.act == .create || step.act == .attach || step.act == .update {
      let left = TargetComparison(document, with: live).differences
        .filter { step.act != .update || $0.effect == .inPlace }.map(\.path.description)
      expect(left.isEmpty, .untruth, "\(words), and these differ: \(left)")
      expect(
        live.marks.stack == assignment.stack || !document.kind.updatesMarks, .untruth,
        "\(words), and it is not marked")
    }
    guard step.act == .attach, let resource = document.heldResource else { return }
    let holdersView = known?.holderViews[resource.key] ?? 0
    for (other, holding) in holdings where other != key && holding.resource.clashes(with: resource)
    {
      expect(
        holding.since > holdersView || truth.compute(other)?.isInEffect != true, .untruth,
        "\(words), and \(other) holds \(resource.shown) too")
    }
  }

  /// O11: a step that failed for certain took no effect and takes none any more.
  private mutating func checkFailed(
    _ party: Party, _ history: PartyHistory, _ step: Step, _ failure: StepFailure,
    _ truth: MemoryStore
  ) {
    let key = step.address.nameKey
    let view = history.decisions[key]?.target?.view ?? 0
    guard failure.code != "attach-once", let flight = flights[key], flight.party == party,
      flight.step == step.id, !flight.hasFailed,
      !isTouched(key, since: view, butBy: party)
    else { return }
    // What came twice may fail and then change; it never came to be. And what somebody else removed
    // before the run looked is not there either.
    let live = truth.compute(key)
    if flight.hasEnded, live.map({ !$0.isInEffect }) ?? !step.act.isRemoval { return }
    expect(
      false, .untruth,
      "run \(party): \(step.act.rawValue) \(step.address) is told as failed (\(failure.code)), and "
        + (flight.hasEnded ? "took effect" : "may take effect yet"))
  }

  mutating func finished(_ party: Party, _ report: ApplyReport, _ elapsed: Duration) {
    guard let history = parties[party], let plan = history.assignment?.plan else { return }
    let depth = plan.steps.count + 1
    expect(
      elapsed <= .seconds(35 * 60) * depth + .seconds(900), .endless, "run \(party) took \(elapsed)"
    )
    guard history.signalledAt != nil, !history.isAbandoned else { return }
    for change in plan.changes where change.action == .detachThenAttach {
      let outcomes = report.outcomes.filter { $0.step.address == change.address }
      guard case .done? = outcomes.first?.outcome else { continue }
      for case (let step, .notStarted(.interrupted)) in outcomes {
        expect(
          outcomes.first?.step.act != .detach, .afterSignal,
          "run \(party): \(step.address) was detached and is not attached again")
      }
    }
  }
}
