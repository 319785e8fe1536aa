public import Planning

/// What an apply tells while it runs, in the order in which it happens.
public enum ApplyEvent: Hashable, Sendable {
  /// A step's request is about to be sent.
  case stepStarted(Step)
  /// A step is still running after this long.
  case stepProgressed(Step, elapsed: Duration)
  /// A step is done and was read back.
  case stepCompleted(Step, elapsed: Duration)
  /// A step failed, or nobody can say what became of it.
  case stepFailed(Step, elapsed: Duration, StepFailure)
  /// A step was not started because of another one, or because the run was interrupted.
  case stepSkipped(Step, because: SkipReason)
  /// Something worth saying that is not about one step alone.
  case noted(String)
}

/// Why a step did not succeed.
public struct StepFailure: Hashable, Sendable {
  /// The service's code, or one of ours (`precondition-failed`, `read-back-differs`, `deadline`).
  public var code: String
  /// Full sentences for people.
  ///
  /// Never a secret.
  public var message: String
  /// The id by which the service's owners find the request.
  public var requestID: String?
  /// True if the effect may have taken place nevertheless.
  public var outcomeIsUnknown: Bool
  /// What the user can do about it, in full sentences; nil where the message says it all.
  public var advice: String?

  /// Makes a step failure of its parts.
  public init(
    code: String, message: String, requestID: String? = nil, outcomeIsUnknown: Bool = false
  ) {
    self.code = code
    self.message = message
    self.requestID = requestID
    self.outcomeIsUnknown = outcomeIsUnknown
  }
}

/// Why a step was not started.
public enum SkipReason: Hashable, Sendable {
  /// A step it waits for did not succeed.
  case waitsFor(StepID)
  /// The run was interrupted.
  case interrupted
  /// The journal could not be written, so nothing may be started any more.
  case journalFailed
}

/// How a step ended.
public enum StepOutcome: Hashable, Sendable {
  case done
  case failed(StepFailure)
  case notStarted(SkipReason)
}

/// The end of an apply: what became of every step, in the plan's order.
public struct ApplyReport: Hashable, Sendable {
  /// What became of every step, in the order of the plan.
  public var outcomes: [(step: Step, outcome: StepOutcome)] { Array(zip(steps, results)) }
  private var steps: [Step]
  private var results: [StepOutcome]
  /// True if a signal ended the run early.
  public var wasInterrupted: Bool
  /// Why a record could not be written; nil if the journal tells everything.
  public var journalFailure: String?

  /// Makes an apply report of its parts.
  public init(outcomes: [(step: Step, outcome: StepOutcome)], wasInterrupted: Bool = false) {
    self.steps = outcomes.map(\.step)
    self.results = outcomes.map(\.outcome)
    self.wasInterrupted = wasInterrupted
  }

  /// True if every step is done.
  public var isComplete: Bool { results.allSatisfy { $0 == .done } }

  /// True if at least one step is done, or may be: nobody knows what became of its request.
  public var didAnything: Bool {
    results.contains { outcome in
      switch outcome {
      case .done: true
      case .failed(let failure): failure.outcomeIsUnknown
      case .notStarted: false
      }
    }
  }
}
