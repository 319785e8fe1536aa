public import ApplyJournal
public import Diagnostics
public import Planning
internal import TargetModel

/// An apply as people read it while it runs, and its end.
public enum ApplyText {
  /// What happened, on one line without its end.
  public static func line(_ event: ApplyEvent) -> String {
    switch event {
    case .stepStarted(let step): "\(step.shown): \(step.act.verb)..."
    case .stepProgressed(let step, let elapsed):
      "\(step.shown): Still \(step.act.verb.lowercased())... [\(elapsed.shown) elapsed]"
    case .stepCompleted(let step, let elapsed):
      "\(step.shown): \(step.act.noun) complete after \(elapsed.shown)"
    case .stepFailed(let step, let elapsed, let failure):
      failure.outcomeIsUnknown
        ? "\(step.shown): \(step.act.noun) has an unknown outcome after \(elapsed.shown)"
        : "\(step.shown): \(step.act.noun) failed after \(elapsed.shown)"
    case .stepSkipped(let step, let reason):
      "\(step.shown): \(step.act.noun) not started (\(reason.text))"
    case .noted(let text): text.visible
    }
  }

  /// A step's failure as a finding.
  public static func finding(_ step: Step, _ failure: StepFailure) -> Diagnostic {
    let request = failure.requestID.map { " Request id: \($0)." } ?? ""
    let unknown =
      failure.outcomeIsUnknown
      ? " Whether it took effect is not known; the next apply looks before it does anything." : ""
    return Diagnostic(
      .error, Rule("step-failed"),
      "\(step.act.noun) \(failure.outcomeIsUnknown ? "has an unknown outcome" : "failed")",
      detail: "\(step.address): \(failure.message) (\(failure.code)).\(request)\(unknown)",
      address: step.address.description)
  }

  /// The last line of a run: what was really done.
  public static func summary(_ plan: Plan, _ report: ApplyReport) -> String {
    let done = completedActions(plan, report)
    let counts = PlanCounts(done)
    let title =
      report.isComplete
      ? (plan.mode == .destroy ? "Destroy complete!" : "Apply complete!") : "Apply incomplete."
    if plan.mode == .destroy, report.isComplete {
      return "\(title) Resources: \(counts.destroy) destroyed."
    }
    return "\(title) Resources: \(counts.add) added, \(counts.change) changed, "
      + "\(counts.destroy) destroyed."
  }

  /// The actions that were brought about, whole or in part: a re-attachment whose second half
  /// failed was a detachment.
  public static func completedActions(_ plan: Plan, _ report: ApplyReport) -> [Action] {
    let outcomes = Dictionary(grouping: report.outcomes, by: \.step.address)
    return plan.changes.compactMap { change in
      let done = (outcomes[change.address] ?? []).filter { $0.outcome == .done }.map(\.step.act)
      let all = (outcomes[change.address] ?? []).count
      if done.count == all { return all == 0 ? nil : change.action }
      if done.contains(.detach) { return .detach }
      if done.contains(.delete) { return .delete }
      if done.contains(.create) { return .create }
      return done.contains(.update) ? .update : nil
    }
  }

  /// After a partial apply: each target as done, failed, unknown or not started, and what to type
  /// next.
  public static func partialReport(
    _ plan: Plan, _ report: ApplyReport, isInAutomation: Bool
  ) -> String {
    let width = plan.changes.map { $0.address.description.visible.count }.max() ?? 0
    var lines = ["Not everything was applied:", ""]
    for change in plan.changes {
      let outcomes = report.outcomes.filter { $0.step.address == change.address }
      let address = change.address.description.visible
      let padding = String(repeating: " ", count: width - address.count)
      lines.append("  \(address)\(padding)  \(state(of: change, outcomes.map { ($0.step, $0.outcome) }))")
    }
    lines.append("")
    lines.append(contentsOf: strandedLines(plan, report))
    if !isInAutomation {
      lines.append("Look into what failed, then run 'berth apply' again: it does what is missing.")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func state(
    of change: Change, _ outcomes: [(step: Step, outcome: StepOutcome)]
  ) -> String {
    for (step, outcome) in outcomes {
      if case .failed(let failure) = outcome {
        let word = failure.outcomeIsUnknown ? "unknown" : "failed"
        return "\(word): \(step.act.verb.lowercased()), \(failure.message.visible)"
      }
    }
    for (_, outcome) in outcomes {
      if case .notStarted(let reason) = outcome { return "not started (\(reason.text))" }
    }
    return "done"
  }

  /// What stands detached because the second half of its re-attachment did not happen.
  private static func strandedLines(_ plan: Plan, _ report: ApplyReport) -> [String] {
    plan.changes.filter(\.action.isReplacement).flatMap { change -> [String] in
      let acts = report.outcomes.filter { $0.step.address == change.address }
      let isReleased = acts.contains { $0.step.act == change.action.release && $0.outcome == .done }
      let isBack = acts.contains {
        $0.step.act == change.action.acquisition && $0.outcome == .done
      }
      guard isReleased, !isBack else { return [] }
      let what = change.action.release == .detach ? "detached" : "deleted"
      let resource = change.resource.map { ": \($0.visible)" } ?? ""
      return [
        "\(change.address.description.visible) is \(what) and not back yet\(resource)",
        "The next apply puts it back first.", "",
      ]
    }
  }
}

extension Step {
  fileprivate var shown: String { address.description.visible }
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
  fileprivate var text: String {
    switch self {
    case .waitsFor(let step): "waits for \(step)"
    case .interrupted: "interrupted"
    case .journalFailed: "the journal can't be written"
    }
  }
}

extension Duration {
  /// `41s`, `2m5s`, `1h0m3s`.
  fileprivate var shown: String {
    let seconds = Int(components.seconds)
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3_600 { return "\(seconds / 60)m\(seconds % 60)s" }
    return "\(seconds / 3_600)h\(seconds / 60 % 60)m\(seconds % 60)s"
  }
}
