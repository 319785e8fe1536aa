import ApplyJournal
import BackendInterface
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// Faults of an apply (reliability.md section 4), by their numbers.
@Suite("Faults of an apply")
struct FaultTests: MachineSuite {
  private func outcomes(_ driver: Driver) -> [String: StepOutcome] {
    Dictionary(
      driver.report.outcomes.map { ("\($0.step.act) \($0.step.address.name)", $0.outcome) },
      uniquingKeysWith: { first, _ in first })
  }

  /// A plan's machine whose journal is open, with the commands that followed.
  private func machine(
    _ wanted: [ComputeTarget], _ live: [ObservedTarget] = [], parallelism: Int = 10
  ) -> (ApplyMachine, [MachineCommand]) {
    var machine = ApplyMachine(
      ApplyRequest(
        plan: planning(wanted, live).plan, desired: wanted, catalog: .invented,
        parallelism: parallelism, run: "r", planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    _ = machine.handle(.began, at: .zero)
    let commands = machine.handle(.journaled(.started(header)), at: .zero)
    return (machine, commands)
  }

  /// The step's look is answered and its intent made durable.
  private func send(_ machine: inout ApplyMachine, _ step: Int, _ sight: Sight) {
    for case .append(let record) in machine.handle(
      .looked(StepID(step), .success(sight)), at: .zero)
    {
      _ = machine.handle(.journaled(record), at: .zero)
    }
  }

  // MARK: Deadlines

  @Test func `F10 a step is left at the deadline of its kind, and other branches are done`() {
    var limits = ApplyLimits()
    limits.deadlines = StepDeadlines(standard: .seconds(90), byKind: ["link": .seconds(3_600)])
    var driver = driver(
      [link("slow", holding: "r2"), link("fine", holding: "r1"), pool("stuck"), pool("p")],
      [observed(link("slow", holding: "r"))], limits: limits, parallelism: 10)
    driver.world.stuck = ["slow", "stuck"]
    driver.run()
    expectCalm(driver)
    #expect(driver.now == .seconds(3_600), "the longest of them")
    let outcomes = outcomes(driver)
    #expect(outcomes["attach fine"] == .done)
    #expect(outcomes["create p"] == .done)
    let detach = driver.plan.steps.first { $0.act == .detach }
    #expect(outcomes["attach slow"] == detach.map { .notStarted(.waitsFor($0.id)) })
    let words = [("create stuck", "1 minute 30 seconds"), ("detach slow", "1 hour")]
    for (step, time) in words {
      guard case .failed(let failure)? = outcomes[step] else {
        Issue.record("\(step): \(String(describing: outcomes[step]))")
        continue
      }
      #expect(failure.code == "deadline")
      #expect(failure.outcomeIsUnknown)
      let said =
        /The operation \(operation-[0-9]\) has not ended within (.+)\. It may still be running\./
      #expect(failure.message.wholeMatch(of: said)?.1 == Substring(time), "\(failure.message)")
    }
    #expect(driver.report.didAnything && !driver.report.isComplete)
    let failed = driver.told.filter { $0.word.hasPrefix("failed") }
    #expect(failed.count == 2)
  }

  @Test func `F10 a step that is still running is no step that did nothing`() {
    var driver = driver([pool("p")], [])
    driver.world.stuck = ["p"]
    driver.run()
    #expect(driver.report.didAnything)
    #expect(!driver.report.isComplete)
  }

  @Test func `settling waits as long as the longest deadline`() async throws {
    let clock = TestClock()
    var limits = ApplyLimits()
    limits.deadlines = StepDeadlines(standard: .seconds(60), byKind: ["link": .seconds(7_200)])
    let executor = Executor(
      backend: FakeBackend(FakeWorld([observed(pool("p"), state: .updating)])),
      journal: MemoryJournal(), clock: clock, now: { 0 }, limits: limits, seed: 1)
    _ = try await executor.settle(stack: "ours", desired: []) { _ in }
    #expect(clock.now.offset == .seconds(7_200))
  }

  // MARK: Before the first half

  @Test func `what the second half needs and somebody else holds stops the first half`() {
    var driver = driver(
      [link("a", holding: "r2")], [observed(link("a", holding: "r1"))])
    driver.world.put(observed(link("thief", holding: "R2"), stack: nil))
    driver.run()
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.code == "attach-once")
    #expect(failure(driver, 0)?.message.contains("link.thief holds") == true)
    #expect(failure(driver, 0)?.message.hasSuffix("Nothing was removed.") == true)
    #expect(driver.world.read("a") != nil)
    #expect(!driver.journal.contains { $0.word.hasPrefix("intended") })
  }

  @Test func `a holder that leaves in the same plan does not stop the first half`() {
    let wanted = [link("a", holding: "r2"), link("b", holding: "r1")]
    let live = [observed(link("a", holding: "r1")), observed(link("b", holding: "r2"))]
    var driver = driver(wanted, live)
    driver.run()
    #expect(driver.report.isComplete)
  }

  // MARK: Everything stops

  @Test func `F17 a lost lease stops everything, and nothing is even read any more`() {
    var (machine, first) = machine((1...6).map { pool("p\($0)") }, parallelism: 2)
    #expect(first.count(where: \.isCall) == 2)
    send(&machine, 1, Sight(target: nil))
    send(&machine, 2, Sight(target: nil))
    // The second is at work when the first is told that the lease is over.
    _ = machine.handle(
      .submitted(StepID(2), .success(OperationHandle(reference: "o"))), at: .zero)
    let rest = machine.handle(.submitted(StepID(1), .failure(.leaseLost)), at: .zero)
    #expect(rest.filter(\.isCall).isEmpty)
    #expect(!machine.isFinished, "what is under way comes to its end")
    _ = machine.handle(.polled(StepID(2), .success(.succeeded)), at: .seconds(5))
    _ = machine.handle(
      .looked(StepID(2), .success(Sight(target: observed(pool("p2"))))), at: .seconds(5))
    #expect(machine.isFinished)
    let outcomes = machine.report.outcomes.map(\.outcome)
    #expect(outcomes[1] == .done)
    let lost = StepOutcome.failed(
      StepFailure(
        code: BackendFailure.leaseLostCode, message: BackendFailure.leaseLost.message))
    #expect(outcomes.enumerated().allSatisfy { $0 == 1 || $1 == lost })
  }

  @Test func `F17 what was read before the lease was lost is not sent after it`() {
    var (machine, _) = machine([pool("a"), pool("b")], parallelism: 2)
    send(&machine, 1, Sight(target: nil))
    _ = machine.handle(.submitted(StepID(1), .failure(.leaseLost)), at: .zero)
    let commands = machine.handle(.looked(StepID(2), .success(Sight(target: nil))), at: .zero)
    #expect(
      commands.allSatisfy { command in
        if case .append(.intended) = command { false } else { !command.isCall }
      })
    #expect(machine.isFinished)
  }

