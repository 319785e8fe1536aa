import ApplyJournal
import BackendInterface
import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// Stopping the machine, and its rarer acts.
@Suite struct MachineStoppingTests: MachineSuite {
  // MARK: Stopping

  @Test func `F25 an interruption lets nothing begin and lets what runs end`() {
    let pools = (1...6).map { pool("p\($0)") }
    var driver = driver(pools, [], parallelism: 2)
    driver.run(until: { $0.world.effects.count == 2 })
    driver.send(.interrupted)
    driver.run(until: { _ in false })
    expectCalm(driver)
    #expect(driver.world.effects.count == 2)
    #expect(driver.report.wasInterrupted)
    #expect(driver.report.outcomes.count { $0.outcome == .done } == 2)
    #expect(driver.report.outcomes.count { $0.outcome == .notStarted(.interrupted) } == 4)
    #expect(driver.journal.last == .ended(.interrupted))
  }

  @Test func `F25 an interruption between detach and attach finishes the re-attachment`() {
    for seed in 0..<20 as Range<UInt64> {
      let wanted = [link("a", holding: "r2"), link("b", holding: "r1"), pool("p", count: 5)]
      let live = [
        observed(link("a", holding: "r1")), observed(link("b", holding: "r2")), observed(pool("p")),
      ]
      var driver = Driver(
        planning(wanted, live).plan, wanted, FakeWorld(live), parallelism: 1, seed: seed)
      driver.run(until: { $0.world.effects.contains { $0.hasPrefix("detach") } })
      driver.send(.interrupted)
      driver.run(until: { _ in false })
      expectCalm(driver)
      // a can only have what b gives up, so both are finished.
      let links = driver.report.outcomes.filter { $0.step.address.kind == "link" }
      #expect(links.allSatisfy { $0.outcome == .done }, "seed \(seed)")
    }
  }

