import BackendInterface
import HTTPExchange
import Synchronization
import TargetModel
import TestSupport
import Testing

@testable import AzureBackend

@Test func `a bucket lets a burst go and then so many each second`() {
  var bucket = RateBucket(capacity: 3, perSecond: 2)
  for _ in 0..<3 {
    #expect(bucket.wait(at: .zero) == .zero)
    bucket.take(at: .zero)
  }
  #expect(bucket.wait(at: .zero) == .milliseconds(500))
  bucket.take(at: .zero)
  #expect(bucket.wait(at: .zero) == .seconds(1))
  #expect(bucket.wait(at: .seconds(100)) == .zero)
  bucket.lower(to: 0, at: .seconds(100))
  #expect(bucket.wait(at: .seconds(100)) == .milliseconds(500))
  bucket.pause(until: .seconds(130))
  #expect(bucket.wait(at: .seconds(110)) == .seconds(20))
}

@Test(
  arguments: [
    (["Retry-After": "7"], Duration.seconds(7)), (["retry-after-ms": "250"], .milliseconds(250)),
    (["x-ms-retry-after-ms": "1500"], .milliseconds(1_500)),
    (["Retry-After": "7", "retry-after-ms": "10"], .milliseconds(10)),
    (
      [
        "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "Sun, 06 Nov 1994 08:49:07 GMT",
      ], .seconds(30)
    ),
    (["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"], nil), (["Retry-After": "-1"], nil),
    (["Retry-After": "0"], nil), (["retry-after-ms": "0"], nil),
    (["Retry-After": "soon"], nil), (["Retry-After": "99999999"], nil),
    (["Retry-After": "99999999999999999999"], nil), (["retry-after-ms": "nan"], nil), ([:], nil),
  ] as [([String: String], Duration?)])
func `every form of Retry-After is understood`(lines: [String: String], wait: Duration?) {
  var headers = HTTPHeaders()
  for (name, value) in lines { headers.add(name, value) }
  #expect(headers.retryAfter == wait)
}

@Test func `remaining calls are read by their kind`() {
  let headers: HTTPHeaders = [
    "x-ms-ratelimit-remaining-subscription-reads": "11",
    "x-ms-ratelimit-remaining-tenant-reads": "9",
    "X-Ms-Ratelimit-Remaining-Subscription-Writes": "3",
    "x-ms-ratelimit-remaining-resource": "Microsoft.Compute/PutVM;7",
  ]
  #expect(RateLimitHeaders.remaining(in: headers) == [.read: 9, .write: 3])
}

@Test func `time that several wait counts once`() {
  var waiting = WaitingTime()
  waiting.add(.seconds(10), at: .zero)
  waiting.add(.seconds(10), at: .seconds(4))
  waiting.add(.seconds(1), at: .seconds(5))
  waiting.add(.seconds(2), at: .seconds(100))
  #expect(waiting.total.waited == .seconds(16))
}

@Test func `everybody waits for a Retry-After that one was told`() async throws {
  let azure = try AzureWorld(fault: { call in
    call.number == 0
      ? .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "40"])) : nil
  })
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<5 {
      group.addTask { _ = try await azure.workspace.read("a") }
    }
    try await group.waitForAll()
  }
  let calls = await azure.service.calls
  // Those that were sent in the same moment could not know.
  for call in calls where call.time > .zero { #expect(call.time >= .seconds(40)) }
  #expect(calls.count >= 6)
  let throttling = await azure.workspace.throttling
  #expect(throttling.waited == .seconds(40))
  #expect(throttling.refusals == 1)
}

@Test func `a write does not wait long for its turn, and says so`() async throws {
  let azure = try AzureWorld(fault: { call in
    call.number == 0
      ? .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "40"])) : nil
  })
  let pool = ComputeTarget(.inventedPool, "pool")
  for expected in [true, false] {
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.submit(.create(pool, marks: OwnershipMarks()))
    }
    #expect(failure.failureClass == .throttled(retryAfter: .seconds(40)))
    #expect(failure.mayHaveArrived == expected)
  }
  #expect(await azure.service.calls.count == 1)
  #expect(await azure.workspace.throttling.waited == .seconds(40))
  try await azure.clock.sleep(for: .seconds(40))
  try await azure.carryOut(.create(pool, marks: OwnershipMarks()))
}

@Test func `a limit that is told slows calls down before they are refused`() async throws {
  let azure = try AzureWorld(fault: { _ in
    .headers { $0["x-ms-ratelimit-remaining-subscription-reads"] = "0" }
  })
  for _ in 0..<11 { _ = try await azure.workspace.read("a") }
  // 25 a second are let go again.
  #expect(await azure.service.calls.last?.time == .milliseconds(400))
}

