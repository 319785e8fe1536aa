internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import SimulatorBackend
internal import TargetModel

/// What must hold in the moment in which a run sends a write.
extension Checker {
  mutating func sent(_ party: Party, _ request: WriteRequest, _ truth: MemoryStore) {
    guard let history = parties[party], let assignment = history.assignment else {
      return expect(false, .blindWrite, "run \(party) wrote without a plan")
    }
    let key = request.name.lowercased()
    let words = "run \(party): \(request.act.rawValue) \(request.name)"
    let intent = history.intents[key]
    checkLease(words, party, history)
    expect(
      intent.map { $0.act == request.act || $0.act == .update } ?? false, .blindWrite,
      "\(words) without a durable intent")
    // What other steps saw since then is not this one's.
    guard let known = history.decisions[key] ?? history.sighting(of: key, request.act, at: now),
      let look = known.target, look.event > history.lastSend[key] ?? -1,
      history.isFresh(look, at: now)
    else {
      return expect(false, .blindWrite, "\(words) without a fresh read")
    }
    let step = intent?.step
    if let step { checkRepetition(words, party, step, request, look) }
    checkSignal(words, party, step, request)
    checkTarget(words, party, assignment, request, look, truth)
    if step.map({ history.sends[$0] == nil }) ?? true {
      checkMovement(words, assignment, request, look, history)
    }
    checkSecondHalf(words, request, history)
    switch request {
    case .attach(let target, _):
      checkFreedom(words, key, target, history, known)
      checkDependencies(words, party, assignment, target, truth)
    case .create(let target, _): checkDependencies(words, party, assignment, target, truth)
    case .update, .detach, .delete, .start, .stop, .mark: break
    }
    parties[party]?.lastSend[key] = count
    if let step { parties[party]?.sends[step, default: 0] += 1 }
  }

  /// O6: what was visibly done is not done again.
  private mutating func checkRepetition(
    _ words: String, _ party: Party, _ step: StepID, _ request: WriteRequest,
    _ look: PartyHistory.Look
  ) {
    guard let history = parties[party] else { return }
    switch request {
    case .create, .attach:
      expect(
        !(history.arrivals[step] ?? []).contains { $0 <= look.view } || look.target == nil,
        .repeatedEffect, "\(words) was sent again, and is visible")
    case .update, .detach, .delete, .start, .stop:
      guard let effect = history.effects[step],
        !isTouched(request.name.lowercased(), since: effect, butBy: party)
      else { return }
      expect(effect > look.view, .repeatedEffect, "\(words) was sent again, and took effect")
    case .mark: break
    }
  }

  /// F25: after a signal only what ends a re-attachment is begun.
  private mutating func checkSignal(
    _ words: String, _ party: Party, _ step: StepID?, _ request: WriteRequest
  ) {
    guard let history = parties[party] else { return }
    // It takes no time, but other things happen in the same moment.
    if let step, history.signalledAt == now { parties[party]?.sentBeforeSignal.insert(step) }
    guard let signalled = history.signalledAt, now > signalled, let step,
      !history.sentBeforeSignal.contains(step), let plan = history.assignment?.plan
    else { return }
    let isReattaching = plan.steps.contains { other in
      other.act == .detach && history.sentBeforeSignal.contains(other.id)
        && plan.steps.contains {
          $0.act == .attach && $0.address.nameKey == other.address.nameKey
        }
    }
    expect(isReattaching, .afterSignal, "\(words) was begun after a signal")
  }

  /// O4 and O10: whose the target is, how it came to be, and what its document allows.
  private mutating func checkTarget(
    _ words: String, _ party: Party, _ assignment: Assignment, _ request: WriteRequest,
    _ look: PartyHistory.Look, _ truth: MemoryStore
  ) {
    let key = request.name.lowercased()
    let document = assignment.desired[key]
    switch request {
    case .create, .attach:
      expect(
        look.target == nil, .notOurs,
        "\(words) was sent over \(look.target?.address.description ?? "")")
      expect(
        document != nil, .notOurs, "\(words), which no document wants")
      return
    case .update, .detach, .delete, .start, .stop, .mark: break
    }
    guard let live = target(key, in: truth), !isTouched(key, since: look.view, butBy: party) else {
      return
    }
    let adopts = document?.settings.adopt == true && document?.kind.name == live.kind
    let isOurs =
      live.marks.stack == assignment.stack || (live.marks.stack == nil && adopts)
    expect(isOurs, .notOurs, "\(words), which belongs to \(live.marks.stack ?? "nobody")")
    expect(live.isKnownKind, .notOurs, "\(words), of an unknown kind")
    guard request.act == .detach || request.act == .delete else { return }
    expect(
      live.isAttached == (request.act == .detach), .notOurs,
      "\(words), which is \(live.isAttached ? "attached" : "created")")
    let isSameKind = document?.kind.name == live.kind
    let isLifted = isSameKind && document?.settings.liftsProtection == true
    let isProtected = document?.settings.protect == true || (live.marks.isProtected && !isLifted)
    expect(!isProtected, .notOurs, "\(words), which is protected")
    // Whoever destroys asks for it in so many words.
    if assignment.plan.mode != .destroy {
      if live.kind == "box" {
        expect(
          document?.settings.allowReplace == true, .loss, "\(words), and its disk with it")
      }
      expect(!assignment.desired.isEmpty, .loss, "\(words), for no documents at all")
    }
    let isReplaced = isSameKind && assignment.plan.mode != .destroy
    let isRetained = !isReplaced && document.onRemove(of: live) == .retain
    expect(!isRetained, .notOurs, "\(words), which is to be retained")
    if let document, let missing = document.unresolvedSecret {
      expect(false, .loss, "\(words), although '\(missing)' was not read")
    }
  }

