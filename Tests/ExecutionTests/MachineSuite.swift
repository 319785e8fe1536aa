import ApplyJournal
import BackendInterface
import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// What suites about the machine share.
protocol MachineSuite {}

extension MachineSuite {
  /// A machine under way with its journal open.
  func driver(
    _ wanted: [ComputeTarget], _ live: [ObservedTarget], mode: PlanMode = .apply,
    limits: ApplyLimits = ApplyLimits(), parallelism: Int = 3, freed: Set<String> = [],
    deleted: Set<String> = []
  ) -> Driver {
    let result = planning(wanted, live, mode: mode)
    #expect(!result.isRefused, "\(result.findings.findings)")
    return Driver(
      result.plan, wanted, FakeWorld(live), parallelism: parallelism, limits: limits,
      freed: freed, deleted: deleted)
  }

  func expectCalm(_ driver: Driver) {
    #expect(driver.violations == [])
    #expect(driver.world.violations == [])
  }

  func failure(_ driver: Driver, _ step: Int) -> StepFailure? {
    if case .failed(let failure) = driver.report.outcomes[step].outcome { failure } else { nil }
  }

  // MARK: By hand

  var header: RunHeader {
    RunHeader(run: "r", stack: "ours", workspace: "w", planDigest: "d")
  }

  /// A machine whose only step has looked at an empty world.
  func started(_ target: ComputeTarget) -> ApplyMachine {
    var machine = ApplyMachine(
      ApplyRequest(
        plan: planning([target], []).plan, desired: [target], catalog: .invented, run: "r",
        planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
    _ = machine.handle(.began, at: .zero)
    _ = machine.handle(.journaled(.started(header)), at: .zero)
    return machine
  }

  func submit(_ machine: inout ApplyMachine) {
    for case .append(let record) in machine.handle(
      .looked(StepID(1), .success(Sight(target: nil))), at: .zero)
    {
      _ = machine.handle(.journaled(record), at: .zero)
    }
    _ = machine.handle(
      .submitted(StepID(1), .success(OperationHandle(reference: "operation"))), at: .zero)
  }
}
