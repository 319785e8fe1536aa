internal import Synchronization

/// Where a world is played: one thread that runs one job after the other, and a clock that moves
/// only when nothing is left to run.
///
/// Which of the waiting jobs comes next is a choice of the tape. Child tasks, actors and streams of
/// the product stay on the stage; whatever leaves it makes the world hang, which is a failure.
final class Stage: TaskExecutor, Sendable {
  fileprivate struct State {
    var jobs: [StagedJob] = []
    /// Who may stand still; the jobs of number 0 are nobody's.
    var performers: [PerformerState] = [PerformerState()]
    var timers: [Timer] = []
    var count = 0
    var now: Duration = .zero
    var tape: Tape
    var turns = 0
    /// The job that runs, or ran last.
    var running: UnownedJob?
    var taskNumbers: [Int: Int] = [:]
    var order: UInt64 = 0xCBF2_9CE4_8422_2325
    /// The thread on which the world is played, once it is.
    var thread: ThreadIdentity?
    /// True once somebody brought a job from another thread.
    var wasLeft = false
  }

  fileprivate struct Timer {
    let time: Duration
    let number: Int
    let alarm: Alarm
  }

  fileprivate struct StagedJob {
    let job: UnownedJob
    let performer: Int
  }

  fileprivate struct PerformerState {
    var executor: Performer?
    /// After so many jobs it stands still.
    var jobsLeft = Int.max
    var pause: Duration = .zero
    /// What it will do when it goes on; nil while it does not stand still.
    var held: [StagedJob]?
    var stands: @Sendable (Bool) -> Void = { _ in }
  }

  fileprivate enum Alarm {
    case wakes(UnsafeContinuation<Void, any Error>)
    case does(@Sendable () -> Void)
    case goesOn(Int)
  }

  private let state: Mutex<State>

  init(_ tape: Tape) { state = Mutex(State(tape: tape)) }

  /// The time since the world began.
  var now: Duration { state.withLock(\.now) }
  /// How many jobs ran and how often time moved.
  var turns: Int { state.withLock(\.turns) }
  /// The choices so far, where they are recorded.
  var taken: [Int] { state.withLock { $0.tape.taken } }
  /// Those of them that say whether a kind of fault comes at all, or somebody who acts.
  var decisions: [Range<Int>] { state.withLock { $0.tape.decisions } }
  /// A digest of the order in which things ran.
  var orderHash: UInt64 { state.withLock(\.order) }

  func choose(_ count: Int) -> Int { state.withLock { $0.tape.choose(count) } }
  func chance(_ perMille: Int) -> Bool { state.withLock { $0.tape.chance(perMille) } }

  /// One of several; the first is the calmest.
  func pick<Element>(_ elements: [Element]) -> Element { elements[choose(elements.count)] }

  /// Chooses whether a kind of fault comes at all, or somebody who acts.
  func decide<Result>(_ body: () -> Result) -> Result {
    let start = state.withLock(\.tape.taken.count)
    defer { state.withLock { $0.tape.decided(since: start) } }
    return body()
  }

  // MARK: Running

