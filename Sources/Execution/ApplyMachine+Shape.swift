internal import ApplyJournal
internal import BackendInterface
internal import Planning

extension ApplyMachine {
  /// What decides the machine's future, in numbers, beside its request and the answers that are on
  /// their way: for searches that know a state again.
  ///
  /// Times are told from now; deadlines are left out.
  package var shape: [Int32] {
    var shape: [Int32] = [
      (isOpen ? 1 : 0) | (isInterrupted ? 2 : 0) | (isJournalBroken ? 4 : 0)
        | (workspaceFailure == nil ? 0 : 8),
      milliseconds(until: pausedUntil),
    ]
    for (index, run) in runs.enumerated() {
      shape.append(run.phase.number | (unavoidable.contains(index) ? 256 : 0))
      if case .ended = run.phase { continue }
      shape.append(run.due.map { milliseconds(until: $0) } ?? -1)
      shape.append(Int32(run.failedTries << 16 | run.conflicts << 8 | run.lostReplies))
      let flags =
        (run.hasIntent ? 1 : 0) | (run.firstSent == nil ? 0 : 2) | (run.foundNameInUse ? 4 : 0)
        | (run.foundBeingDeleted ? 8 : 0) | (run.hasSent ? 16 : 0)
      shape.append(Int32(run.absences << 16 | run.readBacks << 8 | flags))
      if run.step.act.isMaking { shape.append(milliseconds(until: windowEnd(index))) }
      shape.append(Int32(run.pollDelay / .milliseconds(1)))
    }
    return shape
  }

  private func milliseconds(until time: Duration) -> Int32 {
    time > now ? Int32((time - now) / .milliseconds(1)) : 0
  }

  /// The operations that steps wait for, in the order of the steps.
  package var operations: [String?] { runs.map { $0.operation?.reference } }
}

extension StepRun.Phase {
  fileprivate var number: Int32 {
    switch self {
    case .waiting: 0
    case .looking: 1
    case .intending: 2
    case .submitting: 3
    case .polling: 4
    case .verifying(.succeeded): 5
    case .verifying(.failed): 6
    case .verifying(.lost): 7
    case .ended(.done): 8
    case .ended(.failed(let failure)): failure.outcomeIsUnknown ? 9 : 10
    case .ended(.notStarted): 11
    }
  }
}
