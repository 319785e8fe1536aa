internal import BackendInterface

extension FaultPlan {
  /// Faults of all sorts, by a seed alone: first which sorts there are, each with one half, then
  /// how often.
  public static func random(seed: UInt64) -> FaultPlan {
    var random = SplitMix(state: seed)
    var plan = FaultPlan()
    plan.seed = seed
    for (effect, operations, most) in sorts {
      let (isThere, share) = (random.fraction() < 0.5, random.fraction())
      guard isThere else { continue }
      plan.rules.append(
        FaultRule(
          operations: operations, chance: share * most, effect: effect))
    }
    return plan
  }

  private static let service = EmulatedOperation.ofComputes
  private static let writes = service.filter { !$0.isRead }
  private static let slow = service.filter(\.takesTime)

  /// The sorts of faults, whom they meet and how often at most.
  private static let sorts: [(FaultRule.Effect, Set<EmulatedOperation>, Double)] =
    [
      (
        .answer(
          FaultAnswer(
            status: 429, code: "TooManyRequests", message: "The request is being throttled.",
            retryAfter: .init(milliseconds: 1_000, form: .seconds))), service, 0.2
      ),
      (.answer(FaultAnswer(status: 503, code: "ServerTimeout")), service, 0.1),
      (.answer(FaultAnswer(status: 502, body: .html)), service, 0.05),
      (.connection(.reset), service, 0.05),
      (.connection(.loseAnswer), service, 0.05),
      (.delay(500), service, 0.1),
      (.stale(writes: 1), [.list, .get], 0.2),
      (.stale(writes: 3), [.list, .get], 0.1),
      (.answer(FaultAnswer(status: 404, code: "ResourceNotFound")), [.operation], 0.1),
      (.answer(FaultAnswer(status: 200, body: .html)), [.operation], 0.1),
      (.operation(OperationFault(end: .takes(5_000))), slow, 0.1),
      (.operation(OperationFault(end: .never)), slow, 0.02),
    ] + failures

  /// Failures in each form in which they are told.
  private static let failures = FailureForm.allCases.map { form in
    let end = OperationFault.End.fails(
      code: "InternalServerError", message: "The operation failed by a fault.", after: nil)
    return (FaultRule.Effect.operation(OperationFault(end: end, form: form)), slow, 0.02)
  }
}
