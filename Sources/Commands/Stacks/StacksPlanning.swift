internal import Diagnostics
internal import EmbeddedBackend
internal import Planning
internal import Reporting

/// Plans many stacks and shows the plans: what `plan --all` and `drift --all` share.
struct StacksPlanning {
  let run: PlanningRun
  let many: ManyStacksOptions
  let width: Int?
  let hasDetailedExitCode: Bool

  func run(in context: CommandContext) async -> ExitStatus {
    await ReportedRun(
      command: run.command, requests: run.reports.requests, printsJSON: run.events.printsEvents,
      context: context
    ).run { context, record in await plan(in: context, record) }
  }

  private func plan(in context: CommandContext, _ record: RunRecord?) async -> ExitStatus {
    await StackWalk.through(
      many, run.common, run.choice, run.events, width: width, record: record, in: context
    ) { stacks, walk in await plan(stacks, walk) }
  }

  private func plan(_ stacks: [StackOfWalk], _ walk: StackWalk) async -> ExitStatus {
    let warnings = run.readsWorkspace ? [] : [Diagnostic.notRefreshed()]
    let opened = await sideBySide(stacks, atOnce: walk.width) { [run] stack in
      var opened = await OpenedStack.open(
        stack, as: run.choice, access: .readIfPresent, telling: warnings)
      guard let session = opened.session else { return opened }
      opened.observed = await run.look(session, opened.stack.presenter)
      if opened.observed == nil { opened.status = .failure }
      return opened
    }
    let plans = await PlansOfStacks(opened, atOnce: walk.width, mode: run.mode) {
      [mode = run.mode] session, observed in session.plan(observed, mode: mode)
    }
    var statuses: [ExitStatus] = []
    for (each, result) in zip(opened, plans.results) {
      let status = await status(of: each, result)
      each.stack.record?.ended(status)
      statuses.append(status)
      walk.print(each.stack)
    }
    tellTotals(walk, stacks, plans.results, statuses)
    tellDigest(walk, opened, plans.results)
    return .worst(of: statuses)
  }

  private func status(of opened: OpenedStack, _ result: PlanningResult?) async -> ExitStatus {
    guard let session = opened.session, let result else { return opened.status }
    return await run.present(
      result, of: session, opened.stack.presenter, opened.stack.record, in: opened.stack.context,
      hasDetailedExitCode: hasDetailedExitCode)
  }

  private func tellTotals(
    _ walk: StackWalk, _ stacks: [StackOfWalk], _ results: [PlanningResult?],
    _ statuses: [ExitStatus]
  ) {
    walk.tellResults(
      stacks,
      zip(results, statuses).map { result, status in
        result.map { words($0, status) } ?? status.failed
      })
    walk.tellSkipped()
    guard run.mode != .refreshOnly else {
      let drift = results.reduce(0) { $0 + ($1?.plan.drift.count ?? 0) }
      walk.presenter.total(
        PlanCounts([]), operation: "plan",
        "Drift in all stacks: \(drift) target\(drift == 1 ? "" : "s").")
      return
    }
    let counts = PlanCounts(results.flatMap { $0?.plan.changes ?? [] }.map(\.action))
    walk.presenter.total(counts, operation: "plan", "Plan for all stacks: \(counts.sentence)")
  }

  private func words(_ result: PlanningResult, _ status: ExitStatus) -> String {
    if result.isRefused || status == .refused || status == .failure { return status.failed }
    if run.mode == .refreshOnly {
      let drift = result.plan.drift.count
      return drift == 0 ? "no drift" : "\(drift) drifted"
    }
    return result.plan.isEmpty ? "no changes" : PlanCounts(result.plan).sentence
  }

  /// The digest by which all of it can be applied as it was reviewed.
  private func tellDigest(
    _ walk: StackWalk, _ opened: [OpenedStack], _ results: [PlanningResult?]
  ) {
    guard run.mode == .apply, run.readsWorkspace, results.allSatisfy({ $0?.isRefused == false })
    else { return }
    let plans = zip(opened, results).compactMap { each, result in
      each.session.flatMap { session in
        result.map { (each.stack.path, run.planFile($0, session.stack, in: walk.context)) }
      }
    }
    if let digest = RunReport.digest(of: plans) { walk.presenter.say("Digest: \(digest)\n") }
  }
}

extension ExitStatus {
  /// What it means for one of many stacks.
  var failed: String { "went wrong (exit code \(rawValue))" }
}
