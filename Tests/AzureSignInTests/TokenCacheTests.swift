import HTTPExchange
import HTTPScripting
import Synchronization
import TargetModel
import TestSupport
import Testing

@testable import AzureSignIn

@Suite("Tokens in memory")
struct TokenCacheTests {
  @Test func `a token serves until half its life, then the next one`() async throws {
    let transport = ScriptedTransport.authority()
    let world = SignInWorld(environment: secretVariables)
    let credentials = try world.credentials(by: transport)
    for (seconds, token) in [(0, "token-0"), (1_799, "token-0"), (2, "token-1"), (1, "token-1")] {
      try await world.pass(.seconds(seconds))
      #expect(try await credentials.token()?.secret.reveal() == token)
    }
    #expect(transport.requests.count == 2)
  }

  @Test func `a refresh that fails leaves the present token, but never within its last minutes`()
    async throws
  {
    let isDown = Mutex(false)
    let transport = ScriptedTransport { (_, number) throws(HTTPFailure) in
      isDown.withLock { $0 } ? HTTPResponse(400, json: #"{"error":"x"}"#) : .token("t-\(number)")
    }
    let world = SignInWorld(environment: secretVariables)
    let credentials = try world.credentials(by: transport)
    _ = try await credentials.token()
    isDown.withLock { $0 = true }
    try await world.pass(.seconds(2_000))
    for _ in 1...5 { #expect(try await credentials.token()?.secret.reveal() == "t-0") }
    // Asked once; the others did not ask so soon again.
    #expect(transport.requests.count == 2)
    try await world.pass(.seconds(1_299))
    #expect(try await credentials.token()?.secret.reveal() == "t-0")
    try await world.pass(.seconds(1))
    await #expect(throws: SignInFailure.self) { try await credentials.token() }
  }

  @Test func `nobody waits for a refresh while the present token is good`() async throws {
    let world = SignInWorld(environment: secretVariables)
    let clock = world.clock
    let transport = ScriptedTransport { (_, number) throws(HTTPFailure) in
      if number == 0 { return .token("t-0") }
      // The network takes its time to fail.
      try? await clock.sleep(until: clock.now.advanced(by: .seconds(40)), tolerance: nil)
      throw HTTPFailure(.tooSlow, mayHaveArrived: true, message: "silence")
    }
    let credentials = try world.credentials(by: transport)
    _ = try await credentials.token()
    try await world.pass(.seconds(1_800))
    for _ in 1...3 { #expect(try await credentials.token()?.secret.reveal() == "t-0") }
    // One try, and no other within half a minute of its end.
    #expect(transport.requests.count == 2)
    #expect(world.clock.now.offset == .seconds(1_840))
    try await world.pass(.seconds(30))
    _ = try await credentials.token()
    #expect(transport.requests.count == 3)
  }

  @Test func `short-lived tokens are used for half their life`() async throws {
    let transport = ScriptedTransport.authority(seconds: 60)
    let world = SignInWorld(environment: secretVariables)
    let credentials = try world.credentials(by: transport)
    _ = try await credentials.token()
    try await world.pass(.seconds(29))
    _ = try await credentials.token()
    #expect(transport.requests.count == 1)
    try await world.pass(.seconds(1))
    _ = try await credentials.token()
    #expect(transport.requests.count == 2)
  }

  @Test func `many callers share one fetch, and its failure`() async throws {
    for status in [200, 400] {
      let transport = ScriptedTransport { (_, number) throws(HTTPFailure) in
        for _ in 1...50 { await Task.yield() }
        return status == 200 ? .token("t-\(number)") : HTTPResponse(400, json: #"{"error":"x"}"#)
      }
      let credentials = try SignInWorld(environment: secretVariables).credentials(by: transport)
      let tokens = await withTaskGroup(of: String?.self) { group in
        for _ in 1...20 { group.addTask { try? await credentials.token()?.secret.reveal() } }
        return await group.reduce(into: [String?]()) { $0.append($1) }
      }
      #expect(Set(tokens) == (status == 200 ? ["t-0"] : [nil]))
      // Whoever came after a failure may have asked anew.
      #expect(status == 400 || transport.requests.count == 1)
    }
  }

  @Test func `who gives up takes nobody along`() async throws {
    let gate = Mutex(false)
    let transport = ScriptedTransport { (_, number) throws(HTTPFailure) in
      while !gate.withLock({ $0 }) {
        if Task.isCancelled {
          throw HTTPFailure(.cancelled, mayHaveArrived: true, message: "cancelled")
        }
        await Task.yield()
      }
      return .token("t-\(number)")
    }
    let credentials = try SignInWorld(environment: secretVariables).credentials(by: transport)
    let leader = Task { try await credentials.token() }
    while transport.requests.isEmpty { await Task.yield() }
    let follower = Task { try await credentials.token()?.secret.reveal() }
    let quitter = Task { try await credentials.token() }
    for _ in 1...100 { await Task.yield() }
    quitter.cancel()
    await #expect(throws: SignInFailure.self) { try await quitter.value }
    leader.cancel()
    await #expect(throws: SignInFailure.self) { try await leader.value }
    gate.withLock { $0 = true }
    #expect(try await follower.value == "t-1")
  }
}
