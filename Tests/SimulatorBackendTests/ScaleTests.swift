import ComputeService
import SimulatorBackend
import TargetModel
import Testing

@Suite struct ScaleTests {
  /// Asserts no time; prints one.
  ///
  /// What would be quadratic takes minutes here.
  @Test func `ten thousand creations touch only their own rows`() throws {
    var world = World()
    var count: Int?
    let clock = ContinuousClock()
    let time = try clock.measure { () throws in
      for number in 0..<10_000 {
        let name = "pool" + String(number)
        _ = try world.send(.put(name, "Pool", ["count": 3]))
      }
      world.time += 1_000
      count = try world.send(.list).body["value"]?.list?.count
    }
    #expect(count == 10_000)
    print("10,000 creations and a list in memory: \(time)")
    #expect(world.service.store.history.count == 10_000)
  }
}
