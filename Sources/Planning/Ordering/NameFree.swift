package import Diagnostics
internal import TargetModel

/// `name-free`: a target is made only when the former bearer of its name is really gone.
func orderNameFree(_ drafts: [ChangeDraft], _ graph: inout StepGraph) {
  var releases: [String: Int] = [:]
  for (index, draft) in drafts.enumerated() {
    if let node = graph.release(of: index) { releases[draft.address.nameKey] = node }
  }
  for (index, draft) in drafts.enumerated() {
    if let node = graph.acquisition(of: index), let release = releases[draft.address.nameKey] {
      graph.add(node, waitsFor: release, because: .nameFree)
    }
  }
}

extension Rule {
  /// A name is free when it is used again.
  package static let nameFree = Rule("name-free")
}
