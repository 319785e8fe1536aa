public import ApplyJournal
public import BackendInterface
internal import Planning
internal import Synchronization
internal import TargetModel

/// Carries out plans: the thin shell that performs what `ApplyMachine` decides.
public struct Executor: Sendable {
  let backend: any Backend
  let clock: any Clock<Duration>
  let limits: ApplyLimits
  let seed: UInt64
  private let journal: any JournalWriting
  private let wallTime: @Sendable () -> Int64

  /// - Parameters:
  ///   - journal: where intents become durable before their effects.
  ///   - clock: measures waits and durations; one that counts while the machine is suspended.
  ///   - now: wall time in milliseconds since 1970, for the journal's readers only.
  ///   - limits: the defaults, with the backend's own times, unless said otherwise.
  ///   - seed: spreads retries of callers that failed together.
  public init(
    backend: any Backend, journal: any JournalWriting, clock: any Clock<Duration>,
    now: @escaping @Sendable () -> Int64, limits: ApplyLimits? = nil, seed: UInt64
  ) {
    self.backend = backend
    self.journal = journal
    self.clock = clock
    self.wallTime = now
    self.limits = limits ?? ApplyLimits(backend.consistency)
    self.seed = seed
  }

  /// Carries out a plan and says what became of every step.
  ///
  /// Never throws: whatever happens stands in the report. Cancelling the task ends the run at once;
  /// what was under way is reported as unknown.
  ///
  /// - Parameters:
  ///   - interrupts: an element asks the run to end: nothing is started any more, what runs is
  ///     finished, and what stands detached is attached again.
  ///   - observe: told everything that happens, in order.
  public func run(
    _ request: ApplyRequest, interrupts: AsyncStream<Void> = AsyncStream { _ in },
    observe: @escaping @Sendable (ApplyEvent) -> Void
  ) async -> ApplyReport {
    let inbox = Inbox()
    var turns = Turns(
      machine: ApplyMachine(request, limits: limits, random: SplitMix(state: seed)),
      journal: journal, wallTime: wallTime, elapsed: stopwatch(clock), observe: observe)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in interrupts { return inbox.put(.interrupted) }
        if Task.isCancelled { inbox.put(.abandoned) }
      }
      turns.take(.began)
      while true {
        // What is answered by now is handled before anything is awaited, so that the disk is waited
        // for once for all of its intents.
        while let event = inbox.next() { turns.take(event) }
        for call in turns.calls() { begin(call, in: &group, turns.elapsed, inbox) }
        guard !turns.machine.isFinished, await group.next() != nil else { break }
      }
      group.cancelAll()
    }
    return turns.machine.report
  }

  private func begin(
    _ call: Call, in group: inout TaskGroup<Void>, _ elapsed: @escaping @Sendable () -> Duration,
    _ inbox: Inbox
  ) {
    switch call {
    case .look(let step, let request):
      group.addTask { inbox.put(.looked(step, await backend.look(request))) }
    case .submit(let step, let request, let latest):
      group.addTask {
        // As late as can be: the process may have been stopped since.
        guard elapsed() <= latest else { return inbox.put(.lapsed(step)) }
        do throws(BackendFailure) {
          inbox.put(.submitted(step, .success(try await backend.submit(request))))
        } catch {
          inbox.put(.submitted(step, .failure(error)))
        }
      }
    case .poll(let step, let operation):
      group.addTask {
        do throws(BackendFailure) {
          inbox.put(.polled(step, .success(try await backend.status(of: operation))))
        } catch {
          inbox.put(.polled(step, .failure(error)))
        }
      }
    case .wake(let time):
      group.addTask {
        do {
          try await clock.sleep(for: time - elapsed() + limits.gathering)
          inbox.put(.timePassed)
        } catch {
          // Only a cancelled task can't sleep.
          inbox.put(.abandoned)
        }
      }
    }
  }
}

/// What takes its time, and is answered by an event.
private enum Call {
  case look(StepID, LookRequest)
  case submit(StepID, WriteRequest, by: Duration)
  case poll(StepID, OperationHandle)
  case wake(at: Duration)
}

/// The answers that were not handled yet.
private final class Inbox: Sendable {
  private let events = Mutex<[MachineEvent]>([])

