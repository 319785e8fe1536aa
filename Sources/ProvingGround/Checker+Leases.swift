internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import SimulatorBackend
internal import TargetModel

/// A lease as it truly is.
struct LeaseTruth: Sendable {
  let party: Party
  let token: Int64
  /// When it was last renewed.
  var renewed: Duration
  var hasEnded = false
}

/// Who may write, and what is planned before anything is written.
extension Checker {
  private static let times = LeaseTimes()

  // MARK: Leases

  mutating func leased(
    _ party: Party, _ place: String, _ token: Int64, _ from: Party?, _ wasFree: Bool
  ) {
    let former = leases[place]
    expect(
      token > former?.token ?? 0, .noLease,
      "run \(party) has the token \(token) on \(place), as run \(former?.party ?? 0) had")
    if from != nil, !wasFree, let former {
      let age = now - former.renewed
      // By a clock that goes a tenth too fast.
      expect(
        age >= Self.times.takeover * 10 / 11, .takenTooEarly,
        "run \(party) takes over from run \(former.party), \(age) after it was renewed")
    }
    leases[place] = LeaseTruth(party: party, token: token, renewed: now)
    parties[party, default: .init()].place = place
    parties[party]?.leasedAt = now
    parties[party]?.tookOver = from != nil && !wasFree
  }

  /// O5: the lease stands in the moment in which a write leaves, and outlives it.
  mutating func checkLease(_ words: String, _ party: Party, _ history: PartyHistory) {
    guard let place = history.place, let lease = leases[place] else {
      return expect(false, .noLease, "\(words) without a lease")
    }
    // By a clock that goes a tenth too slow.
    let most = (Self.times.duration - Self.times.call - Self.times.margin) * 10 / 9
    // Who was unlocked by force learns of it with the next heartbeat, or from the service.
    if let forced = forcedAt[place], now - forced <= most { return }
    expect(
      lease.party == party && !lease.hasEnded, .noLease,
      "\(words), and run \(lease.party) has the lease \(lease.token)"
        + (lease.hasEnded ? ", which is over" : ""))
    let age = now - lease.renewed
    expect(age <= most, .noLease, "\(words), \(age) after its lease was renewed")
  }

  mutating func stood(_ party: Party, _ stands: Bool) {
    if stands {
      parties[party, default: .init()].stoodFrom = now
      parties[party]?.stoodTo = .seconds(1_000_000)
    } else {
      parties[party]?.stoodTo = now
      // A signal that came meanwhile is heard only now.
      if let history = parties[party], let signalled = history.signalledAt,
        signalled >= history.stoodFrom
      {
        parties[party]?.signalledAt = now
      }
    }
  }

  // MARK: Plans

  mutating func planned(_ party: Party, _ assignment: Assignment) {
    parties[party, default: .init()].begin(assignment, at: count)
    let history = parties[party] ?? PartyHistory()
    let plan = assignment.plan
    if history.tookOver {
      let wait = now - history.leasedAt
      expect(
        wait >= window * 10 / 11, .takenTooEarly,
        "run \(party) plans \(wait) after it took over")
    }
    // Before there is a plan a signal ends a run at once.
    expect(history.signalledAt == nil, .afterSignal, "run \(party) plans after a signal")
    checkCommand(party, assignment)
    checkSettled(party, assignment, history)
    if holdsLease(history, party) { checkRestored(party, assignment) }
    if let resumed = assignment.resumed {
      let names = Set(resumed.changes.map(\.address.nameKey))
      for change in plan.changes {
        expect(
          names.contains(change.address.nameKey), .resumedMore,
          "run \(party) resumes, and wants to \(change.action.rawValue) \(change.address) besides")
      }
    }
    if let removalLimit, plan.mode != .destroy {
      let removed = plan.changes.filter { assignment.takesForGood($0) }
      expect(
        removed.count <= removalLimit, .loss,
        "run \(party) takes away \(removed.map(\.address.description))")
    }
  }

