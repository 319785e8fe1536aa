internal import TargetModel

/// Puts the acts of all changes into one valid order: whatever a step waits for stands before it.
///
/// Among those that could come next, releases that others wait for come first, then whatever makes
/// or changes a target, then plain removals, so that capacity is not lost needlessly; ties go by
/// address, so the attach of a re-attachment follows its detach as closely as it can.
func order(
  _ drafts: [ChangeDraft], in world: PlanningWorld
) -> (changes: [Change], steps: [Step]) {
  let graph = waits(between: drafts, in: world)
  let isStranded = drafts.map { world.request.stranded.contains($0.address.nameKey) }
  let sequence = topologicalOrder(of: graph, first: isStranded)
  var number = Array(repeating: 0, count: graph.nodes.count)
  for (index, node) in sequence.enumerated() { number[node] = index + 1 }

  var firstStep = Array(repeating: Int.max, count: drafts.count)
  let steps = sequence.enumerated().map { index, node in
    let (draft, act) = (graph.nodes[node].draft, graph.nodes[node].act)
    firstStep[draft] = min(firstStep[draft], index)
    return Step(
      id: StepID(index + 1), address: drafts[draft].address, act: act,
      resource: drafts[draft].resource(of: act),
      waitsFor: Set(graph.waits[node]).map { StepID(number[$0]) }.sorted())
  }
  let changes = drafts.indices.sorted { (firstStep[$0], $0) < (firstStep[$1], $1) }
    .map { drafts[$0].change }
  return (changes, steps)
}

/// The acts of all changes with everything that they wait for: one line for each ordering rule.
func waits(between drafts: [ChangeDraft], in world: PlanningWorld) -> StepGraph {
  var graph = StepGraph(drafts)
  orderDetachFirst(drafts, &graph)
  orderNameFree(drafts, &graph)
  orderMending(drafts, &graph)
  orderDependsOn(drafts, world, &graph)
  return graph
}

/// The nodes, each after those it waits for; of those that are free, the most urgent first.
///
/// - Parameter first: for each draft, whether an apply took its target away and did not bring it
///   back.
private func topologicalOrder(of graph: StepGraph, first isStranded: [Bool]) -> [Int] {
  var followers: [[Int]] = Array(repeating: [], count: graph.nodes.count)
  for (node, waits) in graph.waits.enumerated() {
    for other in waits { followers[other].append(node) }
  }
  let restoring = graph.nodesNeeded(by: { isStranded[graph.nodes[$0].draft] })
  // A node's number breaks ties: drafts are sorted by address.
  let rank = graph.nodes.indices.map { node in
    let urgency = restoring.contains(node) ? .restores : urgency(of: node, in: graph, followers)
    return urgency.rawValue * graph.nodes.count + node
  }
  var missing = graph.waits.map(\.count)
  var free = StepQueue()
  for node in graph.nodes.indices where missing[node] == 0 { free.insert(rank[node]) }

  var sequence: [Int] = []
  sequence.reserveCapacity(graph.nodes.count)
  while let next = free.popFirst() {
    let node = next % graph.nodes.count
    sequence.append(node)
    for follower in followers[node] {
      missing[follower] -= 1
      if missing[follower] == 0 { free.insert(rank[follower]) }
    }
  }
  assert(sequence.count == graph.nodes.count, "the waits have a cycle")
  return sequence
}

/// Which of two free steps goes first.
private enum Urgency: Int {
  /// It brings back what an earlier apply took away, or that has to wait for it.
  case restores
  /// It frees a name or a resource that another target waits for.
  case freesForOthers
  /// It makes or changes a target, or begins to replace it.
  case brings
  /// It only takes away.
  case removes
}

private func urgency(of node: Int, in graph: StepGraph, _ followers: [[Int]]) -> Urgency {
  let (draft, act) = (graph.nodes[node].draft, graph.nodes[node].act)
  guard act == .detach || act == .delete else { return .brings }
  if followers[node].contains(where: { graph.nodes[$0].draft != draft }) { return .freesForOthers }
  return graph.acquisition(of: draft) == nil ? .removes : .brings
}

extension ChangeDraft {
  /// The resource an act takes, gives up or leaves where it is.
  fileprivate func resource(of act: Act) -> String? {
    switch act {
    case .attach: desired?.heldResource?.shown
    case .create: nil
    case .detach, .delete, .update, .start, .stop, .mark: observed?.resource?.shown
    }
  }
}
