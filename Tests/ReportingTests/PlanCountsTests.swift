import Planning
import Reporting
import TestSupport
import Testing

/// The footer's counts.
struct PlanCountsTests {
  @Test(
    arguments: [
      ([], "0 to add, 0 to change, 0 to destroy."),
      ([.create], "1 to add, 0 to change, 0 to destroy."),
      ([.attach], "1 to add, 0 to change, 0 to destroy. (1 to attach)"),
      ([.update, .start, .stop], "0 to add, 3 to change, 0 to destroy."),
      ([.delete], "0 to add, 0 to change, 1 to destroy."),
      ([.detach], "0 to add, 0 to change, 1 to destroy. (1 to detach)"),
      ([.detachThenAttach], "1 to add, 0 to change, 1 to destroy. (1 to re-attach)"),
      (
        [.deleteThenCreate, .detachThenCreate, .deleteThenAttach],
        "3 to add, 0 to change, 3 to destroy."
      ),
      ([.adopt], "1 to import, 0 to add, 0 to change, 0 to destroy."),
      ([.forget], "0 to add, 0 to change, 0 to destroy. (1 to forget)"),
      (
        [.update, .deleteThenCreate, .detachThenAttach, .delete],
        "2 to add, 1 to change, 3 to destroy. (1 to re-attach)"
      ),
      (
        Action.allCases,
        "1 to import, 6 to add, 3 to change, 6 to destroy."
          + " (1 to attach, 1 to detach, 1 to re-attach, 1 to forget)"
      ),
    ] as [([Action], String)])
  func `counts of mixtures`(_ actions: [Action], _ sentence: String) {
    #expect(PlanCounts(actions).sentence == sentence)
    #expect(PlanText(plan(actions.map { change($0) })).text.contains(sentence) == !actions.isEmpty)
  }

  @Test func `whatever is taken away counts among the destroyed, and the order means nothing`() {
    for seed in UInt64(1)...200 {
      var random = SeededRandom(seed: seed)
      let actions = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
        Action.allCases.randomElement(using: &random)
      }
      let counts = PlanCounts(actions)
      #expect(counts.destroy == actions.count { $0.release != nil }, "seed \(seed)")
      #expect(counts.add == actions.count { $0.acquisition != nil }, "seed \(seed)")
      #expect(PlanCounts(actions.shuffled(using: &random)) == counts, "seed \(seed)")
    }
  }
}
