package import Diagnostics
internal import TargetModel

/// `depends-on`: a target is made or changed after those it depends on, and removed before them.
func orderDependsOn(_ drafts: [ChangeDraft], _ world: PlanningWorld, _ graph: inout StepGraph) {
  guard !world.dependencies.edges.isEmpty else { return }
  var changing: [String: Int] = [:]
  var removing: [String: Int] = [:]
  for (index, draft) in drafts.enumerated() {
    if draft.desired == nil {
      removing[draft.address.nameKey] = index
    } else {
      changing[draft.address.nameKey] = index
    }
  }
  for edge in world.dependencies.edges {
    if let later = changing[edge.dependent], let sooner = changing[edge.dependency],
      let making = graph.acquisition(of: later) ?? graph.first(of: later),
      let done = graph.last(of: sooner)
    {
      graph.add(making, waitsFor: done, because: .dependsOn)
    }
    if let later = removing[edge.dependency], let sooner = removing[edge.dependent],
      let gone = graph.release(of: later), let leaving = graph.release(of: sooner)
    {
      graph.add(gone, waitsFor: leaving, because: .dependsOn)
    }
  }
}

extension Rule {
  /// What a target depends on is made before it and removed after it.
  package static let dependsOn = Rule("depends-on")
}