  func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), of: 0) }

  fileprivate func enqueue(_ job: UnownedJob, of performer: Int) {
    let job = StagedJob(job: job, performer: performer)
    let thread = ThreadIdentity()
    state.withLock { state in
      if let own = state.thread, own != thread { state.wasLeft = true }
      if performer > 0, state.performers[performer].held != nil {
        state.performers[performer].held?.append(job)
      } else {
        state.jobs.append(job)
      }
    }
  }

  /// An executor for what may stand still while the world goes on, as a process does that is sent
  /// SIGSTOP.
  ///
  /// - Parameters:
  ///   - jobs: after so many of its jobs it stands still, once; nil for never.
  ///   - stands: told when it begins to stand still and when it goes on.
  func performer(
    pausedAfter jobs: Int?, for pause: Duration, stands: @escaping @Sendable (Bool) -> Void
  ) -> Performer {
    state.withLock { state in
      let performer = Performer(self, state.performers.count)
      state.performers.append(
        PerformerState(
          executor: performer, jobsLeft: jobs ?? .max, pause: pause, stands: stands))
      return performer
    }
  }

  /// Plays a world to its end; false if it hangs, does not end within so many turns, or was not on
  /// one thread.
  func play(turns limit: Int, _ body: @escaping @Sendable () async -> Void) -> Bool {
    let over = Over()
    state.withLock { $0.thread = ThreadIdentity() }
    Task(executorPreference: self) {
      await body()
      over.flag.withLock { $0 = true }
    }
    while !over.flag.withLock(\.self) {
      guard turns < limit, turn() else { return false }
    }
    // What was cancelled still ends.
    while let next = nextJob() { run(next) }
    return !state.withLock(\.wasLeft)
  }

  /// Lets go of whoever still waits when the verdict has been spoken: what is left here holds the
  /// world, and the world holds the stage.
  func clear() {
    let timers = state.withLock { state in
      defer { state.timers = [] }
      return state.timers
    }
    for timer in timers {
      switch timer.alarm {
      case .wakes(let continuation): continuation.resume(throwing: CancellationError())
      case .goesOn(let number): goOn(number)
      case .does: break
      }
    }
    var left = 10_000
    while left > 0, let next = nextJob() {
      run(next)
      left -= 1
    }
    state.withLock { state in
      state.performers = []
      state.timers = []
    }
  }

  private final class Over: Sendable { let flag = Mutex(false) }

  private func turn() -> Bool {
    if let next = nextJob() {
      run(next)
      return true
    }
    guard let alarm = nextAlarm() else { return false }
    switch alarm {
    case .wakes(let continuation): continuation.resume()
    case .does(let act): act()
    case .goesOn(let number): goOn(number)
    }
    return true
  }

  private enum Turn {
    case runs(UnownedJob, Performer?)
    /// Somebody stands still from now on.
    case stands(@Sendable (Bool) -> Void)
  }

  private func run(_ turn: Turn) {
    switch turn {
    case .runs(let job, let performer?): job.runSynchronously(on: performer.asUnownedTaskExecutor())
    case .runs(let job, nil): job.runSynchronously(on: asUnownedTaskExecutor())
    case .stands(let tell): tell(true)
    }
  }

  private func nextJob() -> Turn? {
    state.withLock { state in
      guard !state.jobs.isEmpty else { return nil }
      state.turns += 1
      let index = state.jobs.count == 1 ? 0 : state.tape.choose(state.jobs.count)
      state.order = (state.order ^ UInt64(index + state.jobs.count << 8)) &* 0x100_0000_01B3
      let number = state.jobs[index].performer
      state.running = state.jobs[index].job
      guard number > 0, number < state.performers.count else {
        return .runs(state.jobs.remove(at: index).job, nil)
      }
      guard state.performers[number].jobsLeft > 0 else {
        state.stop(number)
        return .stands(state.performers[number].stands)
      }
      state.performers[number].jobsLeft -= 1
      return .runs(state.jobs.remove(at: index).job, state.performers[number].executor)
    }
  }

  /// A number for the task that runs, which stands at an address: addresses are used again.
  func number(ofTaskAt address: Int) -> Int {
    state.withLock { state in
      if let number = state.running?.taskNumber { state.taskNumbers[address] = number }
      return state.taskNumbers[address] ?? address
    }
  }

  private func goOn(_ number: Int) {
    let tell = state.withLock { state in
      state.jobs += state.performers[number].held ?? []
      state.performers[number].held = nil
      return state.performers[number].stands
    }
    tell(false)
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

extension Stage.State {
  fileprivate mutating func stop(_ number: Int) {
    performers[number].held = jobs.filter { $0.performer == number }
    jobs.removeAll { $0.performer == number }
    performers[number].jobsLeft = .max
    count += 1
    timers.append(
      Stage.Timer(
        time: now + performers[number].pause, number: count, alarm: .goesOn(number)))
  }
}

/// Whatever runs on it belongs to one process, which may stand still.
final class Performer: TaskExecutor, Sendable {
  private unowned let stage: Stage
  private let number: Int

  fileprivate init(_ stage: Stage, _ number: Int) {
    self.stage = stage
    self.number = number
  }

  func enqueue(_ job: consuming ExecutorJob) { stage.enqueue(UnownedJob(job), of: number) }
}

/// The stage's time as a process measures it, whose clock may go fast or slow.
///
/// One that is not steady goes wrong as a wall clock does, for a sabotage: it jumps ahead by an
/// hour at a time and comes back.
struct StageClock: Clock, Sendable {
  let stage: Stage
  var isSteady = true
  /// How fast it goes, in hundredths.
  var rate = 100

  struct Instant: InstantProtocol {
    let offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  var minimumResolution: Duration { .milliseconds(1) }

  var now: Instant {
    let now = rate == 100 ? stage.now : stage.now * rate / 100
    guard !isSteady, stage.chance(50) else { return Instant(offset: now) }
    return Instant(offset: now + .seconds(3600))
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    guard rate != 100 else { return try await stage.sleep(until: deadline.offset) }
    // A little later rather than too early.
    try await stage.sleep(until: deadline.offset * 100 / rate + .nanoseconds(2))
  }
}

extension UnownedJob {
  /// The number of the task that the job begins or goes on with; nil where it says none.
  ///
  /// It is told in the description and nowhere else: `UnownedJob(id: 12)`.
  fileprivate var taskNumber: Int? {
    var number: Int?
    for byte in description.utf8 where (0x30...0x39).contains(byte) {
      number = (number ?? 0) &* 10 &+ Int(byte - 0x30)
    }
    return number
  }
}