@Test func `callers who wait for their turns have one each`() async throws {
  let azure = try AzureWorld(fault: { call in
    call.number == 0
      ? .headers { $0["x-ms-ratelimit-remaining-subscription-reads"] = "0" } : nil
  })
  _ = try await azure.workspace.read("a")
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<5 { group.addTask { _ = try await azure.workspace.read("a") } }
    try await group.waitForAll()
  }
  let times = await azure.service.calls.dropFirst().map(\.time)
  // On a busy machine some wake up late, by this clock; none may go before its turn.
  #expect(zip(times.sorted(), 1...5).allSatisfy { $0 >= .milliseconds(40 * $1) }, "\(times)")
  #expect(times.max() == .milliseconds(200))
}

@Test func `a turn that nobody takes goes to others`() async throws {
  let clock = TestClock()
  let budget = RequestBudget(clock: clock, random: RandomBytes(bytes: SeededBytes().bytes))
  await budget.note(["x-ms-ratelimit-remaining-subscription-writes": "0"])
  for _ in 0..<9 {
    await #expect(throws: RequestBudget.Refusal.self) {
      try await budget.admit(.write, patience: .milliseconds(50))
    }
  }
  #expect(await budget.throttling.waited == .zero)
  try await budget.admit(.write, patience: .milliseconds(100))
  #expect(clock.now.offset == .milliseconds(100))
}

@Test(arguments: [500, 502, 503, 504, 408, 429])
func `a wait that the service asks for is obeyed whatever its status`(status: Int) async throws {
  let azure = try AzureWorld(fault: { call in
    call.number == 0
      ? .answer(.refusal(status, "Busy", headers: ["Retry-After": "70"])) : nil
  })
  _ = try await azure.workspace.read("a")
  #expect(await azure.service.calls.map(\.time) == [.zero, .seconds(70)])
  #expect(azure.warnings.all == ["The service asks for fewer calls, so nothing is sent for 70 s."])
}

@Test func `a Retry-After of nothing is no reason to ask without a pause`() async throws {
  let azure = try AzureWorld(fault: { _ in
    .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "0"]))
  })
  _ = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  let times = await azure.service.calls.map(\.time)
  #expect(times.count == 6)
  #expect(times.last.map { $0 >= .seconds(36) } == true)
}

/// Nobody who could sign in.
private struct NoTokens: RequestAuthorization {
  let asked: Heard

  func value(insteadOf refused: RefusedAuthorization?) throws(BackendFailure) -> String? {
    asked.add("")
    var failure = BackendFailure(.retryable, code: "sign-in-failed", message: "Busy.")
    failure.mayHaveArrived = false
    throw failure
  }
}

@Test func `who signs in has tried again for itself`() async throws {
  let asked = Heard()
  let azure = try AzureWorld(authorization: NoTokens(asked: asked))
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.code == "sign-in-failed" && asked.all.count == 1)
  #expect(azure.clock.now.offset == .zero)
}

@Test func `a read has an end, however slowly it fails`() async throws {
  let azure = try AzureWorld(fault: { _ in
    .answer(.refusal(503, "ServerBusy", headers: ["Retry-After": "140"]))
  })
  _ = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(await azure.service.calls.map(\.time) == [.zero, .seconds(140), .seconds(280)])
}

@Test func `a read that keeps failing is tried six times`() async throws {
  let azure = try AzureWorld(fault: { _ in .answer(.refusal(500, "InternalServerError")) })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.failureClass == .retryable)
  let times = await azure.service.calls.map(\.time)
  #expect(times.count == 6)
  #expect(times.last.map { (.seconds(36)...(.seconds(60))).contains($0) } == true)
}

@Test func `a silence longer than a command can wait is told`() async throws {
  let azure = try AzureWorld(fault: { _ in
    .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "3600"]))
  })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.failureClass == .throttled(retryAfter: .seconds(3_600)))
  #expect(await azure.service.calls.count == 1)
}

@Test func `callers share a reading that began after they asked`() async throws {
  let shared = SharedReading<Int>()
  let readings = Mutex(0)
  // The first reading lasts until five more have asked.
  let read: @Sendable () async throws(BackendFailure) -> Int = {
    let number = readings.withLock { count in
      count += 1
      return count
    }
    while number == 1, await shared.waitingCount < 5 { await Task.yield() }
    return number
  }
  let seen = try await withThrowingTaskGroup(of: Int.self) { group in
    for _ in 0..<6 { group.addTask { try await shared.value(read) } }
    return try await group.reduce(into: []) { $0.append($1) }
  }
  #expect(seen.sorted() == [1, 2, 2, 2, 2, 2])
}