  /// Two links that take each other's resource, interrupted once the first detach is on its way.
  private func interruptedSwap(seed: UInt64) -> Driver {
    let wanted = [link("a", holding: "r2"), link("b", holding: "r1")]
    let live = [observed(link("a", holding: "r1")), observed(link("b", holding: "r2"))]
    var driver = Driver(
      planning(wanted, live).plan, wanted, FakeWorld(live), parallelism: 2, seed: seed)
    driver.run(until: { $0.journal.contains { $0.word.hasPrefix("intended") } })
    driver.send(.interrupted)
    return driver
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `F25 nothing is detached for the sake of a detach that turns out not to be sent`(
    seed: UInt64
  ) {
    var driver = interruptedSwap(seed: seed)
    driver.faults.heldBack = 100
    driver.run(until: { $0.heldBack == 1 })
    driver.faults.heldBack = 0
    driver.run(until: { _ in false })
    expectCalm(driver)
    #expect(driver.world.effects.isEmpty)
    #expect(driver.report.outcomes.allSatisfy { $0.outcome == .notStarted(.interrupted) })
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `F25 a detach that was on its way is followed by all that its second half waits for`(
    seed: UInt64
  ) {
    var driver = interruptedSwap(seed: seed)
    driver.run(until: { _ in false })
    expectCalm(driver)
    // Or it lapsed on its way.
    #expect(
      driver.report.outcomes.allSatisfy { $0.outcome == .done }
        || driver.report.outcomes.allSatisfy { $0.outcome == .notStarted(.interrupted) })
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `F25 nothing is detached for the sake of a detach that failed`(seed: UInt64) {
    let wanted = [link("a", holding: "r2"), link("b", holding: "r1")]
    let live = [observed(link("a", holding: "r1")), observed(link("b", holding: "r2"))]
    var driver = Driver(
      planning(wanted, live).plan, wanted, FakeWorld(live), parallelism: 1, seed: seed)
    driver.faults.failedOperation = 100
    driver.run(until: { $0.journal.contains { $0.word.hasPrefix("submitted") } })
    driver.send(.interrupted)
    driver.run(until: { _ in false })
    expectCalm(driver)
    #expect(driver.sends.count == 1)
  }

  @Test func `a detach that was never sent is not sent after an interruption`() {
    var driver = driver([link("a", holding: "r2")], [observed(link("a", holding: "r1"))])
    driver.run(until: { $0.journal.contains { $0.word == "intended s1" } })
    driver.send(.interrupted)
    // The process stood still, so the request lapses.
    driver.now += .seconds(400)
    driver.run(until: { _ in false })
    #expect(driver.world.effects.isEmpty)
    #expect(driver.report.outcomes.allSatisfy { $0.outcome == .notStarted(.interrupted) })
  }

  @Test func `F3 a pause counts for all, also when the step that was told of it is over`() {
    let wanted = [pool("a"), pool("b")]
    var machine = ApplyMachine(
      ApplyRequest(
        plan: planning(wanted, []).plan, desired: wanted, catalog: .invented, parallelism: 2,
        run: "run", planDigest: "digest"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    for case .append(let record) in machine.handle(.began, at: .zero) {
      _ = machine.handle(.journaled(record), at: .zero)
    }
    // The first is on its way to the service, the second still reads.
    for case .append(let record) in machine.handle(
      .looked(StepID(1), .success(Sight(target: nil))), at: .zero)
    {
      _ = machine.handle(.journaled(record), at: .zero)
    }
    _ = machine.handle(.interrupted, at: .zero)
    let tooOften = BackendFailure(
      .throttled(retryAfter: .seconds(40)), code: "429", message: "Too often.")
    _ = machine.handle(.looked(StepID(2), .failure(tooOften)), at: .zero)
    let calls = machine.handle(
      .submitted(StepID(1), .success(OperationHandle(reference: "o"))), at: .seconds(1))
    #expect(calls.filter(\.isCall).isEmpty)
    #expect(machine.nextWake.map { $0 <= .seconds(40) } ?? false)
    #expect(!machine.handle(.timePassed, at: .seconds(40)).filter(\.isCall).isEmpty)
  }

  @Test func `a request that was turned away before an interruption is not sent again after it`() {
    var machine = started(pool("p"))
    for case .append(let record) in machine.handle(
      .looked(StepID(1), .success(Sight(target: nil))), at: .zero)
    {
      _ = machine.handle(.journaled(record), at: .zero)
    }
    _ = machine.handle(.interrupted, at: .zero)
    let busy = BackendFailure(.conflict, code: "409", message: "Busy.")
    _ = machine.handle(.submitted(StepID(1), .failure(busy)), at: .zero)
    _ = machine.handle(.timePassed, at: .seconds(5))
    let rest = machine.handle(.looked(StepID(1), .success(Sight(target: nil))), at: .seconds(5))
    #expect(rest.filter(\.isCall).isEmpty)
    #expect(machine.isFinished)
    #expect(machine.report.outcomes[0].outcome == .notStarted(.interrupted))
  }

  @Test func `an interruption before the journal is open starts nothing`() {
    var driver = driver([pool("p")], [])
    _ = driver.machine.handle(.began, at: .zero)
    _ = driver.machine.handle(.interrupted, at: .zero)
    _ = driver.machine.handle(.journaled(.started(header)), at: .zero)
    #expect(driver.machine.isFinished)
    #expect(driver.report.outcomes[0].outcome == .notStarted(.interrupted))
  }

  @Test func `F26 a run that is abandoned reports what was under way as unknown`() {
    var driver = driver([pool("p"), pool("q")], [], parallelism: 1)
    driver.run(until: { $0.world.effects.count == 1 })
    driver.send(.abandoned)
    #expect(driver.machine.isFinished)
    #expect(failure(driver, 0)?.outcomeIsUnknown == true)
    #expect(driver.report.outcomes[1].outcome == .notStarted(.interrupted))
  }

  @Test func `F23 a journal that fails at any record stops the rest and lets what runs end`() {
    let pools = (1...4).map { pool("p\($0)") }
    let plan = planning(pools, []).plan
    for capacity in 0..<14 {
      var driver = Driver(plan, pools, FakeWorld(), parallelism: 2)
      driver.journalCapacity = capacity
      driver.run()
      expectCalm(driver)
      let intents = driver.journal.count { $0.word.hasPrefix("intended") }
      #expect(driver.world.effects.count == intents, "capacity \(capacity)")
      #expect(driver.report.outcomes.count { $0.outcome == .done } == intents)
      #expect(driver.told.contains { $0.word == "noted" }, "capacity \(capacity)")
    }
  }

  // MARK: Other acts

  @Test func `an adopted target gets marks and nothing else`() {
    var wanted = pool("p")
    wanted.settings.adopt = true
    var driver = driver([wanted], [observed(pool("p"), stack: nil)])
    driver.run()
    #expect(driver.report.isComplete)
    #expect(driver.world.effects == ["mark p"])
    #expect(driver.world.read("p")?.marks == wanted.marks(of: "ours"))
  }

  @Test func `a machine is switched off after it was made`() {
    var driver = driver([box("b", power: .stopped)], [])
    driver.run()
    #expect(driver.report.isComplete)
    #expect(driver.world.effects == ["create b", "stop b"])
    #expect(driver.world.read("b")?.power == .stopped)
  }
}
