package import ApplyJournal
package import BackendInterface
package import Planning
package import TargetModel

/// What happened, as the machine is told.
package enum MachineEvent: Sendable {
  /// The run begins. The first event, once.
  case began
  /// A record that was to be appended is durable.
  case journaled(JournalRecord)
  /// A record could not be made durable, so none can any more.
  case journalFailed(String)
  /// The answer to `.look`.
  case looked(StepID, Result<Sight, BackendFailure>)
  /// The answer to `.submit`.
  case submitted(StepID, Result<OperationHandle, BackendFailure>)
  /// Another answer to `.submit`: it was too late by then, so nothing was sent.
  case lapsed(StepID)
  /// The answer to `.poll`.
  case polled(StepID, Result<OperationStatus, BackendFailure>)
  /// It is `nextWake`, or later.
  case timePassed
  /// A first signal: start nothing more, and leave nothing half attached.
  case interrupted
  /// The run is to end now, whatever is under way.
  case abandoned
}

/// What is to be done next, in this order.
///
/// Each of `append`, `look`, `submit` and `poll` is answered by one event.
package enum MachineCommand: Sendable {
  /// Make a record durable.
  case append(JournalRecord)
  /// Read what a step is about.
  case look(StepID, LookRequest)
  /// Send a step's request, unless it is later than `by`: what was read before is stale then. Its
  /// intent is durable.
  case submit(StepID, WriteRequest, by: Duration)
  /// Ask how far a step's operation is.
  case poll(StepID, OperationHandle)
  /// Tell whoever watches.
  case tell(ApplyEvent)
}

/// What to read for a step.
///
/// All of it is read anew.
package struct LookRequest: Sendable {
  /// The name of the step's target.
  package var name: String
  /// What the step is about to take; whoever holds it is looked for.
  package var resource: ResourceIdentity?
  /// The names under which it was held when the plan was made.
  ///
  /// They are read one by one, since a list alone is not trusted on whether they let go.
  package var knownHolders: [String]
  /// The write that comes after the step's own; whatever would make it fail is looked for as well.
  var nextWrite: WriteRequest?
}

/// What a look showed.
package struct Sight: Hashable, Sendable {
  /// The step's target; nil if there is none.
  package var target: ObservedTarget?
  /// The other targets that were seen, whoever they are.
  package var others: [ObservedTarget] = []
  /// What would make the next write fail.
  package var obstacle: BackendFailure?

  package init(
    target: ObservedTarget?, others: [ObservedTarget] = [], obstacle: BackendFailure? = nil
  ) {
    self.target = target
    self.others = others
    self.obstacle = obstacle
  }
}
