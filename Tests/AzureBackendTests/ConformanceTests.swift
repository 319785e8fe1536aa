import AzureBackend
import BackendConformance
import HTTPExchange
import TestSupport
import Testing

@Test(arguments: ConformanceWorld.all)
func `the azure backend conforms`(world: ConformanceWorld) async throws {
  let azure = try AzureWorld()
  await azure.service.set(pageSize: 2)
  let clock = azure.clock
  let violations = await world.violations(of: azure.workspace) {
    try? await clock.sleep(for: $0)
  }
  #expect(violations == [])
}

/// Every third read fails in one of the ways in which reads fail, and answers are throttled.
@Test(arguments: ConformanceWorld.all, 0..<4)
func `it conforms while reads fail`(world: ConformanceWorld, seed: Int) async throws {
  let azure = try AzureWorld(fault: { call in
    guard call.request.method == .get, (call.number + seed).isMultiple(of: 3) else { return nil }
    switch (call.number / 3 + seed) % 5 {
    case 0: return .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "7"]))
    case 1: return .answer(HTTPResponse(503, body: Array("<html>Busy</html>".utf8)))
    case 2: return .failure(HTTPFailure(.cut, mayHaveArrived: true, message: "It was cut."))
    case 3:
      return .failure(HTTPFailure(.notConnected, mayHaveArrived: false, message: "Nobody there."))
    default: return .answer(.refusal(500, "InternalServerError"))
    }
  })
  let clock = azure.clock
  let violations = await world.violations(of: azure.workspace) {
    try? await clock.sleep(for: $0)
  }
  #expect(violations == [], "seed \(seed)")
}
