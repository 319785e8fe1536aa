import ComputeKinds
import Diagnostics
import TargetModel
import Testing

private func schedule(_ action: String, _ state: String? = nil) -> AttributeValue {
  var item: AttributeMap = [
    "action": .text(action), "trigger": ["type": "cron", "expression": "0 18 * * *"],
  ]
  item["state"] = state.map { .text($0) }
  return .list([.map(item)])
}

/// A compute instance costs money until something switches it off.
@Suite struct SwitchedOffTests {
  private func isWarned(
    _ values: [AttributePath: AttributeValue], power: PowerState? = nil
  ) -> Bool {
    var target = target(.computeInstance, values)
    target.settings.power = power
    var findings = DiagnosticList()
    for check in target.kind.checks { check.run(target, &findings) }
    return findings.findings.map(\.rule) == [.idleCost]
  }

  @Test func `whoever says nothing is warned`() {
    #expect(isWarned([:]))
    #expect(isWarned([:], power: .running))
    #expect(isWarned(["idle_time_before_shutdown_minutes": .null]))
  }

  @Test func `an idle shutdown, a schedule or a power state switches it off`() {
    #expect(!isWarned(["idle_time_before_shutdown_minutes": 60]))
    #expect(!isWarned(["schedules.compute_start_stop": schedule("Stop")]))
    #expect(!isWarned(["schedules.compute_start_stop": schedule("stop", "enabled")]))
    #expect(!isWarned([:], power: .stopped))
  }

  @Test func `a schedule that does not count, or starts the machine, switches nothing off`() {
    #expect(isWarned(["schedules.compute_start_stop": schedule("stop", "Disabled")]))
    #expect(isWarned(["schedules.compute_start_stop": schedule("start")]))
  }
}
