internal import TargetModel

/// The targets of ours that are not as we left them: reality moved although the manifest did not.
///
/// The mark of what was last applied tells the two apart. A target whose manifest moved too is
/// pending, and shows in the plan's changes only. A target that is gone can't carry a mark; it
/// counts as drift only where the request is to look (`refresh-only`), since a plan will make it.
func driftedTargets(in world: PlanningWorld) -> [DriftedTarget] {
  world.pairs.compactMap { pair in
    guard let desired = pair.desired else { return nil }
    guard let observed = pair.observed else {
      guard world.request.mode == .refreshOnly else { return nil }
      return DriftedTarget(
        address: desired.address, attributes: [], isMissing: true, source: desired.location)
    }
    guard observed.kind == desired.kind.name, world.mayChange(observed, for: desired),
      !observed.state.isTransitional
    else { return nil }
    if let applied = observed.marks.applied, applied != desired.appliedDigest { return nil }
    var differences = TargetComparison(desired, with: observed).differences
      .filter { !$0.isSensitive }
    if let wanted = desired.settings.power, let live = observed.power, wanted != live {
      differences.append(
        AttributeChange(
          path: "berth.power_state", before: .text(live.rawValue), after: .text(wanted.rawValue),
          effect: .inPlace))
    }
    if observed.state == .failed {
      differences.append(
        AttributeChange(
          path: "provisioning_state", before: .text(observed.state.text), after: "Succeeded",
          effect: .inPlace))
    }
    guard !differences.isEmpty else { return nil }
    return DriftedTarget(
      address: desired.address, attributes: differences.map(\.reversed), source: desired.location)
  }
}

extension AttributeChange {
  /// Told from the other side: from what was applied to what is live.
  fileprivate var reversed: AttributeChange {
    AttributeChange(
      path: path, before: after, after: before, isSensitive: isSensitive, effect: .inPlace)
  }
}
