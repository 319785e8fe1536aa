internal import TargetModel

/// The targets of ours that are not as we left them: reality moved although the manifest did not.
///
/// The mark of what was last applied tells the two apart. A target whose manifest moved too is
/// pending, and shows in the plan's changes only. A target that is gone can't carry a mark; it
/// counts as drift only where the request is to look (`refresh-only`), since a plan will make it.
func driftedTargets(in world: PlanningWorld) -> [DriftedTarget] {
  guard world.request.mode != .destroy else { return [] }
  return world.pairs.compactMap { pair in
    guard let desired = pair.desired else { return nil }
    guard pair.observed != nil else {
      guard world.request.mode == .refreshOnly else { return nil }
      return DriftedTarget(
        address: desired.address, attributes: [], isMissing: true, source: desired.location)
    }
    let attributes = driftedAttributes(pair)
    guard !attributes.isEmpty, mayHaveDrifted(pair, in: world) else { return nil }
    return DriftedTarget(
      address: desired.address, attributes: attributes.map(\.reversed), source: desired.location)
  }
  .sorted { $0.address < $1.address }
}

/// True if the manifest is where it was when the target was last applied.
private func mayHaveDrifted(_ pair: TargetPair, in world: PlanningWorld) -> Bool {
  guard let desired = pair.desired, let observed = pair.observed, !observed.state.isTransitional
  else { return false }
  if world.owns(observed), let applied = observed.marks.applied {
    if applied == desired.appliedDigest { return true }
    if desired.kind.keepsMarksUpToDate { return false }
  }
  // Nobody can tell whether the manifest moved: no mark, or one that the service can't change.
  // Who only looks is told; a plan shows the change.
  return world.request.mode == .refreshOnly && world.standing(of: observed, for: desired) == .ours
}

/// What differs and is not a secret: the service never tells one, so a difference in its
/// fingerprint means that the manifest moved.
private func driftedAttributes(_ pair: TargetPair) -> [AttributeChange] {
  guard let desired = pair.desired, let observed = pair.observed,
    var differences = pair.comparison?.differences.filter({ !$0.isSensitive })
  else { return [] }
  if observed.power != nil, let power = powerDifference(desired, observed) {
    differences.append(power)
  }
  if observed.isBroken {
    differences.append(
      AttributeChange(
        path: "provisioning_state", before: .text(observed.state.text), after: "Succeeded",
        effect: .inPlace))
  }
  return differences
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
  fileprivate var reversed: AttributeChange {
    AttributeChange(
      path: path, before: after, after: before, isSensitive: isSensitive, effect: .inPlace)
  }
}
