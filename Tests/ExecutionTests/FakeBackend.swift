import ApplyJournal
import BackendInterface
import Synchronization
import TargetModel
import TestSupport

/// A fake world behind the real door.
actor FakeBackend: Backend {
  private(set) var world: FakeWorld
  private var failures: [BackendFailure]
  private var waits: [Duration]
  private let clock: TestClock
  /// When it was asked how operations are.
  private(set) var polls: [Duration] = []
  private(set) var widest = 0
  private var current = 0

  /// - Parameters:
  ///   - failures: what the first calls answer instead.
  ///   - waits: after what time the first polls are to be made again.
  ///   - clock: tells when it is asked.
  init(
    _ world: FakeWorld = FakeWorld(), failing failures: [BackendFailure] = [],
    waits: [Duration] = [], clock: TestClock = TestClock()
  ) {
    self.world = world
    self.failures = failures
    self.waits = waits
    self.clock = clock
  }

  func change(_ body: @Sendable (inout FakeWorld) -> Void) { body(&world) }

  private func call<Answer>(
    _ body: (inout FakeWorld) -> Answer
  ) async throws(BackendFailure) -> Answer {
    current += 1
    widest = max(widest, current)
    await Task.yield()
    current -= 1
    if !failures.isEmpty { throw failures.removeFirst() }
    return body(&world)
  }

  func list() async throws(BackendFailure) -> [ObservedTarget] {
    let targets = try await call { $0.list }
    // Time passes for those who wait.
    world.tick()
    return targets
  }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    try await call { $0.read(name) }
  }

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    try await call { $0.submit(request) }
  }

  /// Lets the next preflights fail.
  func refuse(_ failure: BackendFailure, times: Int = .max) { refusal = (failure, times) }

  private var refusal: (failure: BackendFailure, times: Int)?

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    guard let refusal, refusal.times > 0 else { return }
    self.refusal?.times -= 1
    throw refusal.failure
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    polls.append(clock.now.offset)
    if !waits.isEmpty { return .running(retryAfter: waits.removeFirst()) }
    return try await call { $0.poll(operation) }
  }
}

/// A journal in memory.
final class MemoryJournal: JournalWriting {
  private let state = Mutex<[JournalEntry]>([])
  private let synced = Mutex<[Int]>([])
  private let capacity: Int
  private let syncCapacity: Int

  /// - Parameters:
  ///   - capacity: how many entries there is room for.
  ///   - syncs: how often it can be synced.
  init(capacity: Int = .max, syncs: Int = .max) {
    self.capacity = capacity
    syncCapacity = syncs
  }

  /// How many entries there were when it was synced.
  var syncs: [Int] { synced.withLock(\.self) }

  var entries: [JournalEntry] { state.withLock(\.self) }

  func append(_ entry: JournalEntry) throws(JournalWriteFailure) {
    let isWritten = state.withLock { entries in
      guard entries.count < capacity else { return false }
      entries.append(entry)
      return true
    }
    if !isWritten { throw JournalWriteFailure("can't be written: the disk is full") }
  }

  func sync() throws(JournalWriteFailure) {
    let count = entries.count
    let isSynced = synced.withLock { syncs in
      guard syncs.count < syncCapacity else { return false }
      syncs.append(count)
      return true
    }
    if !isSynced { throw JournalWriteFailure("can't be written: input/output error") }
  }
}

/// What was told, in order.
final class Listener: Sendable {
  private let state = Mutex<[ApplyEvent]>([])

  var events: [ApplyEvent] { state.withLock(\.self) }
  var observe: @Sendable (ApplyEvent) -> Void {
    { event in self.state.withLock { $0.append(event) } }
  }
}

/// A journal that fails at one record and would take the next.
final class FailingOnce: JournalWriting {
  private let count = Mutex(0)
  private let position: Int

  /// - Parameter position: the number of the record that fails, from 0.
  init(at position: Int) { self.position = position }

  var calls: Int { count.withLock(\.self) }

  func append(_ entry: JournalEntry) throws(JournalWriteFailure) {
    let number = count.withLock { count in
      defer { count += 1 }
      return count
    }
    if number == position { throw JournalWriteFailure("can't be written: input/output error") }
  }

  func sync() {}
}
