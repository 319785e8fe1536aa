public import ApplyJournal
public import Diagnostics
public import Planning
internal import TargetModel

/// An apply as people read it while it runs, and its end.
public enum ApplyText {
  /// What happened, on one line without its end.
  public static func line(_ event: ApplyEvent) -> String {
    event.message.visible.asPlainLine
  }

  /// A step's failure as a finding.
  public static func finding(_ step: Step, _ failure: StepFailure) -> Diagnostic {
    let advice = failure.advice.map { " " + $0 } ?? ""
    let request = failure.requestID.map { " Request id: \($0)." } ?? ""
    let unknown =
      failure.outcomeIsUnknown
      ? " Whether it took effect is not known; the next apply looks before it does anything." : ""
    return Diagnostic(
      .error, Rule("step-failed"),
      "\(step.act.noun) \(failure.outcomeIsUnknown ? "has an unknown outcome" : "failed")",
      detail:
        "\(step.address): \(failure.message.sentence(withCode: failure.code))\(advice)\(request)\(unknown)",
      address: step.address.description)
  }

  /// The last line of a run: what was really done.
  ///
  /// - Parameter isProven: false if a plan made afterwards was not empty.
  public static func summary(_ plan: Plan, _ report: ApplyReport, isProven: Bool = true) -> String {
    let done = completedActions(plan, report)
    let counts = PlanCounts(done)
    let isComplete = report.isComplete && isProven
    let title =
      isComplete
      ? (plan.mode == .destroy ? "Destroy complete!" : "Apply complete!") : "Apply incomplete."
    if plan.mode == .destroy, isComplete {
      return "\(title) Resources: \(counts.destroy) destroyed."
    }
    return "\(title) Resources: \(counts.doneSentence)"
  }

  /// How long the service's limits held an apply back; nil if that is not worth a word.
  public static func throttling(_ waited: Duration) -> String? {
    guard waited >= .seconds(1) else { return nil }
    return "Of the time, \(waited.shown) was spent waiting for the service's limit on calls."
  }

  /// The actions that were brought about, whole or in part: a re-attachment whose second half
  /// failed was a detachment.
  public static func completedActions(_ plan: Plan, _ report: ApplyReport) -> [Action] {
    let endings = Endings(report)
    return plan.changes.compactMap { change in
      let steps = endings[change]
      let done = Set(steps.filter { $0.outcome == .done }.map(\.step.act))
      if done.isEmpty { return nil }
      if steps.allSatisfy({ $0.outcome == .done }) { return change.action }
      if let made = change.action.acquisition, done.contains(made) { return change.action }
      if let gone = change.action.release, done.contains(gone) {
        return gone == .detach ? .detach : .delete
      }
      if change.action == .adopt, done.contains(.mark) { return .adopt }
      return done.contains(.update) ? .update : nil
    }
  }

