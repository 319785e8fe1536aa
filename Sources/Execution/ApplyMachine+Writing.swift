internal import ApplyJournal
internal import BackendInterface
internal import Planning

/// From the read right before a write to the service's answer.
extension ApplyMachine {
  /// Reads the step's target, and the holders of its resource, right before the write.
  mutating func look(_ index: Int, after delay: Duration = .zero) {
    runs[index].phase = .looking
    if delay > .zero { callLater(index, after: delay) } else { callNow(index) }
  }

  mutating func looked(_ index: Int, _ result: Result<Sight, BackendFailure>) {
    switch (runs[index].phase, result) {
    case (.looking, .success(let sight)):
      runs[index].failedTries = 0
      judge(index, sight)
    case (.looking, .failure(let failure)):
      if triesAgain(index, after: failure) { return }
      noteAbsence(of: failure)
      end(index, .failed(stepFailure(failure, isUnknown: runs[index].lostReplies > 0)))
    case (.verifying(let hint), .success(let sight)):
      runs[index].failedTries = 0
      verify(index, sight, hint)
    case (.verifying, .failure(let failure)):
      readBackFailed(index, failure)
    case (.waiting, _), (.intending, _), (.submitting, _), (.polling, _), (.ended, _): break
    }
  }

  private mutating func judge(_ index: Int, _ sight: Sight) {
    let context = runs[index].context
    if runs[index].lostReplies > 0, tookEffect(context, sight) {
      // The reply got lost, the request did not.
      runs[index].phase = .verifying(.lost)
      return verify(index, sight, .lost)
    }
    switch context.readiness(sight, hasSent: runs[index].hasSent) {
    case .alreadyDone: verifyAbsence(index)
    case .refused where mayStillShow(index, sight):
      wait(index, "the name still shows what was removed")
    case .refused(var failure):
      failure.outcomeIsUnknown = runs[index].lostReplies > 0
      end(index, .failed(failure))
    case .wait(let reason):
      if let target = sight.target { noteNameInUse(index, by: target) }
      wait(index, reason)
    case .ready(let request):
      if isConvincedOfAbsence(index) { intend(index, request) }
    }
  }

  /// Looks again later, and says once why.
  private mutating func wait(_ index: Int, _ reason: String) {
    runs[index].absences = 0
    noteWaiting(index, "Waiting, since \(reason).")
    callLater(index, after: growingDelay(index))
  }

  mutating func noteWaiting(_ index: Int, _ sentence: String) {
    guard !runs[index].hasNotedWaiting else { return }
    runs[index].hasNotedWaiting = true
    tell(.noted("\(runs[index].step.address): \(sentence)"))
  }

  private func tookEffect(_ context: StepContext, _ sight: Sight) -> Bool {
    switch context.step.act {
    case .create, .attach: sight.target.map(context.isOurCreation) ?? false
    case .update, .start, .stop, .mark: context.effect(in: sight) == .visible
    // Readiness knows what is gone.
    case .detach, .delete: false
    }
  }

  private mutating func intend(_ index: Int, _ request: WriteRequest) {
    guard maySend(index) else { return }
    runs[index].phase = .intending(request)
    runs[index].hasIntent = true
    append(.intended(Intent(runs[index].step)))
  }

  /// False, with the step ended, if nothing may be sent any more.
  private mutating func maySend(_ index: Int) -> Bool {
    let run = runs[index]
    if let workspaceFailure {
      end(index, .failed(workspaceFailure))
      return false
    }
    if run.lostReplies >= limits.triesAfterUnknownOutcome {
      end(index, .failed(.unsettled(after: run.lastTrouble)))
      return false
    }
    if isJournalBroken || (isInterrupted && !unavoidable.contains(index)) {
      let reason = isJournalBroken ? SkipReason.journalFailed : .interrupted
      end(
        index,
        run.lostReplies > 0 ? .failed(.unsettled(after: run.lastTrouble)) : .notStarted(reason))
      return false
    }
    guard undecided.contains(index) else { return true }
    look(index, after: growingDelay(index))
    return false
  }

  mutating func intentIsDurable(_ index: Int) {
    guard case .intending(let request) = runs[index].phase else { return }
    // Another step was told to wait meanwhile, or the run is to end. What was read will be stale by
    // then.
    guard pausedUntil <= now, !undecided.contains(index) else { return look(index) }
    runs[index].phase = .submitting
    if runs[index].firstSent == nil {
      runs[index].firstSent = now
      runs[index].nextProgress = now + limits.progressInterval
      tell(.stepStarted(runs[index].step))
    }
    let latest = runs[index].lookedAt + limits.freshness
    commands.append(.submit(runs[index].step.id, request, by: latest))
  }

  /// The disk or the whole process stood still, and nothing was sent.
  mutating func lapsed(_ index: Int) {
    guard case .submitting = runs[index].phase else { return }
    runs[index].phase = .looking
    callLater(index, after: .zero)
    endAvoidableSteps()
  }

  mutating func submitted(_ index: Int, _ result: Result<OperationHandle, BackendFailure>) {
    guard case .submitting = runs[index].phase else { return }
    if case .failure(let failure) = result, failure.wasHeldBack {
      return refused(index, failure)
    }
    runs[index].hasSent = true
    noteRemoval(index)
    switch result {
    case .success(let operation):
      append(.submitted(runs[index].step.id, operation: operation.reference))
      runs[index].operation = operation
      runs[index].failedTries = 0
      runs[index].pollDelay = limits.firstPoll
      poll(index)
      endAvoidableSteps()
    case .failure(let failure): refused(index, failure)
    }
  }

  private mutating func refused(_ index: Int, _ failure: BackendFailure) {
    // Whatever comes next begins with a fresh read.
    runs[index].phase = .looking
    switch failure.failureClass {
    case .throttled:
      if !triesAgain(index, after: failure) {
        end(index, .failed(stepFailure(failure, isUnknown: runs[index].lostReplies > 0)))
      }
    case .retryable where failure.mayHaveArrived:
      runs[index].lostReplies += 1
      runs[index].lastTrouble = failure
      look(index, after: backoff.pause(afterFailures: runs[index].lostReplies))
    case .retryable, .conflict:
      runs[index].conflicts += 1
      if failure.failureClass == .conflict { runs[index].foundNameInUse = true }
      if runs[index].conflicts < limits.tries {
        look(index, after: growingDelay(index))
      } else {
        end(index, .failed(stepFailure(failure, isUnknown: runs[index].lostReplies > 0)))
      }
    case .denied, .absent, .invalid, .fatal:
      noteAbsence(of: failure)
      end(index, .failed(stepFailure(failure, isUnknown: runs[index].lostReplies > 0)))
    }
    endAvoidableSteps()
  }
}

extension StepFailure {
  /// The service did not say what became of the request, nor does the target show it.
  fileprivate static func unsettled(after trouble: BackendFailure?) -> StepFailure {
    guard let trouble, trouble.isAnswer else {
      return StepFailure(
        code: "reply-lost",
        message: "The service did not answer, and the target does not show the change.",
        requestID: trouble?.requestID, outcomeIsUnknown: true)
    }
    var failure = StepFailure(
      code: trouble.code,
      message: "The target does not show the change, and the service failed: \(trouble.message)",
      requestID: trouble.requestID, outcomeIsUnknown: true)
    failure.advice = trouble.advice
    return failure
  }
}
