internal import Diagnostics
internal import TargetModel

/// The acts of all changes, and which of them wait for which.
///
/// Every ordering rule is a function that adds waits under its id. Nodes are numbered change by
/// change, so a change's acts follow each other.
///
/// Law: the waits have no cycle. A release waits for releases only, by dependencies that have no
/// cycle; everything else waits for releases, for its own change, or by such dependencies.
struct StepGraph {
  struct Node {
    let draft: Int
    let act: Act
  }

  /// That a node waits for another one, and the rule that says so.
  struct Edge {
    let node: Int
    let rule: Rule
  }

  private(set) var nodes: [Node] = []
  /// For each node, those it waits for; a wait that two rules ask for stands twice, in the order of
  /// the rules.
  private(set) var waits: [[Edge]] = []
  /// The nodes of each draft.
  private var ranges: [Range<Int>] = []

  init(_ drafts: [ChangeDraft]) {
    for (index, draft) in drafts.enumerated() {
      let start = nodes.count
      nodes += draft.acts.map { Node(draft: index, act: $0) }
      ranges.append(start..<nodes.count)
    }
    waits = Array(repeating: [], count: nodes.count)
  }

  /// The node of a draft's act that gives up what is there.
  func release(of draft: Int) -> Int? {
    ranges[draft].first { nodes[$0].act == .detach || nodes[$0].act == .delete }
  }

  /// The node of a draft's act that makes what is due.
  func acquisition(of draft: Int) -> Int? {
    ranges[draft].first { nodes[$0].act == .attach || nodes[$0].act == .create }
  }

  /// The nodes of a draft, one after the other.
  func all(of draft: Int) -> Range<Int> { ranges[draft] }

  /// The first node of a draft.
  func first(of draft: Int) -> Int? { ranges[draft].first }

  /// The last node of a draft: when it is done, so is the change.
  func last(of draft: Int) -> Int? { ranges[draft].last }

  /// Makes a node wait for another one, as a rule says.
  mutating func add(_ node: Int, waitsFor other: Int, because rule: Rule) {
    waits[node].append(Edge(node: other, rule: rule))
  }

  /// The nodes that fit, and all that have to come before them.
  func nodesNeeded(by fits: (Int) -> Bool) -> Set<Int> {
    var needed: Set<Int> = []
    var open = nodes.indices.filter(fits)
    while let node = open.popLast() {
      if needed.insert(node).inserted { open += waits[node].map(\.node) }
    }
    return needed
  }
}
