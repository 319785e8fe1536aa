import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Laws that hold in every world.
///
/// A failure prints the seed of its world.
struct PlanLawTests {
  private static let seeds: Range<UInt64> = 1..<2001

  private func forEachWorld(_ body: (UInt64, RandomWorld, PlanningResult) -> Void) {
    for seed in Self.seeds {
      let world = RandomWorld(seed: seed)
      body(seed, world, world.planned())
    }
  }

  @Test func `worlds are worth the trouble`() {
    var counts: [String: Int] = [:]
    forEachWorld { _, _, result in
      counts[result.isRefused ? "refused" : "allowed", default: 0] += 1
      if !result.isRefused, result.plan.steps.contains(where: { $0.waitsFor.count > 1 }) {
        counts["tangled", default: 0] += 1
      }
      for finding in result.findings.findings { counts[finding.rule.id, default: 0] += 1 }
      for change in result.plan.changes where !result.isRefused {
        counts[change.action.rawValue, default: 0] += 1
      }
    }
    print("worlds:", counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
    #expect(counts["allowed", default: 0] > 600)
    #expect(counts["tangled", default: 0] > 20)
    for action in Action.allCases {
      #expect(counts[action.rawValue, default: 0] > 0, "no world does \(action)")
    }
    for rule in [
      "attach-once", "double-attachment", "foreign-owner", "name-taken", "protected",
      "loses-data", "empty-desired", "dependency-cycle",
    ] {
      #expect(counts[rule, default: 0] > 0, "no world breaks \(rule)")
    }
  }

  @Test func `the order of the input does not matter`() {
    forEachWorld { seed, world, result in
      var random = SeededRandom(seed: seed)
      var shuffled = world
      shuffled.desired.shuffle(using: &random)
      shuffled.observed.shuffle(using: &random)
      let again = shuffled.planned()
      #expect(again.plan == result.plan, "seed \(seed)")
      #expect(again.findings.findings == result.findings.findings, "seed \(seed)")
    }
  }

  @Test func `waits come earlier, are sorted, and stand once`() {
    forEachWorld { seed, _, result in
      for (index, step) in result.plan.steps.enumerated() {
        #expect(step.id.number == index + 1, "seed \(seed)")
        #expect(step.waitsFor.allSatisfy { $0 < step.id && $0.number > 0 }, "seed \(seed)")
        #expect(step.waitsFor == Set(step.waitsFor).sorted(), "seed \(seed)")
        #expect(step.waits.allSatisfy { $0.rule != nil }, "seed \(seed): a wait without a rule")
      }
      let addresses = Set(result.plan.changes.map(\.address))
      #expect(addresses.count == result.plan.changes.count, "seed \(seed)")
      #expect(addresses == Set(result.plan.steps.map(\.address)), "seed \(seed)")
    }
  }

  @Test func `nothing breaks, in whatever order the steps run`() {
    forEachWorld { seed, world, result in
      guard !result.isRefused else { return }
      let orders = Interleavings(steps: result.plan.steps, limit: 100)
      orders.forEach(seed: seed) { order in
        var model = ModelWorld(world)
        for step in order { model.perform(step, of: result.plan) }
        #expect(model.violations.isEmpty, "seed \(seed): \(order.map(\.id.description))")
      }
    }
  }

  @Test func `carrying out a plan leaves nothing to do`() {
    forEachWorld { seed, world, result in
      guard !result.isRefused else { return }
      var model = ModelWorld(world)
      for step in result.plan.steps { model.perform(step, of: result.plan) }
      var after = world
      after.observed = Array(model.targets.values)
      let again = after.planned()
      #expect(again.plan.isEmpty, "seed \(seed):\n\(result.listing)\nthen\n\(again.listing)")
      #expect(!again.isRefused, "seed \(seed)")
    }
  }

  @Test func `an apply that stops anywhere is taken up where it stood`() {
    forEachWorld { seed, world, result in
      guard !result.isRefused, world.mode == .apply else { return }
      var model = ModelWorld(world)
      for step in result.plan.steps {
        model.perform(step, of: result.plan)
        var after = world
        after.observed = Array(model.targets.values)
        let rest = after.planned()
        #expect(!rest.isRefused, "seed \(seed) after \(step.id): \(rest.refusals)")
        var finished = ModelWorld(after)
        for step in rest.plan.steps { finished.perform(step, of: rest.plan) }
        #expect(finished.violations.isEmpty, "seed \(seed) after \(step.id)")
        after.observed = Array(finished.targets.values)
        #expect(after.planned().plan.isEmpty, "seed \(seed) after \(step.id)")
      }
    }
  }

  @Test func `a plan that would do harm is refused aloud`() {
    forEachWorld { seed, world, result in
      var model = ModelWorld(world)
      for step in result.plan.steps { model.perform(step, of: result.plan) }
      if !model.violations.isEmpty {
        #expect(!result.refusals.isEmpty, "seed \(seed): \(model.violations)")
      }
      // Whatever says no says where and why.
      for finding in result.findings.findings where finding.severity == .error {
        #expect(finding.findingClass == .refusal, "seed \(seed)")
        #expect(!finding.detail.isEmpty, "seed \(seed)")
      }
    }
  }

  @Test func `looking only does nothing and refuses nothing`() {
    forEachWorld { seed, world, _ in
      var looking = world
      looking.mode = .refreshOnly
      let result = looking.planned()
      #expect(result.plan.steps.isEmpty && result.plan.changes.isEmpty, "seed \(seed)")
      #expect(!result.isRefused, "seed \(seed)")
    }
  }

  @Test func `what is as it should be and what changes are all the documents`() {
    forEachWorld { seed, world, result in
      guard !result.isRefused, world.mode == .apply else { return }
      let names = Set(world.desired.map(\.address))
      let changing = result.plan.changes.count { names.contains($0.address) }
      #expect(result.plan.unchangedCount + changing == world.desired.count, "seed \(seed)")
    }
  }
}
