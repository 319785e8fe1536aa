public import Planning
public import TargetModel

/// A record with the moment it was made.
public struct JournalEntry: Hashable, Sendable {
  /// Wall time, in milliseconds since 1970 (UTC).
  ///
  /// For people only: it is never compared.
  public var milliseconds: Int
  /// What happened.
  public var record: JournalRecord

  /// Makes a journal entry of its parts.
  public init(milliseconds: Int, record: JournalRecord) {
    self.milliseconds = milliseconds
    self.record = record
  }
}

/// Something that happened in an apply.
///
/// An intent is written before its effect, so that after a crash between the two it is known that
/// nobody knows. Nothing needs the journal to be safe: without it the next plan is made from
/// reality alone.
public enum JournalRecord: Hashable, Sendable {
  /// The run began; the first record of every journal.
  case started(RunHeader)
  /// A step's request is about to be sent, perhaps not for the first time.
  case intended(Intent)
  /// The service took a step's request. The operation can be asked for by its reference, also by
  /// another process; nil if it was over when it was answered.
  case submitted(StepID, operation: String?)
  /// A step is over.
  case finished(StepID, StepResult)
  /// The run is over.
  case ended(RunEnd)

  /// True for what must be on the disk before anything is sent, and takes everything before it
  /// there too: an intent, and how a run begins and ends.
  ///
  /// The rest is what the service shows as well. Should the machine lose power before it is on the
  /// disk, the run looks as if it had been killed a little earlier.
  public var isSynced: Bool {
    switch self {
    case .started, .intended, .ended: true
    case .submitted, .finished: false
    }
  }
}

/// Which run a journal tells of.
public struct RunHeader: Hashable, Sendable {
  /// The run's own id.
  public var run: String
  /// The stack concerned.
  public var stack: String
  /// The workspace's resource id.
  public var workspace: String
  /// The digest of the plan that is carried out, as it is shown.
  public var planDigest: String

  /// Makes a run header of its parts.
  public init(run: String, stack: String, workspace: String, planDigest: String) {
    self.run = run
    self.stack = stack
    self.workspace = workspace
    self.planDigest = planDigest
  }
}

/// A request that is about to be sent.
public struct Intent: Hashable, Sendable {
  /// The step concerned.
  public var step: StepID
  /// What is done.
  public var act: Act
  /// The target concerned.
  public var address: TargetAddress
  /// The underlying resource that the act takes or gives up, if any.
  public var resource: String?

  /// Makes an intent of its parts.
  public init(step: StepID, act: Act, address: TargetAddress, resource: String? = nil) {
    self.step = step
    self.act = act
    self.address = address
    self.resource = resource
  }

  /// Makes an intent of its parts.
  public init(_ step: Step) {
    self.init(step: step.id, act: step.act, address: step.address, resource: step.resource)
  }
}

/// How a step ended, as far as the journal keeps it.
public enum StepResult: Hashable, Sendable {
  case done
  case failed(code: String, message: String)
  /// Nobody can say whether the effect took place.
  case unknown(code: String, message: String)
  /// The intent was written, but its request was never sent, or refused as long as it was.
  case notSent
}

/// How a run ended.
public enum RunEnd: String, Hashable, Sendable {
  /// Every step is done.
  case complete
  /// At least one step is not.
  case partial
  /// A signal ended it early.
  case interrupted
}
