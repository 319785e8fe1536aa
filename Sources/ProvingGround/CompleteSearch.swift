internal import Planning
internal import TargetModel
internal import TestSupport

/// Every pair of a desired and an observed world for three names, three resources, two variants of
/// TLS and every ownership, with every interleaving of the plan's steps.
///
/// Worlds that differ only by the names of names and of resources count once.
package struct CompleteSearch: Sendable {
  package struct Counts: Sendable {
    package var worlds = 0
    package var plans = 0
    package var refusals = 0
    package var states = 0
    package var interleavings = 0
    package var violations: [String] = []

    mutating func add(_ other: Counts) {
      worlds += other.worlds
      plans += other.plans
      refusals += other.refusals
      states += other.states
      interleavings += other.interleavings
      violations += other.violations
    }
  }

  private static let resources = 3
  private static let nameCount = 3
  /// Nothing, or a resource, with TLS or without, adopting or not.
  private static let wishes = 1 + resources * 2 * 2
  /// Nothing, or a resource, with TLS or without, ours, another stack's or nobody's.
  private static let sights = 1 + resources * 2 * 3

  private let desired: [[ComputeTarget?]]
  private let observed: [[ObservedTarget?]]
  private let permuted: [[Int]]

  package init() {
    let names = ["aaa", "bbb", "ccc"]
    desired = names.map { name in (0..<Self.wishes).map { Self.wish($0, name) } }
    observed = names.map { name in (0..<Self.sights).map { Self.sight($0, name) } }
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    permuted = orders.dropFirst().map { order in
      (0..<Self.wishes * Self.sights).map { cell in
        Self.renamed(cell / Self.sights, order, 4) * Self.sights
          + Self.renamed(cell % Self.sights, order, 6)
      }
    }
  }

  private static func renamed(_ option: Int, _ order: [Int], _ variants: Int) -> Int {
    guard option > 0 else { return 0 }
    let (resource, variant) = (option - 1).quotientAndRemainder(dividingBy: variants)
    return 1 + order[resource] * variants + variant
  }

  private static func wish(_ option: Int, _ name: String) -> ComputeTarget? {
    guard option > 0 else { return nil }
    let (resource, variant) = (option - 1).quotientAndRemainder(dividingBy: 4)
    return TestSupport.desired("link", name, attributes(resource, tls: variant.isMultiple(of: 2))) {
      $0.adopt = variant >= 2
    }
  }

  private static func sight(_ option: Int, _ name: String) -> ObservedTarget? {
    guard option > 0 else { return nil }
    let (resource, variant) = (option - 1).quotientAndRemainder(dividingBy: 6)
    let owner = ["prod", "lab", nil][variant / 2]
    return TestSupport.observed(
      "link", name, attributes(resource, tls: variant.isMultiple(of: 2)),
      marks: OwnershipMarks(stack: owner))
  }

  private static func attributes(_ resource: Int, tls: Bool) -> AttributeMap {
    ["resource_id": .resource("r\(resource)"), "tls": tls ? "on" : "off"]
  }

  // MARK: Searching

  package func run(jobs: Int) async -> Counts {
    await withTaskGroup(of: Counts.self) { group in
      for job in 0..<jobs { group.addTask { part(job, of: jobs) } }
      var counts = Counts()
      for await part in group { counts.add(part) }
      return counts
    }
  }

  private func part(_ job: Int, of jobs: Int) -> Counts {
    let cells = Self.wishes * Self.sights
    var counts = Counts()
    for first in stride(from: job, to: cells, by: jobs) {
      for second in first..<cells {
        for third in second..<cells where isFirstOfItsKind(first, second, third) {
          SmallWorld(
            wishes: wishes([first, second, third]), sights: sights([first, second, third])
          ).check(&counts)
        }
      }
    }
    return counts
  }

  private func wishes(_ cells: [Int]) -> [ComputeTarget?] {
    cells.enumerated().map { desired[$0][$1 / Self.sights] }
  }

  private func sights(_ cells: [Int]) -> [ObservedTarget?] {
    cells.enumerated().map { observed[$0][$1 % Self.sights] }
  }

  /// True unless renaming the resources gives a world that comes earlier.
  private func isFirstOfItsKind(_ first: Int, _ second: Int, _ third: Int) -> Bool {
    for table in permuted {
      var (a, b, c) = (table[first], table[second], table[third])
      if a > b { swap(&a, &b) }
      if b > c { swap(&b, &c) }
      if a > b { swap(&a, &b) }
      if (a, b, c) < (first, second, third) { return false }
    }
    return true
  }
}
