package import Diagnostics
internal import TargetModel

/// `attach-once`: one resource is never held by two targets of a workspace (domain.md R10).
///
/// Two documents must not name one resource, and a document must not name a resource that a live
/// target holds and that the plan does not release.
func checkAttachOnce(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  guard world.request.mode != .destroy else { return }
  var claims: [String: [ComputeTarget]] = [:]
  for target in world.inOrderOfClaim {
    guard let resource = target.heldResource else { continue }
    if let first = claims[resource.key]?.first(where: { $0.heldResource?.clashes(with: resource) == true }) {
      findings.append(.claimedTwice(target, resource, first))
    }
    claims[resource.key, default: []].append(target)
  }

  let released = Set(drafts.filter { $0.change.action.release != nil }.compactMap { $0.observed?.address })
  var holders: [String: [ObservedTarget]] = [:]
  for observed in world.request.observed.targets {
    if let resource = observed.resource { holders[resource.key, default: []].append(observed) }
  }
  for draft in drafts {
    guard let desired = draft.desired, let resource = draft.acquiredResource else { continue }
    for holder in holders[resource.key] ?? []
    where holder.resource?.clashes(with: resource) == true && !released.contains(holder.address) {
      // Two documents that share a resource are told once, above.
      if claims[resource.key]?.contains(where: { $0.address == holder.address }) == true { continue }
      findings.append(.heldByOther(desired, resource, holder, stack: world.request.stack))
    }
  }
  reportDoubleAttachments(holders, released, world, &findings)
}

extension PlanningWorld {
  /// The desired targets, those first that hold what they name already, then in the order of the
  /// manifests: it is the newcomer that is told to go.
  fileprivate var inOrderOfClaim: [ComputeTarget] {
    let claims = pairs.compactMap { pair -> (isHolder: Bool, target: ComputeTarget)? in
      guard let desired = pair.desired, let resource = desired.heldResource else { return nil }
      return (pair.observed?.resource?.clashes(with: resource) == true, desired)
    }
    return claims.sorted {
      ($0.isHolder ? 0 : 1, $0.target.location) < ($1.isHolder ? 0 : 1, $1.target.location)
    }.map(\.target)
  }
}

/// A workspace in which a resource is held twice already: one of the two does not work.
private func reportDoubleAttachments(
  _ holders: [String: [ObservedTarget]], _ released: Set<TargetAddress>, _ world: PlanningWorld,
  _ findings: inout DiagnosticList
) {
  for (_, targets) in holders.sorted(by: { $0.key < $1.key }) where targets.count > 1 {
    for (index, first) in targets.enumerated() {
      for second in targets[(index + 1)...] {
        guard let resource = first.resource, second.resource?.clashes(with: resource) == true,
          world.owns(first) || world.owns(second),
          !released.contains(first.address), !released.contains(second.address)
        else { continue }
        findings.append(.doubleAttachment(first, second, resource))
      }
    }
  }
}

extension Rule {
  /// One resource is attached at most once.
  package static let attachOnce = Rule("attach-once")
  /// A resource is held by two live targets already.
  package static let doubleAttachment = Rule("double-attachment")
}

extension ResourceIdentity {
  /// "cluster" where the id says so, "machine" for hosts and virtual machines, else "resource".
  fileprivate var noun: String {
    if key.contains("/managedclusters/") || key.contains("/connectedclusters/") { return "cluster" }
    if key.hasPrefix("host:") || key.contains("/virtualmachines/") { return "machine" }
    return "resource"
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Diagnostic {
  fileprivate static func claimedTwice(
    _ target: ComputeTarget, _ resource: ResourceIdentity, _ first: ComputeTarget
  ) -> Diagnostic {
    Diagnostic(
      .error, .attachOnce, "\(resource.noun.capitalisedFirst) is already attached",
      detail: """
        The same \(resource.noun) is attached as \(first.address). A second attachment breaks the \
        first one. Remove one of the two.
        """,
      address: target.address.description, at: target.resourceLocation,
      related: [.init("\(first.address) names it here", at: first.resourceLocation)],
      findingClass: .refusal)
  }

  fileprivate static func heldByOther(
    _ target: ComputeTarget, _ resource: ResourceIdentity, _ holder: ObservedTarget, stack: String
  ) -> Diagnostic {
    let owner =
      switch holder.marks.stack {
      case stack?: "this stack"
      case let other?: "the stack '\(other)'"
      case nil: "nobody's stack"
      }
    return Diagnostic(
      .error, .attachOnce, "\(resource.noun.capitalisedFirst) is already attached",
      detail: """
        The same \(resource.noun) is attached in the workspace as \(holder.address), which is \
        owned by \(owner). A second attachment breaks the first one. Detach \(holder.address) \
        first, or name it here and adopt it with 'berth: {adopt: true}'.
        """,
      address: target.address.description, at: target.resourceLocation, findingClass: .refusal)
  }

  fileprivate static func doubleAttachment(
    _ first: ObservedTarget, _ second: ObservedTarget, _ resource: ResourceIdentity
  ) -> Diagnostic {
    Diagnostic(
      .warning, .doubleAttachment, "\(resource.noun.capitalisedFirst) is attached twice",
      detail: """
        \(first.address) and \(second.address) hold the same \(resource.noun) in the workspace. \
        The later attachment broke the earlier one. Detach one of the two; the other is mended by \
        detaching it and attaching it again.
        """,
      address: first.address.description)
  }
}

extension ComputeTarget {
  /// Where the manifest says what is held.
  fileprivate var resourceLocation: SourceLocation {
    guard let resource = kind.resource else { return location }
    if self[resource.idField] != nil { return location(of: resource.idField) }
    return resource.hostField.map(location(of:)) ?? location
  }
}
