package import Diagnostics
internal import TargetModel

/// `attach-once`: one resource is never held by two targets of a workspace (domain.md R10).
///
/// Two documents must not name one resource, and a document must not name a resource that a live
/// target holds and that the plan does not release. The exception is the kind's own: different
/// shares of one resource (`kubernetes` namespaces) live side by side.
func checkAttachOnce(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  let claimants = claimants(in: world)
  report(contenders(claimants, for: \.resource), &findings)
  guard drafts.contains(where: { $0.acquiredResource != nil }) else { return }

  var claims = ResourceIndex<ComputeTarget>()
  for claimant in claimants { claims.add(claimant.target, holding: claimant.resource) }
  let released = Set(
    drafts.filter { $0.change.action.release != nil }.compactMap { $0.observed?.address.nameKey })
  var keeping = ResourceIndex<ObservedTarget>()
  for observed in world.request.observed.targets {
    guard let resource = observed.resource, !released.contains(observed.nameKey) else { continue }
    keeping.add(observed, holding: resource)
  }
  for draft in drafts {
    guard let desired = draft.desired, let resource = draft.acquiredResource else { continue }
    let holder = keeping.first(clashingWith: resource) { holder in
      // Under its own name the target clashes with nothing but a bearer of the name; and two
      // documents that share a resource are told once, above.
      holder.nameKey != desired.nameKey
        && claims.first(clashingWith: resource) {
          $0.address.nameKey == holder.nameKey
        } == nil
    }
    if let holder { findings.append(.heldByOther(desired, resource, holder, in: world)) }
  }
}

/// The documents that name a resource.
private func claimants(in world: PlanningWorld) -> [Claimant] {
  world.pairs.compactMap { pair in
    guard let desired = pair.desired, let resource = desired.heldResource else { return nil }
    return Claimant(target: desired, resource: resource, live: pair.observed)
  }
}

/// Reports documents that claim one resource.
///
/// Of two, the one that holds the resource already is in the right; else the one that comes first
/// in the manifests.
private func report(_ claimants: [Claimant], _ findings: inout DiagnosticList) {
  var earlier = ResourceIndex<ComputeTarget>()
  for claimant in claimants.sorted(by: Claimant.goesBefore) {
    if let first = earlier.first(clashingWith: claimant.resource) {
      findings.append(.claimedTwice(claimant.target, claimant.resource, first))
    }
    earlier.add(claimant.target, holding: claimant.resource)
  }
}

/// A document that names a resource.
private struct Claimant {
  let target: ComputeTarget
  let resource: ResourceIdentity
  /// What is live under its name.
  let live: ObservedTarget?

  private var holds: Bool { live?.resource?.clashes(with: resource) == true }

  static func goesBefore(_ left: Claimant, _ right: Claimant) -> Bool {
    if left.holds != right.holds { return left.holds }
    return (left.target.location, left.target.address)
      < (right.target.location, right.target.address)
  }
}

extension Rule {
  /// One resource is attached at most once.
  package static let attachOnce = Rule("attach-once")
}

extension ResourceIdentity {
  /// What to call it: "cluster" where the id says so, else "resource".
  var noun: String { key.isCluster ? "cluster" : "resource" }

  /// The same at the beginning of a sentence.
  var capitalisedNoun: String { key.isCluster ? "Cluster" : "Resource" }
}

extension String {
  fileprivate var isCluster: Bool {
    contains("/managedclusters/") || contains("/connectedclusters/")
  }
}

extension Diagnostic {
  fileprivate static func claimedTwice(
    _ target: ComputeTarget, _ resource: ResourceIdentity, _ first: ComputeTarget
  ) -> Diagnostic {
    Diagnostic(
      .error, .attachOnce, "\(resource.capitalisedNoun) is already attached",
      detail: """
        The same \(resource.noun) is attached as \(first.address). A second attachment breaks the \
        first one. Remove one of the two.
        """,
      address: target.address.description, at: target.resourceLocation,
      related: [.init("\(first.address) names it here", at: first.resourceLocation)],
      findingClass: .refusal)
  }

  fileprivate static func heldByOther(
    _ target: ComputeTarget, _ resource: ResourceIdentity, _ holder: ObservedTarget,
    in world: PlanningWorld
  ) -> Diagnostic {
    let document = world.document(named: holder.nameKey)
    return Diagnostic(
      .error, .attachOnce, "\(resource.capitalisedNoun) is already attached",
      detail: """
        The same \(resource.noun) is attached as \(holder.address). A second attachment breaks the \
        first one. Remove one of the two. \(explanation(of: holder, document, in: world))
        """,
      address: target.address.description, at: target.resourceLocation,
      related: document.map { [.init("\(holder.address) stands here", at: $0.location)] } ?? [],
      findingClass: .refusal)
  }

  /// Whose the holder is and what can be done about it.
  private static func explanation(
    of holder: ObservedTarget, _ document: ComputeTarget?, in world: PlanningWorld
  ) -> String {
    let live = "\(holder.address) is live in the workspace"
    switch holder.owner {
    case world.request.stack:
      return document == nil
        ? "\(live) and is to be retained; detach it yourself if it may go."
        : "\(live) and this plan leaves it as it is."
    case let other?:
      return "\(live) and the stack '\(other)' owns it; only that stack detaches it."
    case nil where world.knows(holder):
      return """
        \(live) and no stack owns it. Detach it yourself, or use it under its own name: a document \
        with 'name: \(holder.name)' and 'berth: {adopt: true}' takes it over.
        """
    case nil:
      return "\(live) and of a kind that Berth does not know, so Berth never touches it."
    }
  }
}

extension ComputeTarget {
  /// Where the manifest says what is held.
  var resourceLocation: SourceLocation {
    guard let resource = kind.resource else { return location }
    if self[resource.idField] != nil { return location(of: resource.idField) }
    return resource.hostField.map(location(of:)) ?? location
  }
}
