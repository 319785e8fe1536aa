public import Planning

/// What a journal says about its run.
///
/// Recovery is this fold and nothing else, and every prefix of a journal has a state.
public struct JournalState: Hashable, Sendable {
  /// The run, once it has started.
  public private(set) var run: RunHeader?
  /// How the run ended; nil if it was cut short.
  public private(set) var end: RunEnd?
  private var statuses: [StepID: StepStatus] = [:]
  private var intents: [StepID: Intent] = [:]
  private var operations: [StepID: String] = [:]

  /// An empty one.
  public init() {}

  /// Makes a journal state of its parts.
  public init(replaying entries: some Sequence<JournalEntry>) {
    for entry in entries { replay(entry.record) }
  }

  /// Takes the next record.
  public mutating func replay(_ record: JournalRecord) {
    switch record {
    case .started(let header):
      run = header
    case .intended(let intent):
      intents[intent.step] = intent
      statuses[intent.step] = .intended
      operations[intent.step] = nil
    case .submitted(let step, let operation):
      statuses[step] = .submitted(operation: operation)
      operations[step] = operation
    case .finished(let step, let result):
      statuses[step] = .finished(result)
    case .ended(let end):
      self.end = end
    }
  }

  /// How far a step is; nil if the journal does not mention it.
  public func status(of step: StepID) -> StepStatus? { statuses[step] }

  /// The operation that a step's last request began, as the service names it; nil if none is known.
  public func operation(of step: StepID) -> String? { operations[step] }

  /// The steps that the journal mentions, in order.
  public var steps: [StepID] { statuses.keys.sorted() }

  /// The intents of which nobody knows what became, in the order of their steps.
  ///
  /// Reading the targets tells.
  public var unsettled: [Intent] {
    intents.values.filter { intent in
      switch statuses[intent.step] {
      case .finished(.done), .finished(.failed), .finished(.notSent): false
      case .intended, .submitted, .finished(.unknown), nil: true
      }
    }.sorted { $0.step < $1.step }
  }
}

/// How far a step is, by the journal.
public enum StepStatus: Hashable, Sendable {
  /// Its request was about to be sent.
  case intended
  /// The service took it.
  case submitted(operation: String?)
  case finished(StepResult)
}
