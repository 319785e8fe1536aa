import ApplyJournal
import BackendInterface
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// `secrets-first`, as it is carried out: whatever would make the second half of a re-attachment
/// fail is looked for before the first half.
@Suite struct PreflightTests: MachineSuite {
  private let live = [observed(link("a", holding: "r"))]
  private let wanted = link("a", holding: "r", tls: "two")

  /// A re-attachment that has looked at its target.
  private func looked(
    _ wanted: ComputeTarget, _ sight: (LookRequest) -> Sight
  ) -> ApplyMachine {
    var machine = ApplyMachine(
      ApplyRequest(
        plan: planning([wanted], live).plan, desired: [wanted], catalog: .invented, run: "r",
        planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    _ = machine.handle(.began, at: .zero)
    for case .look(let step, let request) in machine.handle(
      .journaled(.started(header)), at: .zero)
    {
      _ = machine.handle(.looked(step, .success(sight(request))), at: .zero)
    }
    return machine
  }

  private func failure(_ machine: ApplyMachine) -> StepFailure? {
    if case .failed(let failure)? = machine.report.outcomes.first?.outcome { failure } else { nil }
  }

  @Test func `the first half asks about the write of the second`() throws {
    var asked: LookRequest?
    let machine = looked(wanted) { request in
      asked = request
      return Sight(target: live[0])
    }
    guard case .attach(let target, let marks)? = asked?.nextWrite else {
      return #expect(Bool(false), "\(String(describing: asked))")
    }
    #expect(target.address == wanted.address)
    #expect(marks == wanted.marks(of: "ours"))
    #expect(failure(machine) == nil)
  }

  @Test func `an update, a removal for good and an attach ask nothing more`() {
    for (desired, observed) in [
      ([pool("p", count: 2)], [observed(pool("p"))]), ([pool("q")], [observed(pool("p"))]),
      ([link("a", holding: "r")], []),
    ] {
      let plan = planning(desired, observed).plan
      let request = ApplyRequest(
        plan: plan, desired: desired, catalog: .invented, run: "r", planDigest: "d")
      for context in StepContext.contexts(of: request) {
        #expect(context.look.nextWrite == nil, "\(context.step)")
      }
    }
  }

  @Test func `what the service would refuse leaves the target where it is`() throws {
    let machine = looked(wanted) { _ in
      Sight(
        target: live[0],
        obstacle: BackendFailure(
          .denied, code: "AuthorizationFailed", message: "The cluster may not be read.",
          requestID: "r-1"))
    }
    #expect(
      failure(machine)
        == StepFailure(
          code: "AuthorizationFailed",
          message: "link.a could not be attached again: The cluster may not be read. Nothing was "
            + "removed.", requestID: "r-1"))
    #expect(machine.report.outcomes.last?.outcome == .notStarted(.waitsFor(StepID(1))))
    #expect(!machine.report.didAnything)
  }

  @Test func `a secret that nobody read leaves the target where it is`() throws {
    var unread = wanted
    unread["password"] = "${env:PASSWORD}"
    let machine = looked(unread) { _ in Sight(target: live[0]) }
    let failure = try #require(self.failure(machine))
    #expect(failure.code == "precondition-failed")
    #expect(
      failure.message.contains("'password'") && failure.message.contains("Nothing was removed"))
    #expect(!failure.message.contains("PASSWORD"))
  }

  @Test func `a holder that would be broken leaves the target where it is`() throws {
    let machine = looked(wanted) { _ in
      Sight(target: live[0], others: [observed(link("thief", holding: "r"), stack: nil)])
    }
    #expect(failure(machine)?.code == "attach-once")
    #expect(failure(machine)?.message.hasSuffix("Nothing was removed.") == true)
  }

  // MARK: Through the shell

  @Test func `the executor asks the backend before it detaches`() async throws {
    let backend = FakeBackend(FakeWorld(live))
    await backend.refuse(BackendFailure(.invalid, code: "NoSuchCluster", message: "It is gone."))
    let report = await run(backend)
    #expect(await backend.world.effects.isEmpty)
    guard case .failed(let failure)? = report.outcomes.first?.outcome else {
      return #expect(Bool(false), "\(report)")
    }
    #expect(failure.code == "NoSuchCluster")
    #expect(failure.message.hasSuffix("Nothing was removed."))
  }

  @Test func `a preflight that fails in passing is tried again`() async throws {
    let backend = FakeBackend(FakeWorld(live))
    await backend.refuse(BackendFailure(.retryable, code: "503", message: "Ill."), times: 2)
    let report = await run(backend)
    #expect(report.isComplete)
    #expect(await backend.world.effects == ["detach a", "attach a"])
  }

  private func run(_ backend: FakeBackend) async -> ApplyReport {
    await Executor(
      backend: backend, journal: MemoryJournal(), clock: TestClock(), now: { 0 }, seed: 1
    ).run(
      ApplyRequest(
        plan: planning([wanted], live).plan, desired: [wanted], catalog: .invented, run: "r",
        planDigest: "d")
    ) { _ in }
  }
}