  /// After a partial apply: each target as done, failed, unknown or not started, and what to type
  /// next.
  public static func partialReport(
    _ plan: Plan, _ report: ApplyReport, isInAutomation: Bool
  ) -> String {
    let endings = Endings(report)
    let width = plan.changes.map { $0.address.description.visible.columnCount }.max() ?? 0
    var lines = ["Not everything was applied:", ""]
    lines += plan.changes.map { change in
      let address = change.address.description.visible.padded(to: width)
      return "  \(address)  \(state(endings[change]))"
    }
    lines.append("")
    for change in plan.changes {
      lines += strandedLines(change, endings[change], isInAutomation: isInAutomation)
    }
    if !isInAutomation { lines.append(nextStep(plan, report)) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What became of each target, in a few words.
  static func states(_ plan: Plan, _ report: ApplyReport) -> [TargetAddress: String] {
    let endings = Endings(report)
    return Dictionary(
      plan.changes.map { ($0.address, state(endings[$0])) }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// What to type next.
  private static func nextStep(_ plan: Plan, _ report: ApplyReport) -> String {
    let command = plan.mode == .destroy ? "berth destroy" : "berth apply"
    let hasFailed = report.outcomes.contains { _, outcome in
      if case .failed = outcome { true } else { false }
    }
    return hasFailed
      ? "Look into what failed, then run '\(command)' again: it does what is missing."
      : "Nothing failed. Run 'berth apply --resume' to go on, or '\(command)' to plan again."
  }

  /// What became of one target: the first step that did not succeed tells.
  private static func state(_ endings: [Ending]) -> String {
    var skipped: SkipReason?
    for (step, outcome) in endings {
      switch outcome {
      case .done: continue
      case .notStarted(let reason): skipped = skipped ?? reason
      case .failed(let failure):
        let word = failure.outcomeIsUnknown ? "unknown" : "failed"
        return "\(word): \(step.act.verb.lowercased()), \(failure.message.visible)"
      }
    }
    return skipped.map { "not started (\($0.text))" } ?? "done"
  }

  /// What stands detached because the second half of its re-attachment did not happen.
  private static func strandedLines(
    _ change: Change, _ endings: [Ending], isInAutomation: Bool
  ) -> [String] {
    guard change.action.isReplacement else { return [] }
    let isReleased = endings.contains {
      $0.step.act == change.action.release && $0.outcome == .done
    }
    let isBack = endings.contains {
      $0.step.act == change.action.acquisition && $0.outcome == .done
    }
    guard isReleased, !isBack else { return [] }
    let what = change.action.release == .detach ? "detached" : "deleted"
    let resource = change.resource.map { ": \($0.visible)" } ?? ""
    let address = change.address.description.visible
    let verb = change.action.acquisition == .attach ? "attaches" : "creates"
    let hint =
      isInAutomation ? [] : ["For just this one: berth apply --target '\(address)'"]
    return [
      "\(address) is \(what) and not back yet\(resource)",
      "The next apply \(verb) it again, before anything else.",
    ] + hint + [
      ""
    ]
  }
}

private typealias Ending = (step: Step, outcome: StepOutcome)

/// How the steps ended, target by target.
private struct Endings {
  private let byAddress: [TargetAddress: [Ending]]

  init(_ report: ApplyReport) {
    byAddress = Dictionary(grouping: report.outcomes, by: \.step.address)
  }

  subscript(change: Change) -> [Ending] { byAddress[change.address] ?? [] }
}

extension ApplyEvent {
  /// What happened, exactly as it was told: for JSON, or to be made visible.
  var message: String {
    switch self {
    case .stepStarted(let step): "\(step.address): \(step.act.verb)..."
    case .stepProgressed(let step, let elapsed):
      "\(step.address): Still \(step.act.verb.lowercased())... [\(elapsed.shown) elapsed]"
    case .stepCompleted(let step, let elapsed):
      "\(step.address): \(step.act.noun) complete after \(elapsed.shown)"
    case .stepFailed(let step, let elapsed, let failure):
      failure.outcomeIsUnknown
        ? "\(step.address): \(step.act.noun) has an unknown outcome after \(elapsed.shown)"
        : "\(step.address): \(step.act.noun) failed after \(elapsed.shown)"
    case .stepSkipped(let step, let reason):
      "\(step.address): \(step.act.noun) not started (\(reason.text))"
    case .noted(let text): text
    }
  }
}

extension Act {
  /// What is going on.
  var verb: String {
    switch self {
    case .create: "Creating"
    case .attach: "Attaching"
    case .update: "Modifying"
    case .detach: "Detaching"
    case .delete: "Destroying"
    case .start: "Starting"
    case .stop: "Stopping"
    case .mark: "Marking"
    }
  }

  /// What it is.
  var noun: String {
    switch self {
    case .create: "Creation"
    case .attach: "Attachment"
    case .update: "Modifications"
    case .detach: "Detachment"
    case .delete: "Destruction"
    case .start: "Start"
    case .stop: "Stop"
    case .mark: "Marking"
    }
  }
}

extension SkipReason {
  var text: String {
    switch self {
    case .waitsFor(let step): "waits for \(step)"
    case .interrupted: "interrupted"
    case .journalFailed: "the journal can't be written"
    }
  }
}

extension Duration {
  /// `41s`, `2m5s`, `1h0m3s`.
  var shown: String {
    let seconds = Int(components.seconds)
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3_600 { return "\(seconds / 60)m\(seconds % 60)s" }
    return "\(seconds / 3_600)h\(seconds / 60 % 60)m\(seconds % 60)s"
  }
}
