import ApplyJournal
import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// An apply while it runs, and its end (conventions: progress).
struct ApplyTextTests {
  private func step(_ act: Act, _ number: Int = 1, _ address: String = "pool.a") throws -> Step {
    Step(id: StepID(number), address: try #require(TargetAddress(address)), act: act)
  }

  @Test(arguments: [
    (Act.create, "Creating", "Creation"), (.attach, "Attaching", "Attachment"),
    (.update, "Modifying", "Modifications"), (.detach, "Detaching", "Detachment"),
    (.delete, "Destroying", "Destruction"), (.start, "Starting", "Start"),
    (.stop, "Stopping", "Stop"), (.mark, "Marking", "Marking"),
  ])
  func `each act has its verb and its noun`(_ act: Act, _ verb: String, _ noun: String) throws {
    let step = try step(act)
    let failure = StepFailure(code: "Full", message: "No room.")
    let unknown = StepFailure(code: "Full", message: "No room.", outcomeIsUnknown: true)
    let seconds = Duration.seconds
    #expect(
      [
        .stepStarted(step), .stepProgressed(step, elapsed: seconds(30)),
        .stepCompleted(step, elapsed: seconds(41)),
        .stepFailed(step, elapsed: seconds(41), failure),
        .stepFailed(step, elapsed: seconds(41), unknown),
        .stepSkipped(step, because: .waitsFor(StepID(3))),
        .stepSkipped(step, because: .interrupted), .stepSkipped(step, because: .journalFailed),
      ].map(ApplyText.line) == [
        "pool.a: \(verb)...", "pool.a: Still \(verb.lowercased())... [30s elapsed]",
        "pool.a: \(noun) complete after 41s", "pool.a: \(noun) failed after 41s",
        "pool.a: \(noun) has an unknown outcome after 41s",
        "pool.a: \(noun) not started (waits for s3)", "pool.a: \(noun) not started (interrupted)",
        "pool.a: \(noun) not started (the journal can't be written)",
      ])
  }

  @Test func `all acts are in the list above`() {
    #expect(Act.allCases.count == 8)
  }

  @Test(arguments: [
    (0, "0s"), (59, "59s"), (60, "1m0s"), (125, "2m5s"), (3_599, "59m59s"), (3_603, "1h0m3s"),
    (90_061, "25h1m1s"),
  ])
  func `times in hours, minutes and seconds`(_ seconds: Int, _ text: String) throws {
    let line = ApplyText.line(.stepCompleted(try step(.create), elapsed: .seconds(seconds)))
    #expect(line == "pool.a: Creation complete after \(text)")
  }

  @Test func `T32 notes of strangers begin no line of their own`() {
    #expect(ApplyText.line(.noted("a\n::error::x\u{1B}[2J")) == #"a\n::error::x\e[2J"#)
    #expect(ApplyText.line(.noted(" ::error::x")) == #" \u{3A}:error::x"#)
  }

  @Test func `a failure as a finding`() throws {
    let finding = ApplyText.finding(
      try step(.attach), StepFailure(code: "Full", message: "No room.", requestID: "r-1"))
    #expect(finding.rule.id == "step-failed")
    #expect(finding.severity == .error)
    #expect(finding.summary == "Attachment failed")
    #expect(finding.address == "pool.a")
    #expect(finding.detail == "pool.a: No room (Full). Request id: r-1.")
    let unknown = ApplyText.finding(
      try step(.attach), StepFailure(code: "Full", message: "No room.", outcomeIsUnknown: true))
    #expect(unknown.summary == "Attachment has an unknown outcome")
    #expect(
      unknown.detail.hasSuffix(
        "Whether it took effect is not known; the next apply looks before it does anything."))
  }

  // MARK: The end

  private let failed = StepOutcome.failed(StepFailure(code: "Full", message: "No room."))

  /// An update of `pool.a`, a re-attachment of `link.b` and a removal of `box.c`.
  private func mixed() throws -> Plan {
    var link = change(.detachThenAttach)
    link.address = try address("link.b")
    link.resource = "/subscriptions/s/the-cluster"
    var box = change(.delete)
    box.address = try address("box.c")
    return plan(
      [change(.update), link, box],
      steps: [
        try step(.update, 1), try step(.detach, 2, "link.b"), try step(.delete, 3, "box.c"),
        Step(id: StepID(4), address: link.address, act: .attach, waitsFor: [StepID(2)]),
      ])
  }

  private func report(_ plan: Plan, _ outcomes: [StepOutcome]) -> ApplyReport {
    ApplyReport(outcomes: zip(plan.steps, outcomes).map { (step: $0, outcome: $1) })
  }

  @Test func `all is done`() throws {
    let plan = try mixed()
    let report = report(plan, [.done, .done, .done, .done])
    #expect(
      ApplyText.summary(plan, report)
        == "Apply complete! Resources: 1 added, 1 changed, 2 destroyed.")
    #expect(
      ApplyText.summary(plan, report, isProven: false)
        == "Apply incomplete. Resources: 1 added, 1 changed, 2 destroyed.")
    var destroying = plan
    destroying.mode = .destroy
    #expect(
      ApplyText.summary(destroying, report) == "Destroy complete! Resources: 2 destroyed.")
  }

  @Test func `the second half of a re-attachment failed`() throws {
    let plan = try mixed()
    let report = report(plan, [.done, .done, .notStarted(.interrupted), failed])
    #expect(ApplyText.completedActions(plan, report) == [.update, .detach])
    #expect(
      ApplyText.summary(plan, report)
        == "Apply incomplete. Resources: 0 added, 1 changed, 1 destroyed.")
    #expect(
      ApplyText.partialReport(plan, report, isInAutomation: false) == """
        Not everything was applied:

          pool.a  done
          link.b  failed: attaching, No room.
          box.c   not started (interrupted)

        link.b is detached and not back yet: /subscriptions/s/the-cluster
        The next apply attaches it again, before anything else.
        For just this one: berth apply --target 'link.b'

        Look into what failed, then run 'berth apply' again: it does what is missing.

        """)
    #expect(
      !ApplyText.partialReport(plan, report, isInAutomation: true).contains("berth apply"))
  }

  @Test func `the first half failed, so nothing is stranded`() throws {
    let plan = try mixed()
    let unknown = StepOutcome.failed(
      StepFailure(code: "x", message: "a\n::b", outcomeIsUnknown: true))
    let report = report(plan, [.done, unknown, .done, .notStarted(.waitsFor(StepID(2)))])
    #expect(ApplyText.completedActions(plan, report) == [.update, .delete])
    #expect(
      ApplyText.partialReport(plan, report, isInAutomation: true) == """
        Not everything was applied:

          pool.a  done
          link.b  unknown: detaching, a\\n::b
          box.c   done


        """)
  }

  @Test func `each action is counted once all of its steps are done, and never before any is`()
    throws
  {
    for action in Action.allCases {
      var acts = [action.release, action.acquisition].compactMap(\.self)
      switch action {
      case .adopt, .forget: acts = [.mark]
      case .start: acts = [.start]
      case .stop: acts = [.stop]
      case .update: acts = [.update]
      case .create, .attach, .detachThenAttach, .deleteThenCreate, .detachThenCreate,
        .deleteThenAttach, .detach, .delete:
        break
      }
      let plan = plan(
        [change(action)], steps: try acts.enumerated().map { try step($1, $0 + 1) })
      let all = report(plan, acts.map { _ in .done })
      #expect(ApplyText.completedActions(plan, all) == [action])
      let none = report(plan, acts.map { _ in .notStarted(.interrupted) })
      #expect(ApplyText.completedActions(plan, none) == [])
    }
  }
}
