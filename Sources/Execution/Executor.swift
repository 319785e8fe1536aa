public import ApplyJournal
public import BackendInterface
internal import Planning
public import TargetModel

/// Carries out plans: the thin shell that performs what `ApplyMachine` decides.
public struct Executor: Sendable {
  private let backend: any Backend
  private let journal: any JournalWriting
  private let clock: any Clock<Duration>
  private let now: @Sendable () -> Int64
  private let limits: ApplyLimits
  private let seed: UInt64

  /// - Parameters:
  ///   - journal: where intents become durable before their effects.
  ///   - clock: measures waits and durations.
  ///   - now: wall time in milliseconds since 1970, for the journal's readers only.
  ///   - seed: spreads retries of callers that failed together.
  public init(
    backend: any Backend, journal: any JournalWriting, clock: any Clock<Duration>,
    now: @escaping @Sendable () -> Int64, limits: ApplyLimits = ApplyLimits(), seed: UInt64
  ) {
    self.backend = backend
    self.journal = journal
    self.clock = clock
    self.now = now
    self.limits = limits
    self.seed = seed
  }

  /// Carries out a plan and says what became of every step.
  ///
  /// - Parameters:
  ///   - interrupts: an element asks the run to end: nothing is started any more, what runs is
  ///     finished, and what stands detached is attached again.
  ///   - observe: told everything that happens, in order.
  public func run(
    _ request: ApplyRequest, interrupts: AsyncStream<Void> = AsyncStream { _ in },
    observe: @escaping @Sendable (ApplyEvent) -> Void
  ) async -> ApplyReport {
    var machine = ApplyMachine(request, limits: limits, jitter: SplitMix(state: seed))
    let elapsed = stopwatch(clock)
    let header = RunHeader(
      run: request.run, stack: request.plan.stack,
      workspace: request.plan.workspace.resourceID, planDigest: request.planDigest)
    guard append(.started(header)) else {
      observe(.noted("The journal can't be written; nothing was started."))
      return ApplyReport(outcomes: request.plan.steps.map { ($0, .notStarted(.journalFailed)) })
    }
    await withTaskGroup(of: MachineEvent?.self) { group in
      group.addTask {
        for await _ in interrupts { return .interrupted }
        return nil
      }
      var commands = machine.handle(.begin, at: elapsed())
      while true {
        // Commands may cause events at once; those are handled before anything else is awaited.
        while !commands.isEmpty {
          var next: [MachineCommand] = []
          for command in commands {
            if let event = performAtOnce(command, of: request, observe) {
              next += machine.handle(event, at: elapsed())
            } else {
              start(command, request, &group)
            }
          }
          commands = next
        }
        if machine.isFinished { break }
        guard let event = await group.next() else { break }
        if let event { commands = machine.handle(event, at: elapsed()) }
      }
      group.cancelAll()
    }
    let report = machine.report
    _ = append(
      .ended(report.wasInterrupted ? .interrupted : report.isComplete ? .complete : .partial))
    return report
  }

  // MARK: Commands

  /// Performs what takes no time; nil for a command that has to be started, or that answers
  /// nothing.
  private func performAtOnce(
    _ command: MachineCommand, of request: ApplyRequest, _ observe: (ApplyEvent) -> Void
  ) -> MachineEvent? {
    switch command {
    case .tell(let event):
      observe(event)
      return nil
    case .record(let record):
      _ = append(record)
      return nil
    case .intend(let id):
      guard let step = request.step(id) else { return nil }
      return .journaled(id, append(.intended(Intent(step))))
    case .look, .submit, .poll, .readBack, .wake, .tick: return nil
    }
  }

  private func append(_ record: JournalRecord) -> Bool {
    do {
      try journal.append(JournalEntry(milliseconds: Int(now()), record: record))
      return true
    } catch {
      return false
    }
  }

  private func start(
    _ command: MachineCommand, _ request: ApplyRequest, _ group: inout TaskGroup<MachineEvent?>
  ) {
    switch command {
    case .tell, .record, .intend: break
    case .look(let id):
      group.addTask { .looked(id, await look(id, request)) }
    case .submit(let id):
      group.addTask { .submitted(id, await submit(id, request)) }
    case .poll(let id, let handle):
      group.addTask {
        do throws(BackendFailure) {
          return .polled(id, .success(try await backend.status(of: handle)))
        } catch {
          return .polled(id, .failure(error))
        }
      }
    case .readBack(let id):
      group.addTask { .readBack(id, await read(id, request)) }
    case .wake(let id, let duration):
      group.addTask { await sleep(duration) ? .woke(id) : nil }
    case .tick(let id, let duration):
      group.addTask { await sleep(duration) ? .ticked(id) : nil }
    }
  }

