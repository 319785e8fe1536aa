internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// Carries out a plan, as a value: events in, commands out.
///
/// Every decision of an apply is here and none in the shell around it: which step may start, what
/// must have been read and journaled before a write, when to try again, when to stop a branch. No
/// clock is read; the time comes with each event, counted from the start of the run.
///
/// The way of a step: look, intend, submit, poll, read back. Whatever the service says on the way is
/// a hint; the target, read back, is the truth.
struct ApplyMachine {
  let request: ApplyRequest
  let limits: ApplyLimits
  var jitter: any RandomNumberGenerator & Sendable

  var progress: [StepProgress]
  let indexByID: [StepID: Int]
  /// The first step of each target.
  private let firstStep: [TargetAddress: StepID]
  /// For each step, those that wait for it.
  private let followers: [[Int]]
  private var missing: [Int]
  /// Steps that may start, the last one first.
  private var ready: [Int] = []
  private var runningCount = 0
  private var openCount: Int
  private var isInterrupted = false
  private var isJournalBroken = false
  /// Nothing is sent before then: the service asked for patience, and all steps share it.
  private var pausedUntil: Duration = .zero

  /// How far a step is.
  struct StepProgress: Sendable {
    let step: Step
    var phase: Phase = .waiting
    var startedAt: Duration = .zero
    var wasTold = false
    /// How often it was tried in vain.
    var failures = 0
    /// How often its outcome had to be found out by reading.
    var unknownOutcomes = 0
    var polls = 0
    /// What the service said when its operation failed, until the target tells otherwise.
    var reported: StepFailure?
    var outcome: StepOutcome?
  }

  /// Where on its way a step is.
  enum Phase: Sendable {
    case waiting
    case looking
    case intending
    case submitting
    case polling(OperationHandle)
    case readingBack
    /// A write's answer was lost; the target will tell.
    case settling
    case over
  }

