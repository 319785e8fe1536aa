package import Diagnostics
internal import TargetModel

/// `detach-first`: every attach of a resource waits until whoever holds it has let go.
///
/// Renames, swaps and rotations of resources between names follow from this one rule.
func orderDetachFirst(_ drafts: [ChangeDraft], _ graph: inout StepGraph) {
  var releases = ResourceIndex<Int>()
  for (index, draft) in drafts.enumerated() {
    if let resource = draft.releasedResource, let node = graph.release(of: index) {
      releases.add(node, holding: resource)
    }
  }
  for (index, draft) in drafts.enumerated() {
    guard let resource = draft.acquiredResource, let node = graph.acquisition(of: index) else {
      continue
    }
    for release in releases.all(clashingWith: resource) {
      graph.add(node, waitsFor: release, because: .detachFirst)
    }
  }
}

extension Rule {
  /// Nobody holds a resource any more when it is attached.
  package static let detachFirst = Rule("detach-first")
}
