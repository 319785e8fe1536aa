import ApplyJournal
import BackendInterface
import Execution
import Planning
import Synchronization
import TargetModel
import TestSupport
import Testing

/// The shell around the machine: real tasks, a clock without waiting.
@Suite struct ExecutorTests {
  private func executor(
    _ backend: FakeBackend, _ journal: any JournalWriting = MemoryJournal(),
    clock: any Clock<Duration> = TestClock(), limits: ApplyLimits = ApplyLimits()
  ) -> Executor {
    Executor(
      backend: backend, journal: journal, clock: clock, now: { 1_767_603_600_000 },
      limits: limits, seed: 1)
  }

  private func request(
    _ wanted: [ComputeTarget], _ live: [ObservedTarget] = [], parallelism: Int = 10
  ) -> ApplyRequest {
    ApplyRequest(
      plan: planning(wanted, live).plan, desired: wanted, catalog: .invented,
      parallelism: parallelism, run: "run", planDigest: "sha256:00")
  }

  @Test func `a plan is carried out, told and journaled`() async {
    let wanted = [link("a", holding: "r2"), link("b", holding: "r1"), pool("p")]
    let live = [observed(link("a", holding: "r1")), observed(link("b", holding: "r2"))]
    let backend = FakeBackend(FakeWorld(live))
    let journal = MemoryJournal()
    let listener = Listener()
    let report = await executor(backend, journal).run(
      request(wanted, live), observe: listener.observe)
    #expect(report.isComplete)
    let world = await backend.world
    #expect(world.violations == [])
    #expect(planning(wanted, world.list).plan.isEmpty)
    #expect(listener.events.count { if case .stepCompleted = $0 { true } else { false } } == 5)
    let state = JournalState(replaying: journal.entries)
    #expect(state.end == .complete)
    #expect(state.unsettled == [])
    #expect(journal.entries.allSatisfy { $0.milliseconds == 1_767_603_600_000 })
  }

  @Test func `no more calls are under way than allowed`() async {
    let wanted = (1...20).map { pool("p\($0)") }
    let backend = FakeBackend()
    let report = await executor(backend).run(request(wanted, parallelism: 3)) { _ in }
    #expect(report.isComplete)
    #expect(await backend.widest <= 3)
  }

  @Test func `F3 passing failures are waited out on the clock`() async {
    let clock = TestClock()
    let failures = [
      BackendFailure(.throttled(retryAfter: .seconds(40)), code: "429", message: "Too often."),
      BackendFailure(.retryable, code: "503", message: "Ill."),
    ]
    let backend = FakeBackend(failing: failures)
    let report = await executor(backend, clock: clock).run(request([pool("p")])) { _ in }
    #expect(report.isComplete)
    #expect(clock.now.offset >= .seconds(40))
  }

  @Test(arguments: [(0, false), (2, false), (3, true), (5, true)])
  func `what is due within a moment is asked for at once, and nothing before its time`(
    gathering: Int, areTogether: Bool
  ) async throws {
    let clock = TestClock()
    var limits = ApplyLimits()
    limits.gathering = .milliseconds(gathering)
    let backend = FakeBackend(
      waits: [.seconds(60), .seconds(60) + .milliseconds(3)], clock: clock)
    let report = await executor(backend, clock: clock, limits: limits).run(
      request([pool("p"), pool("q")])
    ) { _ in }
    #expect(report.isComplete)
    let polls = await backend.polls
    try #require(polls.count >= 4)
    #expect(polls[0] == polls[1])
    #expect(polls[2] - polls[0] >= .seconds(60))
    #expect(polls[3] - polls[1] >= .seconds(60) + .milliseconds(3))
    #expect((polls[2] == polls[3]) == areTogether)
  }

  @Test func `F23 without a journal nothing is sent`() async {
    let backend = FakeBackend()
    let listener = Listener()
    let report = await executor(backend, MemoryJournal(capacity: 0)).run(
      request([pool("p")]), observe: listener.observe)
    #expect(report.outcomes.map(\.outcome) == [.notStarted(.journalFailed)])
    #expect(await backend.world.effects.isEmpty)
    #expect(listener.events.contains { if case .noted = $0 { true } else { false } })
  }

