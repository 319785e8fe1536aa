import ApplyJournal
import BackendInterface
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// What holds in every interleaving, whatever goes wrong: seeded worlds, plans and faults.
@Suite struct MachineLaws {
  /// A world, what is wanted instead, and the plan between.
  private struct Scenario {
    let live: [ObservedTarget]
    let wanted: [ComputeTarget]
    let plan: Plan

    /// Nil where a guard refuses the plan.
    init?(_ random: inout SeededRandom) {
      live = Self.targets(&random).map { observed($0) }
      wanted = Self.targets(&random)
      let result = planning(wanted, live)
      guard !result.isRefused, !result.plan.isEmpty else { return nil }
      plan = result.plan
    }

    private static func targets(_ random: inout SeededRandom) -> [ComputeTarget] {
      var resources = ["r1", "r2", "r3"].shuffled(using: &random)
      var namespaces = ["one", "two"].shuffled(using: &random)
      return ["a", "b", "c", "d", "e"].compactMap { name in
        switch Int.random(in: 0..<7, using: &random) {
        case 0...2:
          resources.popLast().map {
            link(name, holding: $0, tls: Bool.random(using: &random) ? "one" : "two")
          }
        case 3: namespaces.popLast().map { sharedLink(name, holding: "shared", in: $0) }
        case 4:
          pool(
            name, count: Int.random(in: 1...3, using: &random),
            size: Bool.random(using: &random) ? "small" : "large")
        case 5: box(name, power: Bool.random(using: &random) ? .stopped : nil)
        default: nil
        }
      }
    }
  }

  private func expectLaws(_ driver: Driver, _ seed: UInt64) {
    #expect(driver.violations == [], "seed \(seed)")
    #expect(driver.world.violations == [], "seed \(seed)")
    let outcomes = Dictionary(
      driver.report.outcomes.map { ($0.step.id, $0.outcome) },
      uniquingKeysWith: { first, _ in first })
    for (step, outcome) in driver.report.outcomes {
      let predecessors = step.waitsFor.compactMap { outcomes[$0] }
      switch outcome {
      case .notStarted(.waitsFor(let id)):
        guard case .failed? = outcomes[id] else {
          #expect(Bool(false), "seed \(seed): \(step.id) blames \(id), which did not fail")
          continue
        }
        #expect(predecessors.contains { $0 != .done }, "seed \(seed)")
      case .done, .failed:
        #expect(predecessors.allSatisfy { $0 == .done }, "seed \(seed): \(step.id)")
      case .notStarted: break
      }
    }
    // The journal tells the same story.
    let state = JournalState(
      replaying: driver.journal.map { JournalEntry(milliseconds: 0, record: $0) })
    #expect(state.end != nil, "seed \(seed)")
    for (step, outcome) in driver.report.outcomes where outcome == .done {
      #expect(state.status(of: step.id) == .finished(.done), "seed \(seed)")
    }
    for intent in state.unsettled {
      guard case .failed(let failure)? = outcomes[intent.step], failure.outcomeIsUnknown else {
        #expect(Bool(false), "seed \(seed): \(intent.step) is unsettled")
        continue
      }
    }
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func `in a calm world every plan is done and leaves nothing to do`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    guard let scenario = Scenario(&random) else { return }
    var driver = Driver(
      scenario.plan, scenario.wanted, FakeWorld(scenario.live),
      parallelism: Int.random(in: 1...4, using: &random), seed: seed)
    driver.run()
    expectLaws(driver, seed)
    #expect(driver.report.isComplete, "seed \(seed): \(driver.report.outcomes)")
    #expect(driver.sends.values.allSatisfy { $0 == 1 }, "seed \(seed)")
    let again = planning(scenario.wanted, driver.world.list)
    #expect(again.plan.steps.isEmpty, "seed \(seed): \(again.plan.steps)")
  }

