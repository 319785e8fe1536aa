package import Diagnostics
internal import TargetModel

/// Of a double attachment, the one that stays is detached before the others go: an apply that stops
/// anywhere in between leaves it missing, which the next plan sees, and never broken, which no plan
/// could see.
func orderMending(_ drafts: [ChangeDraft], _ graph: inout StepGraph) {
  var mendings: [(node: Int, others: [TargetAddress])] = []
  for (index, draft) in drafts.enumerated() where !draft.mends.isEmpty {
    if let node = graph.release(of: index) { mendings.append((node, draft.mends)) }
  }
  guard !mendings.isEmpty else { return }
  var releases: [TargetAddress: Int] = [:]
  for (index, draft) in drafts.enumerated() where draft.mends.isEmpty {
    if let node = graph.release(of: index), let observed = draft.observed {
      releases[observed.address] = node
    }
  }
  for (node, others) in mendings {
    for other in others {
      if let release = releases[other] {
        graph.add(release, waitsFor: node, because: .mendingFirst)
      }
    }
  }
}

extension Rule {
  /// A double attachment is mended from the side that stays.
  package static let mendingFirst = Rule("mending-first")
}
