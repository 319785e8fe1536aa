import BackendConformance
import ComputeService
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

@Test(arguments: ConformanceWorld.all)
func `the simulated backend conforms`(world: ConformanceWorld) async {
  let clock = TestClock()
  let backend = SimulatedBackend(configuration: .invented, now: clock.now)
  let violations = await world.violations(of: backend) { clock.advance(by: $0) }
  #expect(violations == [])
}

@Test func `a backend that does not conform is found out`() async throws {
  // Every read is two writes behind.
  let clock = TestClock()
  let backend = SimulatedBackend(
    configuration: .invented, now: clock.now, remembersWorlds: 4,
    fault: { $0.isRead ? .stale(writesAgo: 1) : nil })
  var guilty = 0
  for world in ConformanceWorld.all {
    if !(await world.violations(of: backend) { clock.advance(by: $0) }).isEmpty { guilty += 1 }
  }
  #expect(guilty > 0)
}
