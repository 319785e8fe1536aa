package import Diagnostics
internal import TargetModel

/// `double-attachment`: a workspace in which a resource of ours is held twice already.
///
/// The later attachment broke the earlier one. People are told which one stays and why: where the
/// plan lets go of the other ones it mends the one that stays; where one of them is somebody
/// else's, only they can.
func checkDoubleAttachment(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for draft in drafts where !draft.mends.isEmpty { findings.append(.mended(draft)) }

  // What the plan lets go of is mended, or told as `attach-once`.
  let released = Set(
    drafts.filter { $0.change.action.release != nil }.compactMap { $0.observed?.address.nameKey })
  let mends = world.request.mode != .refreshOnly
  var holders = ResourceIndex<ObservedTarget>()
  let holding = world.request.observed.targets.compactMap { target in
    target.resource.map { (target, $0) }
  }
  for (target, resource) in contenders(holding, for: \.1) {
    guard !mends || !released.contains(target.nameKey) else { continue }
    let isOurs = world.isOurs(target)
    let other = holders.first(clashingWith: resource) { isOurs || world.isOurs($0) }
    if let other { findings.append(.doubleAttachment(other, target, resource, in: world)) }
    holders.add(target, holding: resource)
  }
}

extension PlanningWorld {
  fileprivate func isOurs(_ observed: ObservedTarget) -> Bool {
    standing(of: observed, for: document(named: observed.nameKey)) == .ours
  }
}

extension Rule {
  /// A resource is held by two live targets already.
  package static let doubleAttachment = Rule("double-attachment")
}

extension Diagnostic {
  fileprivate static func mended(_ draft: ChangeDraft) -> Diagnostic {
    let noun = draft.observed?.resource?.noun ?? "resource"
    let others = draft.mends.map(\.description).joined(separator: ", ")
    return Diagnostic(
      .warning, .doubleAttachment, "\(noun.capitalised) is attached twice",
      detail: """
        \(draft.address) and \(others) hold the same \(noun) in the workspace. The later \
        attachment broke the earlier one, and the service does not always show which. \
        \(draft.address) stays, because its document names the \(noun); \(others) \
        \(draft.mends.count == 1 ? "goes" : "go"). \(draft.address) is detached as well, and \
        attached again when nobody else holds the \(noun).
        """,
      address: draft.address.description, at: draft.document?.location)
  }

  /// The one that stays is protected, also from being mended.
  static func protectedStays(
    _ desired: ComputeTarget, _ resource: ResourceIdentity, _ others: [TargetAddress]
  ) -> Diagnostic {
    let names = others.map(\.description).joined(separator: ", ")
    return Diagnostic(
      .warning, .doubleAttachment, "\(resource.capitalisedNoun) is attached twice",
      detail: """
        \(desired.address) and \(names) hold the same \(resource.noun) in the workspace. The later \
        attachment broke the earlier one. \(desired.address) stays, because its document names the \
        \(resource.noun), and \(names) \(others.count == 1 ? "goes" : "go"). If \(desired.address) \
        is the broken one, only detaching it and attaching it again mends it, and it is protected: \
        set 'berth: {protect: false}' in this change to have that done.
        """,
      address: desired.address.description, at: desired.location)
  }

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
        The later attachment broke the earlier one. \(way(first, second, resource, in: world))
        """,
      address: concerned.description, at: documents.first?.location,
      related: documents.dropFirst().map { .init("\($0.address) stands here", at: $0.location) })
  }

  /// Which one should stay, why, and who can see to it.
  private static func way(
    _ first: ObservedTarget, _ second: ObservedTarget, _ resource: ResourceIdentity,
    in world: PlanningWorld
  ) -> String {
    let mending = "the other is mended by detaching it and attaching it again."
    for (kept, other) in [(first, second), (second, first)] {
      guard world.isOurs(kept), !world.isOurs(other), world.wants(kept, resource) else { continue }
      let owner =
        other.owner.map { "the stack '\($0)' owns \(other.address)" }
        ?? "no stack owns \(other.address)"
      return """
        \(kept.address) should stay, because its document names the \(resource.noun). Berth does \
        not touch the other, since \(owner): have it detached; \(mending)
        """
    }
    if world.request.mode == .refreshOnly,
      world.wants(first, resource) != world.wants(second, resource)
    {
      let kept = world.wants(first, resource) ? first : second
      return """
        \(kept.address) should stay, because its document names the \(resource.noun). 'berth plan' \
        tells what becomes of both.
        """
    }
    return "Detach one of the two; \(mending)"
  }
}

extension PlanningWorld {
  /// True if the document of a live target's name names the resource.
  fileprivate func wants(_ observed: ObservedTarget, _ resource: ResourceIdentity) -> Bool {
    document(named: observed.nameKey)?.heldResource?.clashes(with: resource) == true
  }
}

extension String {
  fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
