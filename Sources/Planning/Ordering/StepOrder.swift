internal import Diagnostics
internal import TargetModel

/// Puts the acts of all changes into one valid order: whatever a step waits for stands before it.
///
/// Among those that could come next, releases that others wait for come first, then whatever makes
/// or changes a target, then plain removals, so that capacity is not lost needlessly; ties go by
/// address. Linear but for sorting.
func order(
  _ drafts: [ChangeDraft], in world: PlanningWorld, reporting findings: inout DiagnosticList
) -> (changes: [Change], steps: [Step]) {
  var graph = StepGraph(drafts)
  orderDetachFirst(drafts, &graph)
  orderNameFree(drafts, &graph)
  orderDependsOn(drafts, world, &graph, &findings)

  let sequence = topologicalOrder(graph, drafts)
  var number: [Int?] = Array(repeating: nil, count: graph.nodes.count)
  for (index, node) in sequence.enumerated() { number[node] = index + 1 }

  var steps: [Step] = []
  var firstStep: [Int?] = Array(repeating: nil, count: drafts.count)
  for (index, node) in sequence.enumerated() {
    let draft = graph.nodes[node].draft
    firstStep[draft] = firstStep[draft] ?? index
    steps.append(
      Step(
        id: StepID(index + 1), address: drafts[draft].address, act: graph.nodes[node].act,
        resource: drafts[draft].resource(of: graph.nodes[node].act),
        waitsFor: graph.waits[node].compactMap { number[$0].map(StepID.init) }.sorted()))
  }
  let byFirstStep = drafts.indices.sorted {
    (firstStep[$0] ?? .max, $0) < (firstStep[$1] ?? .max, $1)
  }
  return (byFirstStep.map { drafts[$0].change }, steps)
}

/// Nodes in waves: each wave holds those that wait for nobody left, in order of preference.
///
/// Nodes on a cycle, which only `depends_on` can close and which is then an error, come last.
private func topologicalOrder(_ graph: StepGraph, _ drafts: [ChangeDraft]) -> [Int] {
  var followers: [[Int]] = Array(repeating: [], count: graph.nodes.count)
  var missing = graph.waits.map(\.count)
  for (node, waits) in graph.waits.enumerated() {
    for other in waits { followers[other].append(node) }
  }
  let phases = graph.nodes.indices.map { phase(of: $0, graph, drafts, followers) }
  var sequence: [Int] = []
  var keptBack: [Int] = []
  var wave = graph.nodes.indices.filter { missing[$0] == 0 }
  while !wave.isEmpty || !keptBack.isEmpty {
    // Plain removals are kept back until nothing else is left to put before them.
    keptBack += wave.filter { phases[$0] == 2 }
    wave.removeAll { phases[$0] == 2 }
    if wave.isEmpty { (wave, keptBack) = (keptBack, []) }
    wave.sort { (phases[$0], $0) < (phases[$1], $1) }
    sequence += wave
    var next: [Int] = []
    for node in wave {
      for follower in followers[node] {
        missing[follower] -= 1
        if missing[follower] == 0 { next.append(follower) }
      }
    }
    wave = next
  }
  if sequence.count < graph.nodes.count {
    let placed = Set(sequence)
    sequence += graph.nodes.indices.filter { !placed.contains($0) }
  }
  return sequence
}

/// 0 for releases that other targets wait for, 2 for plain removals, 1 for everything else.
private func phase(
  of node: Int, _ graph: StepGraph, _ drafts: [ChangeDraft], _ followers: [[Int]]
) -> Int {
  let draft = graph.nodes[node].draft
  guard graph.nodes[node].act == .detach || graph.nodes[node].act == .delete else { return 1 }
  if followers[node].contains(where: { graph.nodes[$0].draft != draft }) { return 0 }
  return drafts[draft].change.action.isReplacement ? 1 : 2
}

extension ChangeDraft {
  /// The resource an act takes or gives up.
  fileprivate func resource(of act: Act) -> String? {
    switch act {
    case .attach: desired?.heldResource?.shown
    case .detach: observed?.resource?.shown
    case .create, .update, .delete, .start, .stop, .mark: nil
    }
  }
}
