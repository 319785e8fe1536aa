import BackendConformance
import EmbeddedBackend
import Testing

@Test(arguments: ConformanceWorld.all)
func `the embedded workspace conforms`(world: ConformanceWorld) async throws {
  let folder = try ScratchFolder()
  let clock = TestClock()
  let workspace = try EmbeddedWorkspace(
    at: folder["ws.sqlite"], configuration: .invented, now: clock.now)
  let violations = await world.violations(of: workspace) { clock.advance(by: $0) }
  #expect(violations == [])
}