  @Test func `F9 a workspace that goes away under a write stops everything`() {
    var (machine, _) = machine([pool("a"), pool("b"), pool("c")], parallelism: 1)
    send(&machine, 1, Sight(target: nil))
    let gone = BackendFailure(.absent, code: "ResourceGroupNotFound", message: "No group.")
    let rest = machine.handle(.submitted(StepID(1), .failure(gone)), at: .zero)
    #expect(rest.filter(\.isCall).isEmpty)
    #expect(machine.isFinished)
    #expect(!machine.report.didAnything, "the absence of a parent is no absence of targets")
  }

  @Test func `F9 a removal is not done because the workspace is gone`() {
    var driver = driver([], [observed(pool("p"))], mode: .destroy)
    driver.send(.began)
    let gone = BackendFailure(.absent, code: "ResourceNotFound", message: "No workspace.")
    driver.send(.looked(StepID(1), .failure(gone)))
    #expect(failure(driver, 0)?.code == "ResourceNotFound")
    #expect(driver.machine.isFinished && !driver.report.isComplete)
  }

  // MARK: Out-of-band changes

  @Test func `F14 a change before our last read stops the branch and tells field, plan and now`() {
    var driver = driver(
      [pool("p", count: 3), pool("q", count: 3)],
      [observed(pool("p", count: 1)), observed(pool("q", count: 1))])
    driver.world.put(observed(pool("p", count: 7)))
    driver.run()
    #expect(driver.world.effects == ["update q"], "the other branch goes on")
    #expect(
      failure(driver, 0)?.message.contains("count was 1 when the plan was made and is 7") == true)
  }

  @Test func `F15 a change after our last read is told as it is read back, and not fought`() {
    var machine = started(pool("p", count: 5))
    submit(&machine)
    var sent = 0
    var commands = machine.handle(.polled(StepID(1), .success(.succeeded)), at: .seconds(5))
    for second in stride(from: 10, through: 300, by: 30) where !machine.isFinished {
      var theirs = observed(pool("p", count: 9))
      theirs.marks = pool("p", count: 5).marks(of: "ours")
      commands += machine.handle(
        .looked(StepID(1), .success(Sight(target: theirs))), at: .seconds(second))
      if let wake = machine.nextWake { commands += machine.handle(.timePassed, at: wake) }
    }
    for case .submit in commands { sent += 1 }
    #expect(sent == 0, "somebody else's change is no reason to write again")
    guard case .failed(let failure)? = machine.report.outcomes.first?.outcome else {
      Issue.record("\(machine.report)")
      return
    }
    #expect(failure.code == "read-back-differs")
    #expect(failure.message.contains("count") && failure.message.contains("9"))
  }

  @Test(arguments: [
    (link("a", holding: "r"), false, "was made by the service, so it can't be detached"),
    (pool("a"), true, "is an attachment, so it is never deleted"),
  ])
  func `F31 what was made is never detached, what was attached never deleted`(
    target: ComputeTarget, isAttached: Bool, words: String
  ) {
    var driver = driver([], [observed(target)], mode: .destroy)
    // By the time of the last read it is of the other sort.
    var other = observed(target)
    other.isAttached = isAttached
    driver.world.put(other)
    driver.run()
    expectCalm(driver)
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.message.contains(words) == true, "\(driver.report)")
  }

  @Test func `F30 a name that is still being freed is waited for, and two absences are needed`() {
    var limits = ApplyLimits()
    limits.absenceConfirmations = 2
    var driver = driver([pool("p")], [], limits: limits)
    driver.world.put(observed(pool("p"), state: .deleting))
    driver.send(.began)
    for _ in 0..<20 { driver.turn() }
    #expect(driver.world.effects.isEmpty)
    driver.world.remove("p")
    driver.run(until: { !$0.world.effects.isEmpty })
    #expect(driver.now >= limits.absenceSpacing)
    driver.run(until: { _ in false })
    expectCalm(driver)
    #expect(driver.report.isComplete)
  }

  @Test func `a name that nobody used is not waited for where replicas lag`() {
    var limits = ApplyLimits()
    limits.absenceConfirmations = 2
    var driver = driver([pool("p")], [], limits: limits)
    driver.run(until: { !$0.world.effects.isEmpty })
    #expect(driver.now < limits.absenceSpacing)
  }

  @Test func `F27 many branches fail, the others go on, and the next apply does what is missing`() {
    let wanted = (1...12).map { pool("p\($0)", count: 3) }
    let live = (1...12).map { observed(pool("p\($0)", count: 1)) }
    var first = driver(wanted, live)
    for number in stride(from: 1, through: 12, by: 2) {
      first.world.put(observed(pool("p\(number)", count: 7)))
    }
    first.run()
    #expect(first.report.outcomes.count { $0.outcome == .done } == 6)
    var next = Driver(
      planning(wanted, first.world.list).plan, wanted, first.world, limits: ApplyLimits())
    #expect(next.plan.steps.count == 6)
    next.run()
    expectCalm(next)
    #expect(next.report.isComplete)
  }

  // MARK: Verification

  @Test func `F33 a target that can't be read back is applied and not verified`() {
    var machine = started(pool("p"))
    submit(&machine)
    _ = machine.handle(.polled(StepID(1), .success(.succeeded)), at: .seconds(5))
    let ill = BackendFailure(.retryable, code: "503", message: "Ill.", requestID: "r-9")
    var tries = 0
    var time: Duration = .seconds(5)
    while !machine.isFinished, tries < 100 {
      tries += 1
      _ = machine.handle(.looked(StepID(1), .failure(ill)), at: time)
      if let wake = machine.nextWake {
        time = wake
        _ = machine.handle(.timePassed, at: time)
      }
    }
    #expect(tries == ApplyLimits().tries)
    guard case .failed(let failure)? = machine.report.outcomes.first?.outcome else {
      Issue.record("\(machine.report)")
      return
    }
    #expect(failure.code == "not-verified")
    #expect(failure.outcomeIsUnknown && failure.requestID == "r-9")
    #expect(failure.message.hasPrefix("The request was taken"))
    #expect(machine.report.didAnything && !machine.report.isComplete)
  }

  // MARK: The disk

  @Test func `F23 a record that could not be written is never written by a second try`() async {
    let journal = FailingOnce(at: 2)
    let backend = FakeBackend()
    let wanted = (1...4).map { pool("p\($0)") }
    let report = await Executor(
      backend: backend, journal: journal, clock: TestClock(), now: { 0 }, seed: 1
    ).run(
      ApplyRequest(
        plan: planning(wanted, []).plan, desired: wanted, catalog: .invented, parallelism: 1,
        run: "run", planDigest: "d")
    ) { _ in }
    // Started, one intent, and then the disk would have been well again.
    #expect(journal.calls == 3)
    #expect(await backend.world.effects.count == 1)
    #expect(report.outcomes.first?.outcome == .done, "what was under way ends")
    #expect(report.outcomes.dropFirst().allSatisfy { $0.outcome == .notStarted(.journalFailed) })
  }
}