  /// O5: what moved before the read is seen by it.
  private mutating func checkMovement(
    _ words: String, _ assignment: Assignment, _ request: WriteRequest, _ look: PartyHistory.Look,
    _ history: PartyHistory
  ) {
    let key = request.name.lowercased()
    guard let planned = assignment.plannedFrom[key], let seen = look.target,
      history.lastSend[key] == nil
    else { return }
    expect(
      !hasMoved(planned, seen), .blindWrite, "\(words), which had moved since it was planned")
  }

  /// O10: nothing is taken away that could not be attached again.
  private mutating func checkSecondHalf(
    _ words: String, _ request: WriteRequest, _ history: PartyHistory
  ) {
    let key = request.name.lowercased()
    guard let action = history.changes[key]?.action, action.release == request.act,
      action.acquisition == .attach
    else { return }
    expect(
      history.askedAhead[key] == true, .loss,
      "\(words), without knowing that it could be attached again")
  }

  /// O3: all holders are gone, as far as the run could see when it decided.
  private mutating func checkFreedom(
    _ words: String, _ key: String, _ target: ComputeTarget, _ history: PartyHistory,
    _ known: PartyHistory.Sighting
  ) {
    guard let resource = target.heldResource else { return }
    guard let view = known.holderViews[resource.key] else {
      return expect(false, .blindWrite, "\(words) without looking for holders")
    }
    // A list alone is not trusted on whether they let go (F13).
    for (other, change) in history.changes
    where other != key && change.action.release != nil && known.looks[other] == nil {
      let held = history.assignment?.observed[other]?.resource
      expect(
        held?.clashes(with: resource) != true, .blindWrite,
        "\(words) without reading \(other), which held \(resource.shown)")
    }
    for (other, holding) in holdings where other != key && holding.resource.clashes(with: resource)
    {
      let isKnown =
        history.changes[other]?.action.release != nil
        && history.assignment?.observed[other]?.resource?.clashes(with: resource) == true
      let seen = isKnown ? max(view, known.looks[other]?.view ?? 0) : view
      expect(
        holding.since > seen, .sentTooEarly, "\(words) while \(other) holds \(resource.shown)")
    }
  }

  private mutating func checkDependencies(
    _ words: String, _ party: Party, _ assignment: Assignment, _ target: ComputeTarget,
    _ truth: MemoryStore
  ) {
    for dependency in target.settings.dependsOn {
      guard assignment.desired[dependency.nameKey] != nil,
        assignment.plan.steps.contains(where: {
          $0.address == dependency && ($0.act == .create || $0.act == .attach)
        })
      else { continue }
      let stands = truth.compute(dependency.nameKey)?.isInEffect == true
      expect(
        stands || isTouched(dependency.nameKey, since: 0, butBy: party), .outOfOrder,
        "\(words) before \(dependency)")
    }
  }
}

extension ObservedTarget {
  func hasSameUserFields(as other: ObservedTarget, in catalog: KindCatalog) -> Bool {
    guard let kind = catalog[self.kind] else { return true }
    return kind.fields.enumerated().allSatisfy { slot, field in
      field.setBy != .user || field.isWriteOnly
        // Ids may be spelled otherwise.
        || field.normalised(attributes[slot] ?? .null)
          == field.normalised(other.attributes[slot] ?? .null)
    }
  }
}

extension ComputeTarget {
  /// A secret that is set and was never read.
  var unresolvedSecret: AttributePath? {
    for (slot, field) in kind.fields.enumerated() where field.isSecret {
      switch attributes[slot] {
      case .secret?, .null?, nil: continue
      default: return field.path
      }
    }
    return nil
  }
}