  func put(_ event: MachineEvent) { events.withLock { $0.append(event) } }
  func next() -> MachineEvent? { events.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

/// The machine with all that is done for it at once; what takes its time is gathered, to be begun
/// when every intent is on the disk.
private struct Turns {
  var machine: ApplyMachine
  let journal: any JournalWriting
  let wallTime: @Sendable () -> Int64
  let elapsed: @Sendable () -> Duration
  let observe: @Sendable (ApplyEvent) -> Void
  private var gathered: [Call] = []
  /// When the sleeping children wake, the next one first.
  private var alarms: [Duration] = []
  private var isSyncDue = false

  init(
    machine: ApplyMachine, journal: any JournalWriting, wallTime: @escaping @Sendable () -> Int64,
    elapsed: @escaping @Sendable () -> Duration, observe: @escaping @Sendable (ApplyEvent) -> Void
  ) {
    self.machine = machine
    self.journal = journal
    self.wallTime = wallTime
    self.elapsed = elapsed
    self.observe = observe
  }

  /// Handles an event, and what is answered at once.
  mutating func take(_ event: MachineEvent) {
    if case .timePassed = event, !alarms.isEmpty { alarms.removeFirst() }
    var events = [event]
    var position = 0
    while position < events.count {
      let commands = machine.handle(events[position], at: elapsed())
      position += 1
      for command in commands {
        if let answer = perform(command) { events.append(answer) }
      }
    }
    guard !machine.isFinished, let wake = machine.nextWake, alarms.first.map({ wake < $0 }) ?? true
    else { return }
    gathered.append(.wake(at: wake))
    alarms.insert(wake, at: 0)
  }

  /// Does what the machine says, and answers what is done at once.
  private mutating func perform(_ command: MachineCommand) -> MachineEvent? {
    switch command {
    case .tell(let event): observe(event)
    case .append(let record):
      do {
        try journal.append(JournalEntry(milliseconds: Int(wallTime()), record: record))
        if record.isSynced { isSyncDue = true }
        return .journaled(record)
      } catch {
        return .journalFailed(error.reason)
      }
    case .look(let step, let request): gathered.append(.look(step, request))
    case .submit(let step, let request, let latest):
      gathered.append(.submit(step, request, by: latest))
    case .poll(let step, let operation): gathered.append(.poll(step, operation))
    }
    return nil
  }

  /// What is to be begun, now that every intent is on the disk.
  ///
  /// Nothing is sent whose intent is not there for certain.
  mutating func calls() -> [Call] {
    if isSyncDue {
      isSyncDue = false
      do {
        try journal.sync()
      } catch {
        holdBack(after: error)
      }
    }
    defer { gathered = [] }
    return gathered
  }

  private mutating func holdBack(after failure: JournalWriteFailure) {
    var unsent: [StepID] = []
    gathered.removeAll { call in
      guard case .submit(let step, _, _) = call else { return false }
      unsent.append(step)
      return true
    }
    for step in unsent { take(.lapsed(step)) }
    take(.journalFailed(failure.reason))
  }
}

extension Backend {
  /// Reads all of a look, one after the other.
  ///
  /// The step's own target comes last: what it shows is the freshest.
  fileprivate func look(_ request: LookRequest) async -> Result<Sight, BackendFailure> {
    do throws(BackendFailure) {
      let obstacle = try await obstacle(to: request.nextWrite)
      var others: [ObservedTarget] = []
      if let resource = request.resource { others = try await holders(of: resource) }
      for name in request.knownHolders {
        if let holder = try await read(name) { others.append(holder) }
      }
      return .success(
        Sight(target: try await read(request.name), others: others, obstacle: obstacle))
    } catch {
      return .failure(error)
    }
  }

  /// What would make a write fail; failures that pass are thrown.
  private func obstacle(to write: WriteRequest?) async throws(BackendFailure) -> BackendFailure? {
    guard let write else { return nil }
    do throws(BackendFailure) {
      try await preflight(write)
      return nil
    } catch {
      switch error.failureClass {
      case .denied, .invalid: return error
      case .retryable, .throttled, .conflict, .absent, .fatal: throw error
      }
    }
  }
}
