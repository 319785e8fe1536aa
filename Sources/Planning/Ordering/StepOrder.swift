internal import TargetModel

/// Puts the acts of all changes into one valid order: whatever a step waits for stands before it.
///
/// Among those that could come next the most urgent comes first (`Urgency`); ties go by address, so
/// the attach of a re-attachment follows its detach as closely as it can.
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
      waits: waits(of: node, in: graph, number))
  }
  let changes = drafts.indices.sorted { (firstStep[$0], $0) < (firstStep[$1], $1) }
    .map { drafts[$0].change }
  return (changes, steps)
}

/// The acts of all changes with everything that they wait for: one line for each ordering rule.
///
/// Where two rules ask for the same wait, the first of them is told as its reason.
func waits(between drafts: [ChangeDraft], in world: PlanningWorld) -> StepGraph {
  var graph = StepGraph(drafts)
  orderDetachFirst(drafts, &graph)
  orderNameFree(drafts, &graph)
  orderMending(drafts, &graph)
  orderDependsOn(drafts, world, &graph)
  orderSameTarget(drafts, &graph)
  return graph
}

/// What a node waits for, each step once.
private func waits(of node: Int, in graph: StepGraph, _ number: [Int]) -> [Wait] {
  var seen: Set<Int> = []
  return graph.waits[node].filter { seen.insert($0.node).inserted }
    .map { Wait(for: StepID(number[$0.node]), because: $0.rule) }
    .sorted { $0.step < $1.step }
}

/// The nodes, each after those it waits for; of those that are free, the most urgent first.
///
/// - Parameter first: for each draft, whether an apply took its target away and did not bring it
///   back.
private func topologicalOrder(of graph: StepGraph, first isStranded: [Bool]) -> [Int] {
  var followers: [[Int]] = Array(repeating: [], count: graph.nodes.count)
  for (node, waits) in graph.waits.enumerated() {
    for other in waits { followers[other.node].append(node) }
  }
  let restoring = graph.nodesNeeded(by: { isStranded[graph.nodes[$0].draft] })
  // A node's number breaks ties: drafts are sorted by address.
  let rank = graph.nodes.indices.map { node in
    let urgency = restoring.contains(node) ? .restores : Urgency(of: node, in: graph, followers)
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

extension ChangeDraft {
  /// The resource an act takes, gives up or leaves where it is.
  fileprivate func resource(of act: Act) -> String? {
    switch act {
    case .attach: acquiredResource?.shown
    case .create: nil
    case .detach, .delete, .update, .start, .stop, .mark: observed?.resource?.shown
    }
  }
}
