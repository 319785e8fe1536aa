import ApplyJournal
import BackendInterface
import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// The machine, one case at a time.
@Suite struct MachineTests: MachineSuite {
  // MARK: The calm way

  @Test func `an empty plan ends at once and closes its journal`() {
    var driver = driver([], [])
    driver.run()
    #expect(driver.journal.map(\.word) == ["started", "ended complete"])
    #expect(driver.report.isComplete)
    #expect(!driver.report.didAnything)
  }

  @Test func `a step is looked at, intended, submitted, polled and read back`() {
    var driver = driver([pool("p")], [])
    driver.run()
    expectCalm(driver)
    #expect(
      driver.journal.map(\.word)
        == ["started", "intended s1", "submitted s1", "finished s1", "ended complete"])
    #expect(driver.told.map(\.word) == ["started s1", "completed s1"])
    #expect(driver.world.effects == ["create p"])
    #expect(driver.world.read("p")?.marks.stack == "ours")
  }

  @Test func `two links swap their resources without ever sharing one`() {
    var driver = driver(
      [link("a", holding: "r2"), link("b", holding: "r1")],
      [observed(link("a", holding: "r1")), observed(link("b", holding: "r2"))])
    driver.run()
    expectCalm(driver)
    #expect(driver.report.isComplete)
    #expect(driver.world.effects.sorted() == ["attach a", "attach b", "detach a", "detach b"])
  }

  @Test func `no more steps are under way than allowed, and they begin in the plan's order`() {
    let pools = (1...9).map { pool("p\($0)") }
    var driver = driver(pools, [], parallelism: 2)
    driver.run()
    expectCalm(driver)
    #expect(driver.report.isComplete)
    #expect(driver.sends.values.allSatisfy { $0 == 1 })
  }

  @Test func `running steps tell so every ten seconds`() {
    var driver = driver([pool("p")], [])
    driver.world.pollsPerOperation = 6
    driver.run()
    let elapsed = driver.told.compactMap { event -> Duration? in
      if case .stepProgressed(_, let elapsed) = event { elapsed } else { nil }
    }
    #expect(elapsed.count >= 3)
    #expect(elapsed.prefix(3) == [.seconds(10), .seconds(20), .seconds(30)])
  }

  // MARK: What moved since the plan was made

  @Test func `F14 a name that was taken meanwhile stops a create`() {
    var driver = driver([pool("p")], [])
    driver.world.put(observed(pool("p"), stack: nil))
    driver.run()
    #expect(failure(driver, 0)?.code == "precondition-failed")
    #expect(driver.world.effects.isEmpty)
    #expect(driver.journal.map(\.word) == ["started", "finished s1", "ended partial"])
  }

  @Test func `F18 a resource that was taken meanwhile stops an attach and names the holder`() {
    var driver = driver([link("a", holding: "r")], [])
    driver.world.put(observed(link("thief", holding: "R"), stack: nil))
    driver.run()
    #expect(failure(driver, 0)?.code == "attach-once")
    #expect(failure(driver, 0)?.message.contains("link.thief") == true)
    #expect(driver.world.effects.isEmpty)
  }

  @Test func `F30 a holder that is going is waited for`() {
    var driver = driver([link("a", holding: "r")], [])
    driver.world.put(observed(link("b", holding: "r"), stack: nil, state: .deleting))
    driver.send(.began)
    for _ in 0..<20 { driver.turn() }
    #expect(driver.world.effects.isEmpty)
    #expect(driver.told.map(\.word) == ["noted"])
    driver.world.remove("b")
    driver.run(until: { _ in false })
    expectCalm(driver)
    #expect(driver.report.isComplete)
  }

  @Test func `attachments of one resource in different namespaces live side by side`() {
    var driver = driver(
      [sharedLink("a", holding: "r", in: "one")],
      [observed(sharedLink("b", holding: "r", in: "two"), stack: nil)])
    driver.run()
    expectCalm(driver)
    #expect(driver.report.isComplete)
  }

  /// The pool `p`, whose count somebody changed in the portal.
  private func moved(to count: Int) -> ObservedTarget {
    var moved = observed(pool("p", count: 1))
    moved.attributes[1] = .integer(count)
    return moved
  }

  @Test func `F14 a target that moved is left alone, and what moved is told`() {
    var driver = driver([pool("p", count: 3)], [observed(pool("p", count: 1))])
    driver.world.put(moved(to: 7))
    driver.run()
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.code == "precondition-failed")
    #expect(
      failure(driver, 0)?.message.contains("count was 1 when the plan was made and is 7") == true)
  }

  @Test func `F14 a target that changed hands is left alone`() {
    var driver = driver([], [observed(pool("p"))], mode: .destroy)
    driver.world.put(observed(pool("p"), stack: "theirs"))
    driver.run()
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.message.contains("\"theirs\"") == true)
  }

  @Test func `F6 removing what is gone already is done`() {
    var driver = driver(
      [], [observed(pool("p")), observed(link("a", holding: "r"))], mode: .destroy)
    driver.world.remove("p")
    driver.world.remove("a")
    driver.run()
    #expect(driver.report.isComplete)
    #expect(driver.world.effects.isEmpty)
    #expect(!driver.journal.contains { $0.word.hasPrefix("intended") })
  }

  @Test func `a target in transition is waited for and then judged afresh`() {
    var driver = driver([pool("p", count: 3)], [observed(pool("p", count: 1))])
    driver.world.put(observed(pool("p", count: 1), state: .updating))
    driver.send(.began)
    for _ in 0..<20 { driver.turn() }
    #expect(driver.world.effects.isEmpty)
    driver.world.put(observed(pool("p", count: 1)))
    driver.run(until: { _ in false })
    #expect(driver.report.isComplete)
    #expect(driver.world.effects == ["update p"])
  }

  @Test func `waiting ends at the deadline, and nothing was sent`() {
    var driver = driver([pool("p", count: 3)], [observed(pool("p", count: 1))])
    driver.world.put(observed(pool("p", count: 1), state: .updating))
    driver.run()
    #expect(failure(driver, 0)?.code == "deadline")
    #expect(failure(driver, 0)?.outcomeIsUnknown == false)
    #expect(driver.now == .seconds(30 * 60))
  }

  // MARK: Failures of the service

  @Test func `F27 a failed step stops its branch and no other`() {
    // Re-attaching a fails at its first half; its second half does not begin, pool p goes on.
    var driver = driver(
      [link("a", holding: "r", tls: "two"), pool("p")], [observed(link("a", holding: "r"))])
    driver.world.put(observed(link("a", holding: "r", tls: "else")))
    driver.run()
    let outcomes = Dictionary(
      driver.report.outcomes.map { ("\($0.step.act) \($0.step.address.name)", $0.outcome) },
      uniquingKeysWith: { first, _ in first })
    #expect(outcomes["create p"] == .done)
    let detach = driver.plan.steps.first { $0.act == .detach }
    #expect(outcomes["attach a"] == detach.map { .notStarted(.waitsFor($0.id)) })
    #expect(driver.world.read("a") != nil)
  }

  @Test func `F7 a refusal is not tried again and keeps the service's words`() {
    var driver = driver([pool("p")], [])
    driver.faults.refused = 100
    driver.run()
    #expect(driver.sends.values.reduce(0, +) == 1)
    #expect(failure(driver, 0) == StepFailure(code: "Quota", message: "No.", requestID: "r-1"))
  }

  @Test func `F4 reads are tried six times`() {
    var driver = driver([pool("p")], [])
    driver.faults.failedRead = 100
    driver.run()
    #expect(driver.calls >= 6 && driver.calls <= 40)
    #expect(failure(driver, 0)?.code == "503")
    // 0.8 s x (1 + 3 + 7 + 15 + 31), each 0.8 to 1.3 times that.
    #expect(driver.now >= .milliseconds(36_480) && driver.now <= .milliseconds(59_280))
  }

  @Test func `F8 a conflict is waited out, but not for ever`() {
    var driver = driver([pool("p")], [])
    driver.faults.conflict = 100
    driver.run()
    #expect(driver.sends.values.reduce(0, +) == 6)
    #expect(failure(driver, 0)?.code == "409")
  }

  @Test func `F12 a failed operation fails the step unless the target is fine`() {
    var driver = driver([pool("p")], [])
    driver.faults.failedOperation = 100
    driver.run()
    #expect(failure(driver, 0) == StepFailure(code: "Broken", message: "It broke."))
    #expect(driver.world.read("p")?.state == .failed)
    #expect(driver.sends.values.reduce(0, +) == 1)
  }

  @Test func `F12 a failed operation is told with its request and what to do`() {
    var machine = started(pool("p"))
    submit(&machine)
    let said = BackendFailure(
      .invalid, code: "QuotaExceeded", message: "No cores left.", requestID: "r-1",
      advice: "Ask for more.")
    _ = machine.handle(.polled(StepID(1), .success(.failed(said))), at: .seconds(5))
    var broken = observed(pool("p"))
    broken.state = .failed
    _ = machine.handle(.looked(StepID(1), .success(Sight(target: broken))), at: .seconds(6))
    var expected = StepFailure(
      code: "QuotaExceeded", message: "No cores left.", requestID: "r-1")
    expected.advice = "Ask for more."
    #expect(machine.report.outcomes.map(\.outcome) == [.failed(expected)])
  }

  @Test(arguments: [true, false])
  func `F5 a write that fails twice tells the service's words, if there were any`(
    isAnswer: Bool
  ) {
    var machine = started(pool("p"))
    var trouble = BackendFailure(
      .retryable, code: "InternalServerError", message: "Broken.", requestID: "r-2")
    trouble.isAnswer = isAnswer
    var time = Duration.zero
    for _ in 0..<3 {
      sendNext(&machine, seeing: nil, at: time)
      _ = machine.handle(.submitted(StepID(1), .failure(trouble)), at: time)
      if let wake = machine.nextWake {
        time = wake
        _ = machine.handle(.timePassed, at: time)
      }
    }
    guard case .failed(let failure)? = machine.report.outcomes.first?.outcome else {
      Issue.record("\(machine.report)")
      return
    }
    #expect(failure.outcomeIsUnknown && failure.requestID == "r-2")
    #expect(failure.code == (isAnswer ? "InternalServerError" : "reply-lost"))
    #expect(failure.message.contains("Broken.") == isAnswer)
  }

  /// Shows a target to the machine, and lets it write its intent.
  private func sendNext(
    _ machine: inout ApplyMachine, seeing target: ObservedTarget?, at time: Duration
  ) {
    for case .append(let record) in machine.handle(
      .looked(StepID(1), .success(Sight(target: target))), at: time)
    {
      _ = machine.handle(.journaled(record), at: time)
    }
  }

  @Test(arguments: [(5, true), (7, false)])
  func `an update of which one half was done is taken up again`(found: Int, isOurs: Bool) {
    var wanted = pool("p", count: 5)
    wanted["tags"] = ["a": "b"]
    let live = observed(pool("p", count: 4))
    var machine = ApplyMachine(
      ApplyRequest(
        plan: planning([wanted], [live]).plan, desired: [wanted], catalog: .invented, run: "r",
        planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    _ = machine.handle(.began, at: .zero)
    _ = machine.handle(.journaled(.started(header)), at: .zero)
    sendNext(&machine, seeing: live, at: .zero)
    let conflict = BackendFailure(.conflict, code: "Conflict", message: "Busy.")
    _ = machine.handle(.submitted(StepID(1), .failure(conflict)), at: .zero)
    let time = machine.nextWake ?? .zero
    _ = machine.handle(.timePassed, at: time)
    // Its first request took effect, or somebody else was there.
    var half = live
    if let slot = wanted.kind.slot("count") { half.attributes[slot] = .integer(found) }
    let commands = machine.handle(
      .looked(StepID(1), .success(Sight(target: half))), at: time)
    let goesOn = commands.contains { if case .append(.intended) = $0 { true } else { false } }
    #expect(goesOn == isOurs)
    #expect(machine.isFinished != isOurs)
  }

  @Test func `F11 an operation that says it failed although the target is fine is done`() {
    var machine = started(pool("p"))
    submit(&machine)
    _ = machine.handle(
      .polled(StepID(1), .success(.failed(code: "X", message: "Y."))), at: .seconds(5))
    _ = machine.handle(
      .looked(StepID(1), .success(Sight(target: observed(pool("p"))))), at: .seconds(5))
    #expect(machine.report.isComplete)
  }

  @Test func `F11 success is believed only when the fields agree`() {
    var machine = started(pool("p", count: 5))
    submit(&machine)
    var commands = machine.handle(.polled(StepID(1), .success(.succeeded)), at: .seconds(5))
    for second in [10, 30, 60, 90] {
      guard !machine.isFinished else { break }
      #expect(!machine.report.isComplete)
      var wrong = observed(pool("p", count: 4))
      wrong.marks = pool("p", count: 5).marks(of: "ours")
      commands = machine.handle(
        .looked(StepID(1), .success(Sight(target: wrong))), at: .seconds(second))
      if let wake = machine.nextWake { commands = machine.handle(.timePassed, at: wake) }
    }
    guard case .failed(let failure) = machine.report.outcomes[0].outcome else {
      return #expect(Bool(false), "\(machine.report) \(commands)")
    }
    #expect(failure.code == "read-back-differs")
    #expect(failure.message.contains("count"))
  }

  @Test func `F10 an operation that never ends is left at the deadline with its reference`() {
    var driver = driver([pool("p")], [])
    driver.world.pollsPerOperation = .max
    driver.run()
    #expect(failure(driver, 0)?.code == "deadline")
    #expect(failure(driver, 0)?.outcomeIsUnknown == true)
    #expect(failure(driver, 0)?.message.contains("operation-1") == true)
    #expect(driver.now == .seconds(30 * 60))
  }

  @Test func `F18 two holders after an attach are told aloud`() {
    var machine = started(link("a", holding: "r"))
    submit(&machine)
    _ = machine.handle(.polled(StepID(1), .success(.succeeded)), at: .seconds(5))
    let sight = Sight(
      target: observed(link("a", holding: "r")), others: [observed(link("b", holding: "r"))])
    _ = machine.handle(.looked(StepID(1), .success(sight)), at: .seconds(6))
    guard case .failed(let failure) = machine.report.outcomes[0].outcome else {
      return #expect(Bool(false), "\(machine.report)")
    }
    #expect(failure.code == "attach-once")
    #expect(failure.message.contains("link.b"))
  }

  @Test func `F18 two holders are told aloud whatever the operation says`() {
    var machine = started(link("a", holding: "r"))
    submit(&machine)
    let internalError = OperationStatus.failed(code: "InternalError", message: "Something.")
    _ = machine.handle(.polled(StepID(1), .success(internalError)), at: .seconds(5))
    let sight = Sight(
      target: observed(link("a", holding: "r")), others: [observed(link("b", holding: "r"))])
    _ = machine.handle(.looked(StepID(1), .success(sight)), at: .seconds(6))
    guard case .failed(let failure) = machine.report.outcomes[0].outcome else {
      return #expect(Bool(false), "\(machine.report)")
    }
    #expect(failure.code == "attach-once")
  }

  @Test func `F15 a target that lost its mark meanwhile is not done`() {
    var machine = started(pool("p"))
    submit(&machine)
    _ = machine.handle(.polled(StepID(1), .success(.succeeded)), at: .seconds(5))
    for second in [10, 30, 60, 90] {
      guard !machine.isFinished else { break }
      let unmarked = Sight(target: observed(pool("p"), stack: nil))
      _ = machine.handle(.looked(StepID(1), .success(unmarked)), at: .seconds(second))
      if let wake = machine.nextWake { _ = machine.handle(.timePassed, at: wake) }
    }
    guard case .failed(let failure) = machine.report.outcomes[0].outcome else {
      return #expect(Bool(false), "\(machine.report)")
    }
    #expect(failure.code == "read-back-differs")
    #expect(failure.message.contains("mark"))
  }

  @Test func `F13 where replicas lag, a target is gone only when two reads say so`() {
    var limits = ApplyLimits()
    limits.absenceConfirmations = 2
    var driver = driver([], [observed(pool("p"))], mode: .destroy, limits: limits)
    driver.run()
    #expect(driver.report.isComplete)
    #expect(driver.now >= .seconds(15))
  }

  @Test func `F9 a workspace that is gone is asked for once`() {
    let pools = (1...5).map { pool("p\($0)") }
    let plan = planning(pools, []).plan
    var machine = ApplyMachine(
      ApplyRequest(
        plan: plan, desired: pools, catalog: .invented, parallelism: 1, run: "r", planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    _ = machine.handle(.began, at: .zero)
    let commands = machine.handle(.journaled(.started(header)), at: .zero)
    #expect(commands.count { if case .look = $0 { true } else { false } } == 1)
    let gone = BackendFailure(.absent, code: "ResourceNotFound", message: "No workspace.")
    let rest = machine.handle(.looked(StepID(1), .failure(gone)), at: .zero)
    #expect(!rest.contains { if case .look = $0 { true } else { false } })
    #expect(machine.isFinished)
    #expect(
      machine.report.outcomes.allSatisfy {
        $0.outcome == .failed(StepFailure(code: "ResourceNotFound", message: "No workspace."))
      })
  }

  // MARK: Answers that get lost

  @Test func `F5 a lost answer is settled by reading when the effect took place`() {
    var driver = driver([link("a", holding: "r")], [])
    driver.faults.lostAfter = 100
    driver.run()
    expectCalm(driver)
    #expect(driver.report.isComplete)
    #expect(driver.world.effects == ["attach a"])
  }

  @Test func `F5 a write whose answer gets lost is sent once more and not again`() {
    var driver = driver([pool("p")], [])
    driver.faults.lostBefore = 100
    driver.run()
    #expect(driver.sends.values.reduce(0, +) == 2)
    #expect(failure(driver, 0)?.outcomeIsUnknown == true)
    #expect(driver.journal.count { $0.word == "intended s1" } == 2)
  }

  // MARK: Pauses

  @Test func `F3 a throttled call makes every worker wait`() {
    let pools = (1...3).map { pool("p\($0)") }
    let plan = planning(pools, []).plan
    var machine = ApplyMachine(
      ApplyRequest(plan: plan, desired: pools, catalog: .invented, run: "r", planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    _ = machine.handle(.began, at: .zero)
    _ = machine.handle(.journaled(.started(header)), at: .zero)
    let throttled = BackendFailure(
      .throttled(retryAfter: .seconds(17)), code: "429", message: "Too often.")
    _ = machine.handle(.looked(StepID(1), .failure(throttled)), at: .zero)
    // The second has read that all is well, and may not write.
    let intent = machine.handle(.looked(StepID(2), .success(Sight(target: nil))), at: .seconds(1))
    for case .append(let record) in intent {
      let commands = machine.handle(.journaled(record), at: .seconds(1))
      #expect(commands.filter(\.isCall).isEmpty)
    }
    #expect(machine.handle(.timePassed, at: .seconds(16)).filter(\.isCall).isEmpty)
    #expect(machine.nextWake == .seconds(17))
    let after = machine.handle(.timePassed, at: .seconds(17))
    #expect(after.count(where: \.isCall) == 2)
  }

  @Test func `F17 what was read before the process stood still is read again`() {
    var driver = driver([link("a", holding: "r1")], [])
    driver.run(until: { $0.journal.contains { $0.word == "intended s1" } })
    driver.now += .seconds(400)
    driver.world.put(observed(link("b", holding: "r1"), stack: nil))
    driver.run()
    #expect(driver.world.violations == [])
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.code == "attach-once")
  }

  @Test func `F17 what others changed while a write was held back is not taken for its own`() {
    var driver = driver([pool("p", count: 3)], [observed(pool("p", count: 1))])
    driver.faults.heldBack = 100
    driver.run(until: { $0.heldBack == 1 })
    driver.faults.heldBack = 0
    driver.world.put(moved(to: 3))
    driver.run()
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.code == "precondition-failed")
  }

  @Test func `F17 what others changed while the process stood still is not taken for its own`() {
    var driver = driver([pool("p", count: 3)], [observed(pool("p", count: 1))])
    driver.run(until: { $0.journal.contains { $0.word == "intended s1" } })
    driver.now += .seconds(400)
    driver.world.put(moved(to: 3))
    driver.run()
    #expect(driver.world.effects.isEmpty)
    #expect(failure(driver, 0)?.code == "precondition-failed")
  }
}
