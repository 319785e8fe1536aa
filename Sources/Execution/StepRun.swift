internal import ApplyJournal
internal import BackendInterface
internal import Planning

/// How far a step is, with what is counted on the way.
struct StepRun: Sendable {
  let context: StepContext
  var phase = Phase.waiting
  /// When the first call for this step was asked for.
  var began: Duration = .zero
  /// When its first request was handed over; nil before.
  var firstSent: Duration?
  /// True once a request was sent, whatever came of it: from then on what the target shows may be
  /// the step's own doing.
  ///
  /// A request that lapsed, or was held back, before it was sent does not count.
  var hasSent = false
  var nextProgress: Duration = .zero
  /// When the last read before a write was asked for.
  var lookedAt: Duration = .zero
  /// When the call of the phase is to be made; nil while it is being made.
  var due: Duration?
  /// How often in a row the call at hand failed for a passing reason.
  var failedTries = 0
  /// How often the service answered a write with "something else is being done".
  var conflicts = 0
  /// How often a request was sent whose reply got lost, or told of nothing but trouble.
  var lostReplies = 0
  /// What came in place of the last such reply.
  var lastTrouble: BackendFailure?
  var pollDelay: Duration
  var operation: OperationHandle?
  /// How many reads in a row showed that the target is gone.
  var absences = 0
  /// How often the target was read back and was at rest but not as wanted.
  var readBacks = 0
  var hasNotedWaiting = false
  /// True once the service showed, or said, that the name of what is to be made is in use.
  var foundNameInUse = false
  /// True while the last read showed that what bears that name is being deleted.
  var foundBeingDeleted = false
  /// True once an intent stands in the journal.
  var hasIntent = false

  enum Phase: Sendable {
    /// For the steps it waits for, or for its turn.
    case waiting
    /// The target is read right before the write.
    case looking
    /// The intent is on its way to the disk.
    case intending(WriteRequest)
    /// The request is on its way.
    case submitting
    /// The operation runs.
    case polling
    /// The target is read back.
    case verifying(Hint)
    case ended(StepOutcome)
  }

  /// What the service said about the operation.
  ///
  /// Hints, never truth.
  enum Hint: Hashable, Sendable {
    case succeeded
    case failed(BackendFailure)
    /// Nothing that could be understood.
    case lost
  }

  var step: Step { context.step }

  /// True if the effect may have taken place, or may yet.
  var mayHaveTakenEffect: Bool {
    switch phase {
    case .submitting, .polling, .verifying: true
    case .waiting, .looking, .intending: lostReplies > 0
    case .ended: false
    }
  }

  /// True while a request is on its way, and none before it got lost: it may yet turn out not to have
  /// been sent.
  var isOnItsWay: Bool {
    if case .submitting = phase { lostReplies == 0 } else { false }
  }

  var isWaiting: Bool {
    if case .waiting = phase { true } else { false }
  }

  var isDone: Bool {
    if case .ended(.done) = phase { true } else { false }
  }
}
