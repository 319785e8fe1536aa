internal import ApplyJournal
internal import Planning
internal import SimulatorBackend
internal import TargetModel
internal import TestSupport

/// That a run does what it was told to do, all of it and nothing else.
extension Checker {
  // MARK: Plans

  /// A plan is about what was asked for, and a saved one relies on what still holds.
  mutating func checkCommand(_ party: Party, _ assignment: Assignment) {
    let (command, plan) = (assignment.command, assignment.plan)
    for change in plan.changes {
      let key = change.address.nameKey
      expect(
        command.names?.contains(key) ?? true, .notAsked,
        "run \(party) plans for \(change.address), which is not selected")
      expect(
        plan.mode != .destroy || change.action.acquisition == nil && change.action.release != nil,
        .notAsked, "run \(party) destroys, and plans to \(change.action.rawValue) \(change.address)"
      )
      expect(
        !hasMoved(assignment.plannedFrom[key], assignment.observed[key]), .stalePlan,
        "run \(party) carries out a saved plan, and \(change.address) has moved")
    }
    // What is resumed may be another command's.
    guard assignment.resumed == nil else { return }
    switch command.order {
    case .destroy:
      let planned = Set(plan.changes.map(\.address.nameKey))
      for (key, live) in assignment.plannedFrom.sorted(by: { $0.key < $1.key })
      where isToGo(live, assignment) && !planned.contains(key) {
        expect(false, .notAsked, "run \(party) destroys, and leaves \(live.address) alone")
      }
    case .replace(let address):
      guard let live = assignment.plannedFrom[address.nameKey], live.kind == address.kind,
        live.marks.stack == assignment.stack
      else { break }
      let change = plan.changes.first { $0.address == address }
      expect(
        change?.action.isReplacement == true, .notAsked,
        "run \(party) is to replace \(address), and does not")
    case .apply, .resume, .only: break
    }
  }

  /// True if destroying takes a target away: it is ours, of a kind that we know, and its document, or
  /// else its mark, lets it go.
  private func isToGo(_ live: ObservedTarget, _ assignment: Assignment) -> Bool {
    live.marks.stack == assignment.stack && live.isKnownKind
      && assignment.desired[live.address.nameKey].onRemove(of: live) != .retain
  }

  /// True if a target is not what it was, for whoever plans.
  func hasMoved(_ former: ObservedTarget?, _ live: ObservedTarget?) -> Bool {
    guard let former, let live else { return (former == nil) != (live == nil) }
    return former.kind != live.kind || former.isAttached != live.isAttached
      || former.marks != live.marks || !former.hasSameUserFields(as: live, in: mapping.catalog)
  }

  /// A plan is held for stale only if something that it relies on is otherwise.
  mutating func heldStale(
    _ party: Party, _ reason: PlanStaleness, _ assignment: Assignment
  ) {
    let holds: Bool
    switch reason {
    case .moved(let change, _), .taken(let change, _):
      let key = change.address.nameKey
      holds = assignment.plannedFrom[key] == assignment.observed[key]
    case .held(let change, let holder):
      let key = change.address.nameKey
      let resource = assignment.desired[key]?.heldResource
      let isHeld = resource.map { holder.resource?.clashes(with: $0) == true } ?? false
      holds = !isHeld || assignment.observed[holder.address.nameKey] != holder
    case .stranded(let address):
      let key = address.nameKey
      holds = assignment.observed[key] != nil || !takenAway.contains(key)
    }
    expect(
      !holds, .stalePlan, "run \(party) holds its plan for stale, and all of it holds: \(reason)")
  }

  // MARK: Ends

  /// O12: of what is told as complete nothing is left.
  mutating func proven(_ party: Party, since event: Int, _ truth: MemoryStore) {
    guard let history = parties[party], let assignment = history.assignment else { return }
    let live = truth.computes().compactMap { mapping.target(in: $0.body) }
    let mode = assignment.plan.mode
    let left = makePlan(
      PlanningRequest(
        stack: assignment.stack, desired: Array(assignment.desired.values),
        observed: Snapshot(workspace: testWorkspace, targets: live), mode: mode,
        catalog: mapping.catalog)
    ).plan.changes.map(\.address)
    for address in left where history.changes[address.nameKey] != nil {
      expect(
        isExcused(address.nameKey, party, history, event), .notProven,
        "run \(party) says that nothing is left, and \(address) is not as wanted")
    }
  }

  /// True if a target is not what the run left, or is not what it read back.
  private func isExcused(
    _ key: String, _ party: Party, _ history: PartyHistory, _ event: Int
  ) -> Bool {
    isTouched(key, since: history.plannedAt, butBy: party) || isTouched(key, since: event)
  }
}

extension ComputeTarget? {
  /// What becomes of a live target of its name that is to go.
  func onRemove(of live: ObservedTarget) -> RemovalPolicy? {
    guard let self, self.kind.name == live.kind else { return live.marks.onRemove }
    return self.settings.onRemove
  }
}
