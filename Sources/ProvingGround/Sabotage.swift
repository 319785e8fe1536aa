/// A bug that is planted to see whether the invariants catch it.
///
/// Nothing of this is in the product: a plan, a journal, a clock or a line to the service is
/// spoilt on its way, just as the bug would spoil it.
package enum Sabotage: String, Sendable, CaseIterable {
  // The planner.
  case detachFirstDropped = "no attach waits for another target's detach"
  case nameFreeDropped = "no making waits for the former bearer of its name"
  case dependsOnDropped = "depends_on is not waited for"
  case attachOnceSilent = "the guard attach-once is silent"
  case foreignOwnerSilent = "the guard foreign-owner is silent"
  case protectedSilent = "the guard protected is silent"
  case losesDataSilent = "the guard loses-data is silent"
  case emptyDesiredSilent = "the guard empty-desired is silent"
  case nameTakenSilent = "the guard name-taken is silent"
  case foreignMarkIgnored = "what nobody owns counts as ours"
  case otherStackIgnored = "another stack's mark counts as ours"
  case idsComparedAsText = "resource ids are compared as text"
  case lastStepForgotten = "the last step of a plan is forgotten"
  case changedFieldForgotten = "one of several changed fields is not sent"
  // The reads before a write.
  case preconditionsDropped = "the plan's preconditions are not checked"
  case noReread = "the target is not read before the write"
  case noHolderCheck = "nobody looks for holders before an attach"
  case listTrusted = "known holders are not read one by one"
  case goneByFailure = "a failed read counts as absence"
  case detachTrusted = "the answer to a detach counts as its end"
  // Writes.
  case repeatedWithoutRead = "a write without answer is repeated without a read"
  case sentTwice = "every write is sent twice"
  case detachByDelete = "an attachment is deleted"
  case deleteByDetach = "what the service made is detached"
  case marksForgotten = "marks are not written"
  case conflictIsDone = "a conflict counts as done"
  case lossIsDone = "a lost answer counts as done"
  case lossIsFailure = "a lost answer counts as a failure"
  case nameReusedAtOnce = "one absence is enough to use a name again"
  // The end of a step.
  case successTrusted = "success is not confirmed by reading"
  case failureTrusted = "a failure of the monitor is not confirmed by reading"
  case statusErrorIsFailure = "a monitor that does not answer counts as a failure"
  // Journal, lock, time, signals.
  case intentAfterEffect = "the intent is written after the effect"
  case syncSkipped = "the journal is not synced"
  case journalFailureIgnored = "a journal that fails is ignored"
  case tornTailAccepted = "a torn line of the journal is accepted"
  case recordForgotten = "the end of a step is not recorded"
  case lockIgnored = "the lock is ignored"
  case retryAfterIgnored = "Retry-After is ignored"
  case othersDoNotWait = "other workers do not wait for Retry-After"
  case wallClock = "waits are measured by the wall clock"
  case deadlineIgnored = "steps have no deadline"
  case signalIgnored = "a signal is ignored"
  case signalBetweenHalves = "a signal ends a run between detach and attach"
  case secretInError = "a secret stands in an error"
}
