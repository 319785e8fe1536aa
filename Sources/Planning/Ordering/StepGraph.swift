internal import TargetModel

/// The acts of all changes, and which of them wait for which.
///
/// Every ordering rule is a function that adds waits. Nodes are numbered change by change, so a
/// change's acts follow each other.
struct StepGraph {
  struct Node {
    let draft: Int
    let act: Act
  }

  private(set) var nodes: [Node] = []
  /// For each node, those it waits for.
  private(set) var waits: [[Int]] = []
  /// The first node of each draft.
  private let firstNode: [Int]
  private let actCount: [Int]

  init(_ drafts: [ChangeDraft]) {
    var first: [Int] = []
    for (index, draft) in drafts.enumerated() {
      first.append(nodes.count)
      for (position, act) in draft.acts.enumerated() {
        waits.append(position == 0 ? [] : [nodes.count - 1])
        nodes.append(Node(draft: index, act: act))
      }
    }
    firstNode = first
    actCount = drafts.map(\.acts.count)
  }

  /// The node of a draft's act that gives up what is there.
  func release(of draft: Int) -> Int? { node(of: draft) { $0 == .detach || $0 == .delete } }

  /// The node of a draft's act that makes what is due.
  func acquisition(of draft: Int) -> Int? { node(of: draft) { $0 == .attach || $0 == .create } }

  /// The last node of a draft: when it is done, so is the change.
  func last(of draft: Int) -> Int? {
    actCount[draft] == 0 ? nil : firstNode[draft] + actCount[draft] - 1
  }

  private func node(of draft: Int, where matches: (Act) -> Bool) -> Int? {
    (firstNode[draft]..<(firstNode[draft] + actCount[draft])).first { matches(nodes[$0].act) }
  }

  /// Adds a wait; one that is there already is not repeated.
  mutating func add(_ node: Int, waitsFor other: Int) {
    guard node != other, !waits[node].contains(other) else { return }
    waits[node].append(other)
  }
}
