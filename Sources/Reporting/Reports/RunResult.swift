internal import Diagnostics
internal import Planning

/// What became of a run, in a few words: the titles of reports.
struct RunResult {
  /// How it looks from afar.
  enum Mood: String {
    /// Nothing to look at twice.
    case calm
    /// Something is taken away, or moved.
    case warning
    /// It did not do what it was for.
    case failure
  }

  let mood: Mood
  /// Such as `2 to add, 1 to change, 3 to destroy`.
  let words: String
  /// Such as `Plan for ws-prod`.
  let subject: String

  init(_ report: RunReport) {
    let scope = report.scopeName
    subject =
      switch report.command {
      case .validate: "Manifests of \(scope)"
      case .plan: "Plan for \(scope)"
      case .apply: "Apply to \(scope)"
      case .destroy: "Destroy of \(scope)"
      case .drift: "Drift of \(scope)"
      }
    (mood, words) = Self.judge(report)
  }

  /// Of many stacks: what all of them come to, and how many went wrong.
  private static func judge(_ stacks: [RunReport], of report: RunReport) -> (Mood, String) {
    let skipped = report.skipped.isEmpty ? "" : ", \(report.skipped.count) skipped"
    let failed = stacks.count { !$0.wentWell }
    let mood: Mood =
      failed > 0 || !report.wentWell
      ? .failure : stacks.contains { judge($0).0 == .warning } ? .warning : .calm
    let all = count(stacks.count, "stack") + skipped
    let bad =
      failed > 0
      ? "\(failed) of \(count(stacks.count, "stack")) went wrong"
      : report.wentWell ? nil : judge(alone(report)).1
    return (
      mood,
      [bad, sum(stacks, report.command), bad == nil ? all : nil].compactMap { $0 }
        .joined(separator: "; ")
    )
  }

  /// The same run without a word of its stacks.
  private static func alone(_ report: RunReport) -> RunReport {
    var report = report
    report.stacks = nil
    return report
  }

  private static func sum(_ stacks: [RunReport], _ command: RunReport.Command) -> String? {
    switch command {
    case .validate: return count(stacks.reduce(0) { $0 + $1.targets.count }, "target")
    case .drift:
      let drift = stacks.reduce(0) { $0 + ($1.plan?.plan.drift.count ?? 0) }
      return drift == 0 ? "no drift" : "\(count(drift, "target")) drifted"
    case .plan:
      let actions = stacks.flatMap { $0.plan?.plan.changes ?? [] }.map(\.action)
      return actions.isEmpty ? "no changes" : PlanCounts(actions).title
    case .apply, .destroy:
      let actions = stacks.flatMap { part in
        part.outcome.flatMap { outcome in
          part.plan.map { ApplyText.completedActions($0.plan, outcome) }
        } ?? []
      }
      return String(PlanCounts(actions).doneSentence.dropLast())
    }
  }

  private static func judge(_ report: RunReport) -> (Mood, String) {
    if let stacks = report.stacks { return judge(stacks, of: report) }
    if let ending = ending(report.exitCode) {
      let words = report.outcome.map { _ in "\(ending), \(done(report))" } ?? ending
      return (.failure, words)
    }
    let errors = report.findings.count { $0.severity == .error }
    guard report.wentWell else {
      if report.outcome != nil {
        let words =
          report.exitCode == 6 ? "applied in part, \(done(report))" : "nothing was applied"
        return (.failure, words)
      }
      let what =
        errors == 0
        ? "cancelled"
        : "\(report.exitCode == 3 ? "refused" : "failed"), \(count(errors, "error"))"
      return (.failure, report.plan.map { "\(what); \(planned($0.plan))" } ?? what)
    }
    switch report.command {
    case .validate: return (.calm, "valid, \(count(report.targets.count, "target"))")
    case .plan, .drift:
      guard let plan = report.plan?.plan else { return (.calm, "done") }
      let loses = plan.changes.contains { $0.action.release != nil }
      return (loses || !plan.drift.isEmpty ? .warning : .calm, planned(plan))
    case .apply, .destroy: return (.calm, done(report))
    }
  }

  private static func ending(_ exitCode: Int32) -> String? {
    switch exitCode {
    case 4: "locked by another run"
    case 5: "the saved plan is stale"
    case 130: "interrupted"
    case 143: "terminated"
    default: nil
    }
  }

  private static func planned(_ plan: Plan) -> String {
    if plan.mode == .refreshOnly {
      let gone = plan.drift.count(where: \.isMissing)
      let changed = plan.drift.count - gone
      return plan.drift.isEmpty
        ? "no drift"
        : [(changed, "changed"), (gone, "deleted")].filter { $0.0 > 0 }
          .map { "\(count($0.0, "target")) \($0.1)" }.joined(separator: ", ")
    }
    return plan.isEmpty ? "no changes" : PlanCounts(plan).title
  }

  private static func done(_ report: RunReport) -> String {
    guard let plan = report.plan?.plan, let outcome = report.outcome else {
      return "nothing was applied"
    }
    let counts = PlanCounts(ApplyText.completedActions(plan, outcome))
    return String(counts.doneSentence.dropLast())
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}

extension PlanCounts {
  /// The sentence without its full stop, for titles.
  var title: String {
    let text = sentence.replacing(". (", with: " (")
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
