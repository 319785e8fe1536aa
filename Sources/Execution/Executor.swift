public import ApplyJournal
public import BackendInterface
internal import Planning
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
    let elapsed = stopwatch(clock)
    var machine = ApplyMachine(request, limits: limits, random: SplitMix(state: seed))
    await withTaskGroup(of: MachineEvent?.self) { group in
      group.addTask {
        for await _ in interrupts { return .interrupted }
        return Task.isCancelled ? .abandoned : nil
      }
      var events: [MachineEvent] = [.began]
      // When the sleeping children wake, the next one first.
      var alarms: [Duration] = []
      while true {
        // What is answered at once is handled before anything is awaited.
        var position = 0
        while position < events.count {
          let commands = machine.handle(events[position], at: elapsed())
          position += 1
          for command in commands {
            if let answer = perform(command, in: &group, elapsed, observe) { events.append(answer) }
          }
        }
        guard !machine.isFinished else { break }
        if let wake = machine.nextWake, alarms.first.map({ wake < $0 }) ?? true {
          addAlarm(at: wake, elapsed, to: &group)
          alarms.insert(wake, at: 0)
        }
        guard let event = await group.next() else { break }
        if case .timePassed = event, !alarms.isEmpty { alarms.removeFirst() }
        events = event.map { [$0] } ?? []
      }
      group.cancelAll()
    }
    return machine.report
  }

  /// Does what the machine says, and answers what is done at once.
  private func perform(
    _ command: MachineCommand, in group: inout TaskGroup<MachineEvent?>,
    _ elapsed: @escaping @Sendable () -> Duration, _ observe: (ApplyEvent) -> Void
  ) -> MachineEvent? {
    switch command {
    case .tell(let event):
      observe(event)
    case .append(let record):
      do {
        try journal.append(JournalEntry(milliseconds: Int(wallTime()), record: record))
        return .journaled(record)
      } catch {
        return .journalFailed(error.reason)
      }
    case .look(let step, let request):
      group.addTask { .looked(step, await backend.look(request)) }
    case .submit(let step, let request, let latest):
      group.addTask {
        // As late as can be: the process may have been stopped since.
        guard elapsed() <= latest else { return .lapsed(step) }
        do throws(BackendFailure) {
          return .submitted(step, .success(try await backend.submit(request)))
        } catch {
          return .submitted(step, .failure(error))
        }
      }
    case .poll(let step, let operation):
      group.addTask {
        do throws(BackendFailure) {
          return .polled(step, .success(try await backend.status(of: operation)))
        } catch {
          return .polled(step, .failure(error))
        }
      }
    }
    return nil
  }

  private func addAlarm(
    at wake: Duration, _ elapsed: @escaping @Sendable () -> Duration,
    to group: inout TaskGroup<MachineEvent?>
  ) {
    group.addTask {
      do {
        try await clock.sleep(for: wake - elapsed())
        return .timePassed
      } catch {
        // Only a cancelled task can't sleep.
        return .abandoned
      }
    }
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
