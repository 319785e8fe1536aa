/// What must hold in every world, after every event (reliability.md section 5).
package enum Invariant: String, Sendable, CaseIterable {
  case attachmentBroken = "O1 no attachment breaks by our write"
  case twoHolders = "O2 no resource has two holders by our write"
  case sentTooEarly = "O3 an attach is sent only after the true detach of all holders"
  case notOurs = "O4 nothing foreign, protected or of the other origin is written"
  case blindWrite = "O5 every write has a durable intent and a fresh read"
  case noLease = "O5 every write has a lease that outlives it, and no two runs one token"
  case unsettled = "F17 what an earlier run began is waited for before anything is planned"
  case takenTooEarly = "F17 a lease is taken over only after it stood still for long enough"
  case repeatedEffect = "O6 one effect for each step"
  case tooOften = "O7 nothing is sent before Retry-After"
  case canary = "O8 no secret is told"
  case loss = "O10 removals are within the guard"
  case untruth = "O11 the report tells the truth"
  case notProven = "O12 what is reported as complete needs nothing more"
  case endless = "O13 a run ends by its deadline"
  case lockKept = "O14 the lease is free after a run, or by its expiry and grace"
  case resumedMore = "a resume does the rest of what was approved, and nothing else"
  case stalePlan = "a saved plan is carried out as long as what it relies on holds, and no longer"
  case notAsked = "a command does what it was asked for, and nothing else"
  case strandedLater = "what an apply took away comes back before anything else is done"
  case driftInFlight = "F32 what an apply is at work on is no drift"
  case notConverged = "O15 at most two calm applies converge, or a refusal stands"
  case notCalm = "O15 a calm apply is complete"
  case missing = "O16 each desired target exists or is named"
  case restless = "O17 one more apply writes nothing"
  case afterSignal = "F25 after a signal nothing begins and no re-attachment stays half done"
  case usedTooSoon = "F30 no run uses a name again before what it removed there is gone for certain"
  case outOfOrder = "no target is made before what it depends on"
  case journalLies = "every prefix of a journal can be read and tells of every effect"
  case offStage = "the world ends by itself, on one thread"
}

/// Something that should never happen.
package struct Violation: Sendable, Hashable {
  package let invariant: Invariant
  package let words: String
  /// How many events came before it.
  package let event: Int
}