  private func sleep(_ duration: Duration) async -> Bool {
    (try? await clock.sleep(for: duration)) != nil
  }

  // MARK: The backend

  private func look(_ id: StepID, _ request: ApplyRequest) async -> Result<Look, BackendFailure> {
    guard let step = request.step(id) else { return .failure(.unknownStep) }
    do throws(BackendFailure) {
      let target = try await backend.read(step.address.name)
      guard step.act == .attach, let resource = request.desired[step.address]?.heldResource else {
        return .success(Look(target: target, holders: []))
      }
      let holders = try await backend.holders(of: resource).filter {
        $0.address.nameKey != step.address.nameKey
      }
      return .success(Look(target: target, holders: holders))
    } catch {
      return .failure(error)
    }
  }

  private func read(
    _ id: StepID, _ request: ApplyRequest
  ) async -> Result<ObservedTarget?, BackendFailure> {
    guard let step = request.step(id) else { return .failure(.unknownStep) }
    do throws(BackendFailure) {
      return .success(try await backend.read(step.address.name))
    } catch {
      return .failure(error)
    }
  }

  private func submit(
    _ id: StepID, _ request: ApplyRequest
  ) async -> Result<OperationHandle, BackendFailure> {
    guard let step = request.step(id), let write = write(for: step, request) else {
      return .failure(.unknownStep)
    }
    do throws(BackendFailure) {
      return .success(try await backend.submit(write))
    } catch {
      return .failure(error)
    }
  }

  private func write(for step: Step, _ request: ApplyRequest) -> WriteRequest? {
    let name = step.address.name
    let desired = request.desired[step.address]
    let marks = desired?.marks(of: request.plan.stack)
    switch step.act {
    case .detach: return .detach(name: name)
    case .delete: return .delete(name: name)
    case .start: return .start(name: name)
    case .stop: return .stop(name: name)
    case .mark:
      let isForgotten = request.change(of: step.address)?.action == .forget
      return .mark(name: name, isForgotten ? nil : marks)
    case .create, .attach, .update:
      guard let desired, let marks else { return nil }
      if step.act == .create { return .create(desired, marks: marks) }
      if step.act == .attach { return .attach(desired, marks: marks) }
      let change = request.change(of: step.address)
      let fields = (change?.attributes ?? []).map(\.path).filter { $0.segments.first != "berth" }
      return .update(desired, fields: fields, marks: marks)
    }
  }

  // MARK: Settling

  /// Waits until the service is done with every target that this stack owns or wants, as after a
  /// run that was killed, and returns all targets.
  ///
  /// - Parameter observe: told once for each target that is waited for.
  public func settle(
    stack: String, desired: [ComputeTarget], observe: @Sendable (ApplyEvent) -> Void
  ) async throws(BackendFailure) -> [ObservedTarget] {
    let wanted = Set(desired.map(\.address.nameKey))
    let elapsed = stopwatch(clock)
    var told: Set<String> = []
    var wait: Duration = .milliseconds(100)
    while true {
      let targets = try await backend.list()
      let busy = targets.filter {
        $0.state.isTransitional
          && ($0.marks.stack == stack || wanted.contains($0.address.nameKey))
      }
      guard !busy.isEmpty, elapsed() < limits.deadline else { return targets }
      for target in busy where told.insert(target.address.nameKey).inserted {
        observe(
          .noted(
            "\(target.address): The service says '\(target.state.text)'; waiting until it is done"))
      }
      guard await sleep(wait) else { return targets }
      wait = min(wait * 2, limits.longestPoll)
    }
  }
}

extension BackendFailure {
  fileprivate static let unknownStep = BackendFailure(
    .fatal, code: "unknown-step", message: "The plan has no target for one of its steps.")
}

/// How long it is since now, by a clock.
private func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
  let start = clock.now
  return { start.duration(to: clock.now) }
}

/// SplitMix64: enough to spread retries, and the same for the same seed.
private struct SplitMix: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
