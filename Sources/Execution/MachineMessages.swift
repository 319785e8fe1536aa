internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// What happened, as the machine is told.
enum MachineEvent: Sendable {
  case begin
  /// The target and, for an attach, whoever may hold the resource were read afresh.
  case looked(StepID, Result<Look, BackendFailure>)
  /// The journal took a step's intent, or not.
  case journaled(StepID, Bool)
  case submitted(StepID, Result<OperationHandle, BackendFailure>)
  case polled(StepID, Result<OperationStatus, BackendFailure>)
  /// The target was read back.
  case readBack(StepID, Result<ObservedTarget?, BackendFailure>)
  /// A wait is over.
  case woke(StepID)
  /// It is time to tell that a step still runs.
  case ticked(StepID)
  /// Somebody wants the run to end.
  case interrupted
}

/// What the machine wants done.
enum MachineCommand: Sendable {
  case look(StepID)
  /// Write the intent; nothing is sent before it is durable.
  case intend(StepID)
  /// Write a record that nothing waits for.
  case record(JournalRecord)
  case submit(StepID)
  case poll(StepID, OperationHandle)
  case readBack(StepID)
  case wake(StepID, after: Duration)
  case tick(StepID, after: Duration)
  case tell(ApplyEvent)
}

/// What was read right before a write.
struct Look: Sendable {
  /// The live target under the step's name.
  let target: ObservedTarget?
  /// For an attach: the other targets that hold the resource.
  let holders: [ObservedTarget]
}
