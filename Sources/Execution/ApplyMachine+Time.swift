internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// When calls are made, and made again.
extension ApplyMachine {
  /// When the machine wants to hear `.timePassed`, counted like the time of events; nil if it only
  /// waits for answers.
  package var nextWake: Duration? {
    var wake: Duration?
    for index in active {
      if let due = runs[index].due { wake = min(wake ?? due, due) }
      guard runs[index].firstSent != nil else { continue }
      wake = min(wake ?? runs[index].nextProgress, runs[index].nextProgress)
    }
    return wake
  }

  private func deadline(of index: Int) -> Duration {
    runs[index].began + limits.deadlines[runs[index].step.address.kind]
  }

  /// Makes the call of the step's phase after a delay; gives the step up if it had its time.
  mutating func callLater(_ index: Int, after delay: Duration) {
    guard now < deadline(of: index) else { return giveUpWaiting(index) }
    runs[index].due = min(now + delay, deadline(of: index))
  }

  /// Makes the call of the step's phase now, or when the service's pause is over.
  mutating func callNow(_ index: Int) {
    guard pausedUntil <= now else { return callLater(index, after: pausedUntil - now) }
    let run = runs[index]
    runs[index].due = nil
    switch run.phase {
    case .looking:
      runs[index].lookedAt = now
      commands.append(.look(run.step.id, run.context.look))
    case .verifying:
      commands.append(.look(run.step.id, run.context.lookAfterwards))
    case .polling:
      commands.append(.poll(run.step.id, run.operation ?? .finished))
    case .waiting, .intending, .submitting, .ended: break
    }
  }

  mutating func makeDueCalls() {
    for index in active {
      if let due = runs[index].due, due <= now { callNow(index) }
    }
  }

  mutating func tellProgress() {
    for index in active {
      guard let sent = runs[index].firstSent, runs[index].nextProgress <= now else { continue }
      tell(.stepProgressed(runs[index].step, elapsed: now - sent))
      while runs[index].nextProgress <= now {
        runs[index].nextProgress += limits.progressInterval
      }
    }
  }

  /// The next delay between two looks at something that takes its time.
  mutating func growingDelay(_ index: Int) -> Duration {
    let delay = runs[index].pollDelay
    runs[index].pollDelay = min(delay * 1.5, limits.longestPoll)
    return delay
  }

  private mutating func giveUpWaiting(_ index: Int) {
    let run = runs[index]
    let time = DurationText.words(limits.deadlines[run.step.address.kind])
    guard run.mayHaveTakenEffect else {
      return end(
        index,
        .failed(
          StepFailure(
            code: "deadline",
            message: "\(run.step.address) was not free for this step within \(time). "
              + "Nothing was sent. Apply again later.")))
    }
    let operation = run.operation?.reference.map { " (\($0))" } ?? ""
    end(
      index,
      .failed(
        StepFailure(
          code: "deadline",
          message: "The operation\(operation) has not ended within \(time). It may still be "
            + "running.",
          outcomeIsUnknown: true)))
  }

  // MARK: Failures that pass

  /// Everybody asked too often, so everybody waits: also when the step that was told so is over by
  /// now.
  mutating func notePause(in event: MachineEvent) {
    let failure: BackendFailure?
    switch event {
    case .looked(_, .failure(let reason)), .submitted(_, .failure(let reason)),
      .polled(_, .failure(let reason)):
      failure = reason
    case .looked, .submitted, .lapsed, .polled, .began, .journaled, .journalFailed, .timePassed,
      .interrupted, .abandoned:
      failure = nil
    }
    guard case .throttled(let retryAfter?)? = failure?.failureClass else { return }
    pausedUntil = max(pausedUntil, now + max(retryAfter, .zero))
  }

  /// True if a failed call will be made again after a pause; false if trying is over.
  mutating func triesAgain(_ index: Int, after failure: BackendFailure) -> Bool {
    runs[index].failedTries += 1
    let pause = backoff.pause(afterFailures: runs[index].failedTries)
    var delay = pause
    var tries = limits.tries
    switch failure.failureClass {
    case .throttled(let retryAfter):
      // "At once" is taken literally only the first time.
      let obeys = runs[index].failedTries == 1 || retryAfter.map { $0 > .zero } ?? false
      delay = obeys ? max(retryAfter ?? pause, .zero) : pause
      pausedUntil = max(pausedUntil, now + delay)
    case .retryable: tries = limits.readTries
    case .conflict: break
    case .denied, .absent, .invalid, .fatal: return false
    }
    guard runs[index].failedTries < tries else { return false }
    callLater(index, after: delay)
    return true
  }

  /// What a failed call means for its step.
  func stepFailure(_ failure: BackendFailure, isUnknown: Bool = false) -> StepFailure {
    var told = StepFailure(
      code: failure.code, message: failure.message, requestID: failure.requestID,
      outcomeIsUnknown: isUnknown)
    told.advice = failure.advice
    return told
  }

  /// Remembers that the workspace itself is missing, or takes nothing from this run any more:
  /// nothing else need be tried.
  mutating func noteAbsence(of failure: BackendFailure) {
    let isOver = failure.failureClass == .absent || failure.code == BackendFailure.leaseLostCode
    if isOver { workspaceFailure = stepFailure(failure) }
  }
}
