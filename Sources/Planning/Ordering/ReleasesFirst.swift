package import Diagnostics
internal import TargetModel

/// `releases-first`: of the steps that wait for nothing any more, those that free something for
/// another target come first, then whatever makes or changes a target, then plain removals, so that
/// capacity is not lost needlessly.
///
/// A preference, not a wait: independent steps run side by side.
enum Urgency: Int {
  /// It brings back what an earlier apply took away.
  case restores
  /// It frees a name or a resource that another target waits for.
  case freesForOthers
  /// It makes or changes a target, or begins to replace it.
  case brings
  /// It only takes away.
  case removes

  /// How urgent a node is.
  /// - Parameter followers: for each node, those that wait for it.
  init(of node: Int, in graph: StepGraph, _ followers: [[Int]]) {
    let (draft, act) = (graph.nodes[node].draft, graph.nodes[node].act)
    guard act == .detach || act == .delete else {
      self = .brings
      return
    }
    if followers[node].contains(where: { graph.nodes[$0].draft != draft }) {
      self = .freesForOthers
    } else {
      self = graph.acquisition(of: draft) == nil ? .removes : .brings
    }
  }
}

extension Rule {
  /// What frees something for others goes first, plain removals go last.
  package static let releasesFirst = Rule("releases-first")
}
