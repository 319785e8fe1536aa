package import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// Carries out a plan, as a value: events in, commands out.
///
/// Everything that is decided in an apply is decided here; `Executor` only does as told.
///
/// The way of a step:
///
///     waiting ─▶ looking ─▶ intending ─▶ submitting ─▶ polling ─▶ verifying ─▶ ended
///                   ▲  ▲        │            │            └─ lost ─▶ ▲
///                   │  └ paused ┘            │
///                   └─ conflict, throttled, too late, lost reply
///
/// Laws:
/// - No request is sent whose intent is not durable, nor without a read right before it, nor so much
///   later that the read is stale.
/// - No step begins before all it waits for are done.
/// - A failed step stops what waits for it, and nothing else.
/// - Time is what events say; nothing happens between them.
package struct ApplyMachine: Sendable {
  let request: ApplyRequest
  let limits: ApplyLimits
  var runs: [StepRun]
  var backoff: Backoff
  var now: Duration = .zero
  /// The commands of the event at hand.
  var commands: [MachineCommand] = []

  /// Which steps wait for a step.
  private(set) var waiters: [[Int]]
  /// How many steps a step still waits for.
  var unmet: [Int]
  /// The steps that may begin, the next one last.
  var ready: [Int] = []
  /// The steps under way, in the plan's order.
  var active: [Int] = []
  private(set) var unendedCount: Int

  /// True once the journal's first record is durable.
  var isOpen = false
  var isInterrupted = false
  /// What is finished in spite of an interruption.
  var unavoidable: Set<Int> = []
  /// What of it is unavoidable only if a detach that is on its way is taken: until that is known,
  /// none of it is sent.
  var undecided: Set<Int> = []
  /// Why the journal can't be written; nil while it can.
  var journalFailure: String?
  var isOver = false
  /// The service asked all callers to wait until then.
  var pausedUntil: Duration = .zero
  /// When this run last asked for a removal under a name, as names compare, or saw a deletion's end.
  var removals: [String: Duration] = [:]
  /// The workspace itself was found missing.
  var workspaceFailure: StepFailure?

  private let indexByID: [StepID: Int]

  /// - Parameter random: spreads the pauses between tries.
  package init(
    _ request: ApplyRequest, limits: ApplyLimits, random: any RandomNumberGenerator & Sendable
  ) {
    self.request = request
    self.limits = limits
    backoff = Backoff(random: random)
    runs = StepContext.contexts(of: request).map { context in
      StepRun(context: context, pollDelay: limits.firstPoll)
    }
    removals = Dictionary(uniqueKeysWithValues: request.deletedNames.map { ($0, .zero) })
    let indexByID = Dictionary(
      request.plan.steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var waiters: [[Int]] = Array(repeating: [], count: runs.count)
    var unmet = Array(repeating: 0, count: runs.count)
    for (index, step) in request.plan.steps.enumerated() {
      for predecessor in Set(step.waitsFor).compactMap({ indexByID[$0] }).sorted() {
        waiters[predecessor].append(index)
        unmet[index] += 1
      }
    }
    self.indexByID = indexByID
    self.waiters = waiters
    self.unmet = unmet
    unendedCount = runs.count
    ready = unmet.indices.filter { unmet[$0] == 0 }.reversed()
  }

  /// True once every step ended and the journal was closed.
  ///
  /// No command follows.
  package var isFinished: Bool { isOver }

  var isJournalBroken: Bool { journalFailure != nil }

  /// What became of every step.
  package var report: ApplyReport {
    var report = ApplyReport(
      outcomes: runs.map { run in
        if case .ended(let outcome) = run.phase { return (run.step, outcome) }
        return (run.step, .notStarted(.interrupted))
      }, wasInterrupted: isInterrupted)
    report.journalFailure = journalFailure
    return report
  }

  /// Takes an event and says what to do.
  /// - Parameter now: the time since the run began, by a clock that only moves forward.
  package mutating func handle(_ event: MachineEvent, at now: Duration) -> [MachineCommand] {
    self.now = max(self.now, now)
    defer { commands = [] }
    guard !isOver else {
      // The last record of all.
      if case .journalFailed(let reason) = event { noteJournalFailure(reason) }
      return commands
    }
    take(event)
    makeDueCalls()
    tellProgress()
    beginReadySteps()
    finishIfAllEnded()
    return commands
  }

  private mutating func take(_ event: MachineEvent) {
    notePause(in: event)
    switch event {
    case .began: append(.started(header))
    case .journaled(.started): isOpen = true
    case .journaled(.intended(let intent)): withRun(intent.step) { $0.intentIsDurable($1) }
    case .journaled: break
    case .journalFailed(let reason): journalFailed(reason)
    case .looked(let step, let result): withRun(step) { $0.looked($1, result) }
    case .submitted(let step, let result): withRun(step) { $0.submitted($1, result) }
    case .lapsed(let step): withRun(step) { $0.lapsed($1) }
    case .polled(let step, let result): withRun(step) { $0.polled($1, result) }
    case .timePassed: break
    case .interrupted: interrupt()
    case .abandoned: abandon()
    }
  }

  private mutating func withRun(_ step: StepID, _ body: (inout Self, Int) -> Void) {
    if let index = indexByID[step] { body(&self, index) }
  }

  private var header: RunHeader {
    RunHeader(
      run: request.run, stack: request.plan.stack,
      workspace: request.plan.workspace.resourceID, planDigest: request.planDigest)
  }

  // MARK: Beginning

  private mutating func beginReadySteps() {
    guard isOpen else { return }
    while active.count < request.parallelism, let index = ready.popLast() {
      guard runs[index].isWaiting else { continue }
      begin(index)
    }
  }

  private mutating func begin(_ index: Int) {
    active.insert(index, at: active.firstIndex { $0 > index } ?? active.endIndex)
    runs[index].began = now
    if let workspaceFailure {
      end(index, .failed(workspaceFailure))
    } else {
      look(index)
    }
  }

  /// One more step is done: what waited only for it may begin.
  mutating func release(waitersOf index: Int) {
    for waiter in waiters[index] {
      unmet[waiter] -= 1
      guard unmet[waiter] == 0, runs[waiter].isWaiting else { continue }
      // `ready` falls, so that the first step of the plan is at its end.
      ready.insert(waiter, at: ready.firstIndexSorted { $0 > waiter })
    }
  }

  // MARK: Ending

  /// A step is over.
  ///
  /// Failed ones end everything that waits for them.
  mutating func end(_ index: Int, _ outcome: StepOutcome) {
    if case .ended = runs[index].phase { return }
    runs[index].phase = .ended(outcome)
    runs[index].due = nil
    active.removeAll { $0 == index }
    unendedCount -= 1
    let step = runs[index].step
    let elapsed = now - (runs[index].firstSent ?? runs[index].began)
    switch outcome {
    case .done:
      if runs[index].firstSent == nil { tell(.stepStarted(step)) }
      noteEndOfRemoval(index)
      append(.finished(step.id, .done))
      tell(.stepCompleted(step, elapsed: elapsed))
      release(waitersOf: index)
    case .failed(let failure):
      append(.finished(step.id, StepResult(failure)))
      tell(.stepFailed(step, elapsed: elapsed, failure))
      skipEverythingBehind(index)
      endAvoidableSteps()
    case .notStarted(let reason):
      // Whoever reads the journal need not look for an effect.
      if runs[index].hasIntent { append(.finished(step.id, .notSent)) }
      tell(.stepSkipped(step, because: reason))
    }
  }

  private mutating func skipEverythingBehind(_ index: Int) {
    var found: Set<Int> = []
    var open = [index]
    while let next = open.popLast() {
      for waiter in waiters[next] where runs[waiter].isWaiting && found.insert(waiter).inserted {
        open.append(waiter)
      }
    }
    for waiter in found.sorted() {
      end(waiter, .notStarted(.waitsFor(runs[index].step.id)))
    }
  }

  private mutating func finishIfAllEnded() {
    guard unendedCount == 0, isOpen || isJournalBroken else { return }
    isOver = true
    append(.ended(isInterrupted ? .interrupted : report.isComplete ? .complete : .partial))
  }

  // MARK: Telling

  mutating func tell(_ event: ApplyEvent) { commands.append(.tell(event)) }

  mutating func append(_ record: JournalRecord) {
    if !isJournalBroken { commands.append(.append(record)) }
  }
}

extension StepResult {
  fileprivate init(_ failure: StepFailure) {
    self =
      failure.outcomeIsUnknown
      ? .unknown(code: failure.code, message: failure.message)
      : .failed(code: failure.code, message: failure.message)
  }
}
