internal import ApplyJournal
internal import Logs
internal import Planning

extension RunLog {
  /// Tells what happens in an apply.
  func tell(_ event: ApplyEvent) {
    switch event {
    case .stepStarted(let step): tell(.info, "step_started", step.facts)
    case .stepProgressed(let step, let elapsed):
      tell(.debug, "step_goes_on", step.facts + [.milliseconds("wall_ms", elapsed)])
    case .stepCompleted(let step, let elapsed):
      tell(.info, "step_done", step.facts + [.milliseconds("wall_ms", elapsed)])
    case .stepFailed(let step, let elapsed, let failure):
      tell(
        .error, "step_failed",
        step.facts + [
          .milliseconds("wall_ms", elapsed), .code("code", failure.code),
          .word("outcome", failure.outcomeIsUnknown ? "unknown" : "failed"),
        ])
    case .stepSkipped(let step, let reason):
      tell(.warn, "step_skipped", step.facts + reason.facts)
    // Sentences for people, who read them elsewhere.
    case .noted: break
    }
  }
}

extension Step {
  fileprivate var facts: [LogFact] {
    [.name("step", id), .name("act", act.rawValue), .name("target", address)]
  }
}

extension SkipReason {
  fileprivate var facts: [LogFact] {
    switch self {
    case .waitsFor(let step): [.word("because", "step"), .name("waits_for", step)]
    case .interrupted: [.word("because", "interrupted")]
    case .journalFailed: [.word("because", "journal")]
    }
  }
}
