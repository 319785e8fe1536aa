import BackendConformance
import TestSupport
import Testing

/// The backend as it is used: over a socket, at the emulator.
@Suite(.timeLimit(.minutes(60)))
struct EmulatorConformanceTests {
  @Test(arguments: ConformanceWorld.all, Scheme.allCases)
  func `the azure backend conforms at the emulator`(
    world: ConformanceWorld, scheme: Scheme
  ) async throws {
    try await withEmulatedAzure(over: scheme) { backend, clock in
      let violations = await world.violations(of: backend, letTimePass: clock.pass)
      #expect(violations == [])
    }
  }

  /// One request in eight is throttled, fails, is cut off, or takes effect without an answer; one
  /// operation in four takes long.
  @Test(arguments: ConformanceWorld.all, 1...3)
  func `it conforms at the emulator while much goes wrong`(
    world: ConformanceWorld, seed: Int
  ) async throws {
    let faults = """
      seed: \(seed)
      faults:
        - {on: any, chance: 0.03, answer: {status: 429, retry_after: 2}}
        - on: any
          chance: 0.02
          answer: {status: 429, retry_after: 2.5, retry_after_form: milliseconds}
        - {on: any, chance: 0.02, answer: {status: 503, body: html}}
        - {on: any, chance: 0.02, answer: {status: 500}}
        - {on: any, chance: 0.03, connection: reset}
        - {on: any, chance: 0.03, connection: lose-answer}
        - {chance: 0.25, operation: {takes: 45}}
      """
    let scheme = seed.isMultiple(of: 2) ? Scheme.https : .http
    try await withEmulatedAzure(over: scheme, faults: faults) { backend, clock in
      let persevering = Persevering(backend: backend, letTimePass: clock.pass)
      let violations = await world.violations(of: persevering, letTimePass: clock.pass)
      #expect(violations == [], "seed \(seed)")
    }
  }
}

extension TestClock {
  /// Lets time go by, a second at least: each question is one over a socket.
  fileprivate func pass(_ duration: Duration) async {
    try? await sleep(for: max(duration, .seconds(1)))
  }
}