  /// F17: what somebody is at work on is waited for, up to a step's deadline.
  private mutating func checkSettled(
    _ party: Party, _ assignment: Assignment, _ history: PartyHistory
  ) {
    guard now - history.leasedAt < .seconds(27 * 60) else { return }
    for (key, target) in assignment.observed where target.state.isTransitional {
      expect(
        target.marks.stack != assignment.stack && assignment.desired[key] == nil, .unsettled,
        "run \(party) plans while \(target.address) is \(target.state.text)")
    }
  }

  /// False for a run that stood still while its lease was taken over: it can't know what was done since
  /// it read the journals, and nothing that it plans is sent.
  private func holdsLease(_ history: PartyHistory, _ party: Party) -> Bool {
    guard let lease = history.place.flatMap({ leases[$0] }) else { return true }
    return lease.party == party && !lease.hasEnded
  }

  /// F1: what was taken away comes before all that it need not wait for.
  private mutating func checkRestored(_ party: Party, _ assignment: Assignment) {
    let steps = assignment.plan.steps
    guard let away = away[assignment.stack], !away.isEmpty else { return }
    var needed: Set<StepID> = []
    for step in steps.reversed() {
      // Journals do not tell what was to come back.
      if takenAway.contains(step.address.nameKey) || needed.contains(step.id) {
        needed.insert(step.id)
        needed.formUnion(step.waitsFor)
      }
    }
    // What is there again was brought back by somebody else.
    let isMissing = { (step: Step) in
      away.contains(step.address.nameKey) && assignment.observed[step.address.nameKey] == nil
    }
    // Whoever destroys brings nothing back.
    guard assignment.plan.mode == .apply else { return }
    if assignment.command.age != nil {
      // Its order was approved, if it brings back what there is to bring back.
      let brought = Set(steps.map(\.address.nameKey) + assignment.plan.leftOut.map(\.nameKey))
      for key in away.sorted() where assignment.observed[key] == nil && !brought.contains(key) {
        expect(
          assignment.desired[key] == nil, .strandedLater,
          "run \(party) carries out a saved plan that does not bring back \(key)")
      }
      return
    }
    guard let last = steps.lastIndex(where: isMissing) else { return }
    for step in steps[..<last] {
      expect(
        needed.contains(step.id), .strandedLater,
        "run \(party) plans \(step.act.rawValue) \(step.address) before \(steps[last].address) is "
          + "there again")
    }
  }

  /// Notes what a step took away, to bring it back or not.
  mutating func noteRemoval(of key: String, _ flight: Flight) {
    guard flight.act.isRemoval, !flight.isLate, let history = parties[flight.party],
      !history.isForgotten, let assignment = history.assignment
    else { return }
    if flight.act == .delete { deletions[assignment.stack, default: [:]][key] = now }
    if let action = history.changes[key]?.action, action.release != nil, action.acquisition != nil {
      away[assignment.stack, default: []].insert(key)
    }
  }

  /// Notes that a target is there again, whoever brought it back, and however late.
  mutating func noteReturn(of key: String) {
    for stack in away.keys { away[stack]?.remove(key) }
    for stack in deletions.keys { deletions[stack]?[key] = nil }
  }

  // MARK: Drift

  /// F32.
  mutating func toldDrift(_ keys: [String], _ truth: MemoryStore) {
    for key in keys {
      guard let flight = flights[key], !flight.hasEnded, !flight.isLate,
        truth.compute(key)?.operation != nil
      else { continue }
      expect(
        false, .driftInFlight, "\(key) is told as drift, and run \(flight.party) is at work on it")
    }
  }
}

extension Assignment {
  /// True if a change removes a target of the stack and its resource is held by nobody afterwards.
  fileprivate func takesForGood(_ change: Change) -> Bool {
    guard change.action.release != nil, change.action != .detachThenAttach,
      let live = observed[change.address.nameKey], live.marks.stack == stack, live.isKnownKind
    else { return false }
    guard let resource = live.resource, change.action == .detach else { return true }
    return !plan.changes.contains { other in
      other.action.acquisition == .attach
        && desired[other.address.nameKey]?.heldResource?.clashes(with: resource) == true
    }
  }
}
