internal import TargetModel

/// The targets of ours that are not as we left them: reality moved.
///
/// The mark of what was last applied tells reality's moves from the manifest's, field by field
/// where it can. What only the manifest moved is pending, and shows in the plan's changes alone. A
/// target that is gone can't carry a mark, nor can one whose mark somebody took away; they count as
/// drift only where the request is to look (`refresh-only`), since a plan deals with them anyway.
func driftedTargets(in world: PlanningWorld) -> [DriftedTarget] {
  guard world.request.mode != .destroy else { return [] }
  return world.pairs.compactMap { drift(of: $0, in: world) }.sorted(byKey: \.address)
}

/// The live targets that are not ours, for people who look.
///
/// One that nobody owns and that a document names is told as drift: its mark is gone.
func unmanagedTargets(in world: PlanningWorld) -> [UnmanagedTarget] {
  world.pairs.compactMap { pair in
    guard let observed = pair.observed, pair.standing == .foreign,
      pair.desired == nil || lostMark(pair, in: world) == nil
    else { return nil }
    return UnmanagedTarget(
      address: observed.address, owner: observed.owner, resource: observed.resource?.shown,
      isKnownKind: world.knows(observed))
  }
  .sorted(byKey: \.address)
}

private func drift(of pair: TargetPair, in world: PlanningWorld) -> DriftedTarget? {
  guard let desired = pair.desired else { return nil }
  let isLooking = world.request.mode == .refreshOnly
  guard let observed = pair.observed else {
    guard isLooking else { return nil }
    return DriftedTarget(
      address: desired.address, attributes: [], isMissing: true, source: desired.location)
  }
  // What somebody is at work on is in progress, not drift (reliability.md F32).
  guard !observed.state.isTransitional else { return nil }
  if isLooking, let mark = lostMark(pair, in: world) {
    return DriftedTarget(
      address: desired.address, attributes: [mark], isUnclear: true, source: desired.location)
  }
  guard let comparison = pair.comparison else { return nil }
  var (fields, isUnclear) = driftedFields(desired, observed, comparison, pair.standing)
  // Who only looks is told what nobody can tell for certain; a plan shows the change.
  if isUnclear, !isLooking { fields = [] }
  let besides = driftBesidesFields(desired, observed)
  // The digest is dear, and asked for only where something depends on it.
  if !besides.isEmpty,
    (isLooking && pair.standing == .ours)
      || (world.owns(observed) && observed.marks.applied == desired.appliedDigest)
  {
    fields += besides
  }
  guard !fields.isEmpty else { return nil }
  return DriftedTarget(
    address: desired.address, attributes: fields, isUnclear: isUnclear,
    source: desired.location)
}

/// The fields in which reality moved, told from what was applied to what is live.
///
/// Secrets are not among them: the service never tells one, so a difference in its fingerprint
/// means that the manifest moved.
private func driftedFields(
  _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
  _ standing: Standing
) -> (fields: [AttributeChange], isUnclear: Bool) {
  guard standing == .ours else { return ([], false) }
  let differing = comparison.differences.filter { !$0.isSensitive }
  guard !differing.isEmpty else { return ([], false) }
  let fields = differing.map { $0.drifted(in: desired.kind) }
  guard let applied = observed.marks.applied else { return (fields, true) }
  guard desired.kind.keepsMarksUpToDate else {
    return (fields, applied != desired.appliedDigest)
  }
  guard let moved = fieldsMoved(since: applied, desired, observed, differing.map(\.path))
  else { return (fields, true) }
  return (fields.filter { moved.contains($0.path) }, false)
}

/// Power, of which the mark knows nothing, and failure, which is nobody's wish.
private func driftBesidesFields(
  _ desired: ComputeTarget, _ observed: ObservedTarget
) -> [AttributeChange] {
  var changes: [AttributeChange] = []
  if observed.power != nil, let power = powerDifference(desired, observed) {
    changes.append(power.reversed(.medium))
  }
  if observed.isBroken {
    changes.append(
      AttributeChange(
        path: "provisioning_state", before: "Succeeded", after: .text(observed.state.text),
        effect: .inPlace, severity: .high))
  }
  return changes
}

/// The stack's mark, where a document names a live target that nobody owns: somebody took the mark
/// away, or it was never there.
private func lostMark(_ pair: TargetPair, in world: PlanningWorld) -> AttributeChange? {
  guard pair.standing == .foreign, pair.desired != nil, pair.comparison != nil,
    pair.observed?.owner == nil
  else { return nil }
  return AttributeChange(
    path: "berth.stack", before: .text(world.request.stack), after: nil, effect: .inPlace,
    severity: .high)
}

extension KindDescriptor {
  /// False if a field may change on a living target whose mark can't: the mark then tells of an
  /// earlier apply.
  fileprivate var keepsMarksUpToDate: Bool {
    updatesMarks || !fields.contains { $0.setBy == .user && $0.onChange != .recreate }
  }
}

extension AttributeChange {
  /// Told from the other side: from what was applied to what is live.
  fileprivate func reversed(_ severity: DriftSeverity) -> AttributeChange {
    AttributeChange(
      path: path, before: after, after: before, isSensitive: isSensitive, effect: .inPlace,
      severity: severity)
  }

  fileprivate func drifted(in kind: KindDescriptor) -> AttributeChange {
    reversed(kind.slot(path).map { kind.fields[$0].driftSeverity } ?? .medium)
  }
}
