internal import Synchronization

/// Where a world is played: one thread that runs one job after the other, and a clock that moves
/// only when nothing is left to run.
///
/// Which of the waiting jobs comes next is a choice of the tape. Child tasks, actors and streams of
/// the product stay on the stage; whatever leaves it makes the world hang, which is a failure.
final class Stage: TaskExecutor, Sendable {
  private struct State {
    var jobs: [UnownedJob] = []
    var timers: [Timer] = []
    var count = 0
    var now: Duration = .zero
    var tape: Tape
    var turns = 0
    var order: UInt64 = 0xCBF2_9CE4_8422_2325
  }

  private struct Timer {
    let time: Duration
    let number: Int
    let alarm: Alarm
  }

  private enum Alarm {
    case wakes(UnsafeContinuation<Void, any Error>)
    case does(@Sendable () -> Void)
  }

  private let state: Mutex<State>

  init(_ tape: Tape) { state = Mutex(State(tape: tape)) }

  /// The time since the world began.
  var now: Duration { state.withLock(\.now) }
  /// How many jobs ran and how often time moved.
  var turns: Int { state.withLock(\.turns) }
  /// The choices so far, where they are recorded.
  var taken: [Int] { state.withLock { $0.tape.taken } }
  /// A digest of the order in which things ran.
  var orderHash: UInt64 { state.withLock(\.order) }

  func choose(_ count: Int) -> Int { state.withLock { $0.tape.choose(count) } }
  func chance(_ perMille: Int) -> Bool { state.withLock { $0.tape.chance(perMille) } }

  // MARK: Running

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  /// Plays a world to its end; false if it hangs, or does not end within so many turns.
  func play(turns limit: Int, _ body: @escaping @Sendable () async -> Void) -> Bool {
    let over = Over()
    Task(executorPreference: self) {
      await body()
      over.flag.withLock { $0 = true }
    }
    while !over.flag.withLock(\.self) {
      guard turns < limit, turn() else { return false }
    }
    // What was cancelled still ends.
    while let job = nextJob() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    return true
  }

  private final class Over: Sendable { let flag = Mutex(false) }

  private func turn() -> Bool {
    if let job = nextJob() {
      job.runSynchronously(on: asUnownedTaskExecutor())
      return true
    }
    guard let alarm = nextAlarm() else { return false }
    switch alarm {
    case .wakes(let continuation): continuation.resume()
    case .does(let act): act()
    }
    return true
  }

  private func nextJob() -> UnownedJob? {
    state.withLock { state in
      guard !state.jobs.isEmpty else { return nil }
      state.turns += 1
      let index = state.jobs.count == 1 ? 0 : state.tape.choose(state.jobs.count)
      state.order = (state.order ^ UInt64(index + state.jobs.count << 8)) &* 0x100_0000_01B3
      return state.jobs.remove(at: index)
    }
  }

  /// The earliest timer; of several at one time the one that was set first.
  private func nextAlarm() -> Alarm? {
    state.withLock { state in
      guard
        let index = state.timers.indices.min(by: {
          (state.timers[$0].time, state.timers[$0].number)
            < (state.timers[$1].time, state.timers[$1].number)
        })
      else { return nil }
      let timer = state.timers.remove(at: index)
      state.turns += 1
      state.now = max(state.now, timer.time)
      return timer.alarm
    }
  }

  // MARK: Time

  /// Does something later, whoever is still alive by then.
  func later(_ delay: Duration, _ act: @escaping @Sendable () -> Void) {
    state.withLock { state in
      state.count += 1
      state.timers.append(Timer(time: state.now + delay, number: state.count, alarm: .does(act)))
    }
  }

  func sleep(until time: Duration) async throws {
    let number = state.withLock { state in
      state.count += 1
      return state.count
    }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let isCancelled = Task.isCancelled
        let isOver = state.withLock { state in
          if isCancelled || time <= state.now { return true }
          state.timers.append(Timer(time: time, number: number, alarm: .wakes(continuation)))
          return false
        }
        guard isOver else { return }
        if isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          continuation.resume()
        }
      }
    } onCancel: {
      let continuation = state.withLock { state -> UnsafeContinuation<Void, any Error>? in
        guard let index = state.timers.firstIndex(where: { $0.number == number }),
          case .wakes(let continuation) = state.timers[index].alarm
        else { return nil }
        state.timers.remove(at: index)
        return continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }
}

/// The stage's time as a clock.
///
/// One that is not steady goes wrong as a wall clock does, for a sabotage: it jumps ahead by an
/// hour at a time and comes back.
struct StageClock: Clock, Sendable {
  let stage: Stage
  var isSteady = true

  struct Instant: InstantProtocol {
    let offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  var minimumResolution: Duration { .milliseconds(1) }

  var now: Instant {
    let now = stage.now
    guard !isSteady, stage.chance(50) else { return Instant(offset: now) }
    return Instant(offset: now + .seconds(3600))
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try await stage.sleep(until: deadline.offset)
  }
}