  @Test func `F23 nothing is sent whose intent could not be synced`() async {
    let backend = FakeBackend()
    // How the run begins is synced, the intents are not.
    let journal = MemoryJournal(syncs: 1)
    let report = await executor(backend, journal).run(request([pool("p"), pool("q")])) { _ in }
    #expect(
      report.outcomes.map(\.outcome) == [.notStarted(.journalFailed), .notStarted(.journalFailed)])
    #expect(report.journalFailure != nil)
    #expect(await backend.world.effects.isEmpty)
  }

  @Test func `how a run begins, its intents and its end are synced, many at once`() async throws {
    let journal = MemoryJournal()
    let wanted = (1...30).map { pool("p\($0)") }
    let report = await executor(FakeBackend(), journal).run(
      request(wanted, parallelism: 30), observe: { _ in })
    #expect(report.isComplete)
    let relied = journal.entries.filter(\.record.isSynced)
    #expect(relied.count == 32)
    #expect(journal.syncs.count < relied.count)
    #expect(journal.syncs.first == 1)
    #expect(journal.syncs.last == journal.entries.count)
    for (index, entry) in journal.entries.enumerated() {
      // What a service answered was on the disk before it was sent.
      guard case .submitted(let step, _) = entry.record else { continue }
      let intent = try #require(
        journal.entries.firstIndex {
          if case .intended(let intent) = $0.record { intent.step == step } else { false }
        })
      #expect(journal.syncs.contains { $0 > intent && $0 <= index }, "\(step)")
    }
  }

  @Test func `an interruption ends the run in good order`() async {
    let wanted = (1...20).map { pool("p\($0)") }
    let backend = FakeBackend()
    let journal = MemoryJournal()
    let (interrupts, signal) = AsyncStream.makeStream(of: Void.self)
    let report = await executor(backend, journal).run(
      request(wanted, parallelism: 2), interrupts: interrupts
    ) { event in
      if case .stepCompleted = event { signal.yield() }
    }
    #expect(report.wasInterrupted)
    #expect(report.didAnything)
    #expect(!report.isComplete)
    #expect(
      report.outcomes.allSatisfy { $0.outcome == .done || $0.outcome == .notStarted(.interrupted) })
    #expect(JournalState(replaying: journal.entries).end == .interrupted)
    #expect(await backend.world.effects.count == report.outcomes.count { $0.outcome == .done })
  }

  @Test func `cancelling the task ends the run at once and hides nothing`() async {
    var world = FakeWorld()
    world.pollsPerOperation = .max
    let backend = FakeBackend(world)
    let request = request([pool("p"), pool("q")], parallelism: 1)
    let executor = executor(backend)
    let report = await withTaskGroup(of: ApplyReport?.self) { group in
      let (started, signal) = AsyncStream.makeStream(of: Void.self)
      group.addTask {
        await executor.run(request) { event in
          if case .stepStarted = event { signal.yield() }
        }
      }
      for await _ in started { break }
      group.cancelAll()
      return await group.next() ?? nil
    }
    guard case .failed(let failure)? = report?.outcomes.first?.outcome else {
      return #expect(Bool(false), "\(String(describing: report))")
    }
    #expect(failure.outcomeIsUnknown)
    #expect(report?.outcomes.last?.outcome == .notStarted(.interrupted))
  }

  @Test func `a thousand independent steps take no more than their share`() async {
    let wanted = (1...1_000).map { pool("p\($0)") }
    // The clock runs ahead of a busy machine.
    var limits = ApplyLimits()
    limits.deadlines.standard = .seconds(1_000_000)
    let report = await executor(FakeBackend(), limits: limits).run(request(wanted)) { _ in }
    #expect(report.isComplete)
  }

  // MARK: Settling

  @Test func `settling waits for our targets and for those we want, and for nobody else's`()
    async throws
  {
    var world = FakeWorld([observed(pool("theirs"), stack: "theirs", state: .updating)])
    world.pollsPerOperation = 4
    _ = world.submit(.create(pool("wanted"), marks: OwnershipMarks(stack: "other")))
    _ = world.submit(.create(pool("owned"), marks: OwnershipMarks(stack: "ours")))
    let listener = Listener()
    let targets = try await executor(FakeBackend(world)).settle(
      stack: "ours", desired: [pool("Wanted")], observe: listener.observe)
    #expect(targets.filter(\.state.isTransitional).map(\.name) == ["theirs"])
    #expect(listener.events.count == 2)
  }

  @Test func `settling gives up at the deadline`() async throws {
    let clock = TestClock()
    let world = FakeWorld([observed(pool("p"), state: .updating)])
    let targets = try await executor(FakeBackend(world), clock: clock).settle(
      stack: "ours", desired: []
    ) { _ in }
    #expect(targets.count == 1)
    #expect(clock.now.offset == .seconds(30 * 60))
  }

  @Test func `F1 an operation that a killed run began is followed to its end`() async throws {
    let wanted = pool("p")
    var world = FakeWorld()
    let handle = world.submit(
      .create(wanted, marks: wanted.marks(of: "ours")), failing: ("Quota", "No cores left."))
    var history = RunHistory(of: "ours")
    let step = StepID(1)
    let lost = StepID(2)
    history.read(
      [
        .started(RunHeader(run: "r", stack: "ours", workspace: "w", planDigest: "d")),
        .intended(Intent(step: step, act: .create, address: wanted.address)),
        .submitted(step, operation: handle.reference),
        .intended(Intent(step: lost, act: .create, address: pool("q").address)),
      ].map { JournalEntry(milliseconds: 0, record: $0) })
    let told = Mutex<[ApplyEvent]>([])
    let clock = TestClock()
    let ended = await executor(FakeBackend(world), clock: clock).follow(history) { event in
      told.withLock { $0.append(event) }
    }
    #expect(ended == [step: .failed(code: "Quota", message: "No cores left.")])
    #expect(clock.now.offset > .zero)
    #expect(told.withLock(\.count) == 1)
    // What can't be asked any more is left to the targets.
    let gone = BackendFailure(.invalid, code: "OperationNotFound", message: "No.")
    let nothing = await executor(FakeBackend(world, failing: [gone])).follow(history) { _ in }
    #expect(nothing.isEmpty)
  }

  @Test func `settling tries passing failures again and tells lasting ones`() async throws {
    let passing = BackendFailure(.retryable, code: "503", message: "Ill.")
    let targets = try await executor(FakeBackend(failing: [passing, passing])).settle(
      stack: "ours", desired: []
    ) { _ in }
    #expect(targets.isEmpty)
    let lasting = BackendFailure(.denied, code: "403", message: "No.")
    await #expect(throws: lasting) {
      try await executor(FakeBackend(failing: [lasting])).settle(stack: "ours", desired: []) { _ in
      }
    }
    await #expect(throws: passing) {
      try await executor(FakeBackend(failing: Array(repeating: passing, count: 6))).settle(
        stack: "ours", desired: []
      ) { _ in }
    }
  }
}
