internal import TargetModel

/// `detach-first`: every attach of a resource waits until whoever holds it has let go. Renames,
/// swaps and rotations of resources between names follow from this one rule.
func orderDetachFirst(_ drafts: [ChangeDraft], _ graph: inout StepGraph) {
  var releases: [String: [(resource: ResourceIdentity, node: Int)]] = [:]
  for (index, draft) in drafts.enumerated() {
    if let resource = draft.releasedResource, let node = graph.release(of: index) {
      releases[resource.key, default: []].append((resource, node))
    }
  }
  for (index, draft) in drafts.enumerated() {
    guard let resource = draft.acquiredResource, let node = graph.acquisition(of: index) else {
      continue
    }
    for release in releases[resource.key] ?? [] where release.resource.clashes(with: resource) {
      graph.add(node, waitsFor: release.node)
    }
  }
}