  @Test(arguments: 0..<800 as Range<UInt64>)
  func `whatever fails, no attachment breaks and no write is blind`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    guard let scenario = Scenario(&random) else { return }
    var driver = Driver(
      scenario.plan, scenario.wanted, FakeWorld(scenario.live),
      parallelism: Int.random(in: 1...4, using: &random), seed: seed)
    driver.faults = faults(&random)
    driver.run()
    expectLaws(driver, seed)
    for (step, count) in driver.sends {
      #expect(count <= 13, "seed \(seed): \(step) was sent \(count) times")
    }
    expectConvergence(driver, scenario.wanted, seed)
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func `F25 an interruption at any time leaves no re-attachment half done`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    guard let scenario = Scenario(&random) else { return }
    var driver = Driver(
      scenario.plan, scenario.wanted, FakeWorld(scenario.live),
      parallelism: Int.random(in: 1...4, using: &random), seed: seed)
    let moment = Int.random(in: 0..<40, using: &random)
    driver.run(until: { $0.calls >= moment })
    let effects = driver.world.effects.count
    driver.send(.interrupted)
    driver.run(until: { _ in false })
    expectLaws(driver, seed)
    for change in scenario.plan.changes where change.action == .detachThenAttach {
      let outcomes = driver.report.outcomes.filter { $0.step.address == change.address }
        .map(\.outcome)
      #expect(Set(outcomes).count == 1, "seed \(seed): \(change.address) \(outcomes)")
    }
    let isReattaching = scenario.plan.changes.contains { $0.action == .detachThenAttach }
    if !isReattaching {
      #expect(driver.world.effects.count <= effects + 4, "seed \(seed)")
    }
    expectConvergence(driver, scenario.wanted, seed)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `F23 without a journal nothing begins, whenever it fails`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    guard let scenario = Scenario(&random) else { return }
    var driver = Driver(
      scenario.plan, scenario.wanted, FakeWorld(scenario.live), seed: seed)
    driver.journalCapacity = Int.random(in: 0..<20, using: &random)
    driver.run()
    #expect(driver.violations == [], "seed \(seed)")
    #expect(driver.world.violations == [], "seed \(seed)")
    let intents = driver.journal.count { $0.word.hasPrefix("intended") }
    #expect(driver.sends.values.reduce(0, +) <= intents, "seed \(seed)")
  }

  @Test func `one seed gives one story`() {
    func story(_ seed: UInt64) -> String? {
      var random = SeededRandom(seed: seed)
      guard let scenario = Scenario(&random) else { return nil }
      var driver = Driver(scenario.plan, scenario.wanted, FakeWorld(scenario.live), seed: seed)
      driver.faults = faults(&random)
      driver.run()
      return "\(driver.told)\(driver.journal)\(driver.now)"
    }
    for seed in 0..<30 as Range<UInt64> { #expect(story(seed) == story(seed)) }
  }

  private func faults(_ random: inout SeededRandom) -> Driver.Faults {
    var faults = Driver.Faults()
    let kinds: [WritableKeyPath<Driver.Faults, Int>] = [
      \.throttled, \.failedRead, \.lostBefore, \.lostAfter, \.conflict, \.illMonitor,
      \.earlySuccess, \.failedOperation, \.refused,
    ]
    for kind in kinds where Bool.random(using: &random) {
      faults[keyPath: kind] = Int.random(in: 1...30, using: &random)
    }
    return faults
  }

  /// Once faults stop, at most two more applies bring everything about.
  private func expectConvergence(_ driver: Driver, _ wanted: [ComputeTarget], _ seed: UInt64) {
    var world = driver.world
    world.settle()
    for round in 1...2 {
      let result = planning(wanted, world.list)
      // A target left broken may need what a guard allows only when asked.
      guard !result.isRefused, !result.plan.steps.isEmpty else { return }
      var next = Driver(result.plan, wanted, world, seed: seed &+ UInt64(round))
      next.run()
      expectLaws(next, seed)
      #expect(next.report.isComplete, "seed \(seed): \(next.report.outcomes)")
      world = next.world
    }
    #expect(planning(wanted, world.list).plan.steps.isEmpty, "seed \(seed)")
  }
}