  init(
    _ request: ApplyRequest, limits: ApplyLimits, jitter: some RandomNumberGenerator & Sendable
  ) {
    self.request = request
    self.limits = limits
    self.jitter = jitter
    let steps = request.plan.steps
    progress = steps.map { StepProgress(step: $0) }
    let indexByID = Dictionary(
      steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.indexByID = indexByID
    var followers: [[Int]] = Array(repeating: [], count: steps.count)
    for (index, step) in steps.enumerated() {
      for id in step.waitsFor { if let other = indexByID[id] { followers[other].append(index) } }
    }
    self.followers = followers
    missing = steps.map(\.waitsFor.count)
    firstStep = Dictionary(steps.map { ($0.address, $0.id) }, uniquingKeysWith: min)
    openCount = steps.count
  }

  /// True once every step is over.
  var isFinished: Bool { openCount == 0 }

  /// What became of every step.
  var report: ApplyReport {
    ApplyReport(
      outcomes: progress.map { ($0.step, $0.outcome ?? .notStarted(.interrupted)) },
      wasInterrupted: isInterrupted)
  }

  /// The change that a step belongs to.
  func change(of index: Int) -> Change? { request.change(of: progress[index].step.address) }

  /// True for the first step on its target: only then is the target as the plan saw it.
  func isFirstOnTarget(_ step: Step) -> Bool { firstStep[step.address] == step.id }

  // MARK: Events

  /// Takes an event and says what to do. A late event about a step that is over does nothing.
  mutating func handle(_ event: MachineEvent, at now: Duration) -> [MachineCommand] {
    var commands: [MachineCommand] = []
    switch event {
    case .begin:
      ready = progress.indices.filter { missing[$0] == 0 }.reversed()
    case .interrupted:
      interrupt(&commands)
    case .looked(let id, let result): handle(id) { $0.looked($1, result, now, &commands) }
    case .journaled(let id, let isDurable):
      handle(id) { $0.journaled($1, isDurable, now, &commands) }
    case .submitted(let id, let result): handle(id) { $0.submitted($1, result, now, &commands) }
    case .polled(let id, let result): handle(id) { $0.polled($1, result, now, &commands) }
    case .readBack(let id, let result): handle(id) { $0.readBack($1, result, now, &commands) }
    case .woke(let id): handle(id) { $0.woke($1, now, &commands) }
    case .ticked(let id): handle(id) { $0.ticked($1, now, &commands) }
    }
    startReadySteps(now, &commands)
    return commands
  }

  private mutating func handle(_ id: StepID, _ body: (inout ApplyMachine, Int) -> Void) {
    guard let index = indexByID[id], progress[index].outcome == nil else { return }
    body(&self, index)
  }

  // MARK: Starting

  private mutating func startReadySteps(_ now: Duration, _ commands: inout [MachineCommand]) {
    while runningCount < request.parallelism, let index = ready.popLast() {
      if let reason = reasonNotToStart(index) {
        skip(index, reason, &commands)
        continue
      }
      runningCount += 1
      progress[index].startedAt = now
      look(index, now, &commands)
    }
  }

  private func reasonNotToStart(_ index: Int) -> SkipReason? {
    if isJournalBroken { return .journalFailed }
    // What a finished detach left behind is put back even if the run is to end.
    if isInterrupted, !isSecondHalf(index) { return .interrupted }
    return nil
  }

  /// True for the making of a target whose removal is done.
  private func isSecondHalf(_ index: Int) -> Bool {
    let step = progress[index].step
    guard step.act == .attach || step.act == .create else { return false }
    return step.waitsFor.contains { id in
      guard let other = indexByID[id] else { return false }
      return progress[other].step.address == step.address && progress[other].outcome == .done
    }
  }

  private mutating func interrupt(_ commands: inout [MachineCommand]) {
    isInterrupted = true
    for index in ready where !isSecondHalf(index) { skip(index, .interrupted, &commands) }
    ready.removeAll { progress[$0].outcome != nil }
  }

  /// Looks at the world right before a write, as soon as the service has patience again.
  mutating func look(_ index: Int, _ now: Duration, _ commands: inout [MachineCommand]) {
    progress[index].phase = .looking
    let id = progress[index].step.id
    commands.append(pausedUntil > now ? .wake(id, after: pausedUntil - now) : .look(id))
  }

  // MARK: Waiting

  /// Tries again later, or gives up.
  mutating func retry(
    _ index: Int, _ failure: BackendFailure, _ now: Duration, _ commands: inout [MachineCommand]
  ) {
    progress[index].failures += 1
    guard progress[index].failures < limits.tries, !isPastDeadline(index, now) else {
      return fail(index, StepFailure(failure), now, &commands)
    }
    var wait = limits.backOff(
      beforeTry: progress[index].failures, jitter: Double.random(in: 0.8...1.3, using: &jitter))
    if case .throttled(let after) = failure.failureClass {
      wait = after ?? wait
      pausedUntil = max(pausedUntil, now + wait)
    }
    commands.append(.wake(progress[index].step.id, after: wait))
  }

  func isPastDeadline(_ index: Int, _ now: Duration) -> Bool {
    now - progress[index].startedAt >= limits.deadline
  }

  private mutating func ticked(_ index: Int, _ now: Duration, _ commands: inout [MachineCommand]) {
    let elapsed = now - progress[index].startedAt
    commands.append(.tell(.stepProgressed(progress[index].step, elapsed: elapsed)))
    commands.append(.tick(progress[index].step.id, after: limits.progressInterval))
  }

  // MARK: Ending

  mutating func complete(_ index: Int, _ now: Duration, _ commands: inout [MachineCommand]) {
    if !progress[index].wasTold { commands.append(.tell(.stepStarted(progress[index].step))) }
    end(index, .done, &commands)
    commands.append(.record(.finished(progress[index].step.id, .done)))
    commands.append(
      .tell(
        .stepCompleted(progress[index].step, elapsed: now - progress[index].startedAt)))
    for follower in followers[index] {
      missing[follower] -= 1
      if missing[follower] == 0, progress[follower].outcome == nil { makeReady(follower) }
    }
  }

  mutating func fail(
    _ index: Int, _ failure: StepFailure, _ now: Duration, _ commands: inout [MachineCommand]
  ) {
    end(index, .failed(failure), &commands)
    let result: StepResult =
      failure.outcomeIsUnknown
      ? .unknown(code: failure.code, message: failure.message)
      : .failed(code: failure.code, message: failure.message)
    commands.append(.record(.finished(progress[index].step.id, result)))
    commands.append(
      .tell(
        .stepFailed(
          progress[index].step, elapsed: now - progress[index].startedAt, failure)))
    skipFollowers(of: index, &commands)
  }

  private mutating func end(
    _ index: Int, _ outcome: StepOutcome, _ commands: inout [MachineCommand]
  ) {
    progress[index].outcome = outcome
    progress[index].phase = .over
    runningCount -= 1
    openCount -= 1
  }

  private mutating func skip(
    _ index: Int, _ reason: SkipReason, _ commands: inout [MachineCommand]
  ) {
    guard progress[index].outcome == nil else { return }
    progress[index].outcome = .notStarted(reason)
    openCount -= 1
    commands.append(.tell(.stepSkipped(progress[index].step, because: reason)))
    skipFollowers(of: index, &commands)
  }

  /// Everything that waits for a step which will not be done stays undone; the rest goes on.
  private mutating func skipFollowers(of index: Int, _ commands: inout [MachineCommand]) {
    for follower in followers[index] {
      skip(follower, .waitsFor(progress[index].step.id), &commands)
    }
  }

  /// Steps start in the order of the plan; `ready` is kept with the next one last.
  private mutating func makeReady(_ index: Int) {
    var low = 0
    var high = ready.count
    while low < high {
      let middle = (low + high) / 2
      if ready[middle] > index { low = middle + 1 } else { high = middle }
    }
    ready.insert(index, at: low)
  }

  mutating func breakJournal() { isJournalBroken = true }
}

extension StepFailure {
  init(_ failure: BackendFailure, outcomeIsUnknown: Bool = false) {
    self.init(
      code: failure.code, message: failure.message, requestID: failure.requestID,
      outcomeIsUnknown: outcomeIsUnknown)
  }
}
