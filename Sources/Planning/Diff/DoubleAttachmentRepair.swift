internal import Diagnostics
internal import TargetModel

/// Mends resources that are held twice in reality.
///
/// Which one stays: the live target of ours whose document names the resource; there is only one,
/// or `attach-once` refuses. Where the plan lets go of all others, it is attached anew, since the
/// later attachment broke the earlier and nobody can see which is which. Where another one stays
/// (it is somebody else's), a re-attachment would break that one, so nothing is done.
func repairDoubleAttachments(
  _ drafts: inout [ChangeDraft], in world: PlanningWorld, reporting findings: inout DiagnosticList
) {
  var going = ResourceIndex<ObservedTarget>()
  var released: Set<String> = []
  for draft in drafts where draft.standing != .foreign {
    guard let target = draft.observed, let resource = draft.releasedResource else { continue }
    going.add(target, holding: resource)
    released.insert(target.nameKey)
  }
  // Where nobody goes, all others stay.
  if released.isEmpty { return }
  var staying = ResourceIndex<ObservedTarget>()
  for target in world.request.observed.targets {
    // Whatever share it holds: what goes and what stays may clash with a third only.
    guard let resource = target.resource, going.has(shareOf: resource),
      !released.contains(target.nameKey)
    else { continue }
    staying.add(target, holding: resource)
  }
  var mended: [ChangeDraft] = []
  // Those that are attached anew for a reason of their own, such as the damage.
  var reattached: [TargetAddress: [TargetAddress]] = [:]
  for pair in world.pairs {
    guard let desired = pair.desired, let observed = pair.observed,
      let comparison = pair.comparison, let resource = observed.resource,
      pair.standing == .ours, !observed.state.isTransitional,
      going.first(clashingWith: resource, where: { $0.nameKey != pair.key }) != nil,
      staying.first(clashingWith: resource, where: { $0.nameKey != pair.key }) == nil,
      desired.heldResource?.clashes(with: resource) == true
    else { continue }
    let others = going.all(clashingWith: resource)
      .filter { $0.address.nameKey != pair.key }.map(\.address).sorted()
    if released.contains(pair.key) {
      reattached[desired.address] = others
      continue
    }
    guard !observed.isProtected(by: desired) else {
      findings.append(.protectedStays(desired, resource, others))
      continue
    }
    mended.append(.mending(desired, observed, comparison, besides: others, in: world))
  }
  for index in drafts.indices where drafts[index].change.action == .detachThenAttach {
    drafts[index] = drafts[index].mending(reattached[drafts[index].address] ?? [])
  }
  guard !mended.isEmpty else { return }
  let addresses = Set(mended.map(\.address))
  drafts.removeAll { addresses.contains($0.address) }
  drafts = (drafts + mended).sorted(byKey: \.address)
}
