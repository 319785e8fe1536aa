internal import ApplyJournal
internal import BackendInterface
internal import Planning

/// From the service's answer to the proof on the target itself.
extension ApplyMachine {
  mutating func poll(_ index: Int) {
    guard runs[index].operation?.reference != nil else { return readBack(index, .succeeded) }
    runs[index].phase = .polling
    callNow(index)
  }

  mutating func polled(_ index: Int, _ result: Result<OperationStatus, BackendFailure>) {
    guard case .polling = runs[index].phase else { return }
    switch result {
    case .success(let status):
      runs[index].failedTries = 0
      switch status {
      case .running(let retryAfter):
        let delay = retryAfter.flatMap { $0 > .zero ? $0 : nil } ?? growingDelay(index)
        callLater(index, after: delay)
      case .succeeded: readBack(index, .succeeded)
      case .failed(let failure): readBack(index, .failed(failure))
      }
    case .failure(let failure):
      // The monitor may be ill while the target is well: the target decides.
      if !triesAgain(index, after: failure) { readBack(index, .lost) }
    }
  }

  private mutating func readBack(_ index: Int, _ hint: StepRun.Hint) {
    runs[index].phase = .verifying(hint)
    runs[index].failedTries = 0
    runs[index].pollDelay = limits.firstPoll
    callNow(index)
  }

  mutating func verify(_ index: Int, _ sight: Sight, _ hint: StepRun.Hint) {
    switch (runs[index].context.effect(in: sight), hint) {
    case (.visible, _):
      if runs[index].context.step.act.isRemoval { verifyAbsence(index) } else { end(index, .done) }
    case (.underWay, _):
      runs[index].absences = 0
      callLater(index, after: growingDelay(index))
    case (.broken(let failure), _) where failure.code == StepFailure.attachOnce:
      // Harm was done, which is more than what the monitor says.
      end(index, .failed(failure))
    case (.missing, .failed(let failure)), (.broken, .failed(let failure)):
      end(index, .failed(stepFailure(failure)))
    case (.broken(let failure), _):
      end(index, .failed(failure))
    case (.missing(let details), _):
      runs[index].absences = 0
      runs[index].readBacks += 1
      guard runs[index].readBacks >= limits.readBacks else {
        return callLater(index, after: growingDelay(index))
      }
      end(
        index,
        .failed(
          StepFailure(
            code: "read-back-differs",
            message: "The service took the request, but \(runs[index].step.address) does not show "
              + "it: \(details).",
            outcomeIsUnknown: hint == .lost)))
    }
  }

  /// The target is gone, says this read.
  ///
  /// That is believed when enough reads in a row say so.
  mutating func verifyAbsence(_ index: Int) {
    runs[index].absences += 1
    if runs[index].absences >= limits.absenceConfirmations { return end(index, .done) }
    callLater(index, after: limits.absenceSpacing)
  }

  mutating func readBackFailed(_ index: Int, _ failure: BackendFailure) {
    if triesAgain(index, after: failure) { return }
    noteAbsence(of: failure)
    end(
      index,
      .failed(
        StepFailure(
          code: "not-verified",
          message: "The request was taken, but the target could not be read back "
            + "(\(failure.code): \(failure.message)).",
          requestID: failure.requestID, outcomeIsUnknown: true)))
  }
}
