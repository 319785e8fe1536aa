package import Diagnostics
internal import TargetModel

/// `double-attachment`: a workspace in which a resource of ours is held twice already.
///
/// The later attachment broke the earlier one; people should know, and the plan can't.
func checkDoubleAttachment(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  // A plan that takes one of the two away mends it; a refused one is told as `attach-once`.
  let released = Set(
    drafts.filter { $0.change.action.release != nil }.compactMap { $0.observed?.address.nameKey })
  let mends = world.request.mode != .refreshOnly
  var holders = ResourceIndex<ObservedTarget>()
  for target in world.request.observed.targets {
    guard let resource = target.resource, !mends || !released.contains(target.address.nameKey)
    else { continue }
    let isOurs = world.isOurs(target)
    let other = holders.first(clashingWith: resource) { isOurs || world.isOurs($0) }
    if let other { findings.append(.doubleAttachment(other, target, resource, in: world)) }
    holders.add(target, holding: resource)
  }
}

extension PlanningWorld {
  fileprivate func isOurs(_ observed: ObservedTarget) -> Bool {
    standing(of: observed, for: document(named: observed.address.nameKey)) == .ours
  }
}

extension Rule {
  /// A resource is held by two live targets already.
  package static let doubleAttachment = Rule("double-attachment")
}

extension Diagnostic {
  fileprivate static func doubleAttachment(
    _ first: ObservedTarget, _ second: ObservedTarget, _ resource: ResourceIdentity,
    in world: PlanningWorld
  ) -> Diagnostic {
    let documents = [first, second].compactMap { world.document(named: $0.address.nameKey) }
    let concerned = documents.first?.address ?? first.address
    return Diagnostic(
      .warning, .doubleAttachment, "\(resource.capitalisedNoun) is attached twice",
      detail: """
        \(first.address) and \(second.address) hold the same \(resource.noun) in the workspace. \
        The later attachment broke the earlier one. Detach one of the two; the other is mended by \
        detaching it and attaching it again.
        """,
      address: concerned.description, at: documents.first?.location,
      related: documents.dropFirst().map { .init("\($0.address) stands here", at: $0.location) })
  }
}
