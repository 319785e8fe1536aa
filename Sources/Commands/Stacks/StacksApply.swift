internal import ApplyJournal
internal import BackendInterface
internal import Diagnostics
internal import EmbeddedBackend
internal import Manifests
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// An apply of many stacks: all plans first, one question, then what the plans say.
///
/// Nothing is applied while one of the stacks can't be planned or a rule refuses it. Each plan is then
/// done as a saved plan is: only if everything it relies on still holds when the stack's turn comes.
struct StacksApply {
  let run: ApplyRun
  let many: ManyStacksOptions

  private var context: CommandContext { run.context }

  func run() async -> ExitStatus {
    await ReportedRun(
      command: .apply, requests: run.reports.requests, printsJSON: run.events.printsEvents,
      context: run.context
    ).run { context, record in
      var run = run
      run.context = context
      run.record = record
      return await StacksApply(run: run, many: many).apply()
    }
  }

  private func apply() async -> ExitStatus {
    let width = min(run.options.parallelism, context.processorCount())
    return await StackWalk.through(
      many, run.common, run.choice, run.events, width: width, record: run.record, in: context
    ) { stacks, walk in await apply(stacks, walk) }
  }

  private func apply(_ stacks: [StackOfWalk], _ walk: StackWalk) async -> ExitStatus {
    let opened = await sideBySide(stacks, atOnce: walk.width) { [run] in await open($0, run) }
    let plans = await PlansOfStacks(opened, atOnce: walk.width, mode: .apply) {
      [context, allowed = run.options.allowedRemoval] session, observed in
      let planned = session.plan(observed, mode: .apply)
      let removal = LargeRemoval(planned, session, in: context)
      return removal.isAllowed(by: allowed)
        ? session.plan(observed, mode: .apply, allowsLargeRemoval: true) : planned
    }
    var planned: [PlannedStack] = []
    var statuses: [ExitStatus] = []
    for (each, result) in zip(opened, plans.results) {
      let (stack, status) = await show(each, result)
      if let stack { planned.append(stack) }
      statuses.append(status)
      walk.print(each.stack)
    }
    let counts = PlanCounts(planned.flatMap(\.file.plan.changes).map(\.action))
    walk.tellResults(
      stacks,
      zip(plans.results, statuses).map { result, status in
        guard status == .success, let result else { return status.failed }
        return result.plan.isEmpty ? "no changes" : PlanCounts(result.plan).sentence
      })
    walk.tellSkipped()
    walk.presenter.total(counts, operation: "plan", "Plan for all stacks: \(counts.sentence)")
    if let refusal = await refusal(planned, statuses, counts, walk) {
      for (stack, status) in zip(stacks, statuses) {
        stack.record?.ended(status == .success ? refusal : status)
      }
      return refusal
    }
    return await StacksExecution(run: run, walk: walk, waitsFor: plans.waitsFor).run(planned)
  }

  /// Why nothing is applied; nil if all of it may be.
  private func refusal(
    _ planned: [PlannedStack], _ statuses: [ExitStatus], _ counts: PlanCounts, _ walk: StackWalk
  ) async -> ExitStatus? {
    let worst = ExitStatus.worst(of: statuses)
    if worst != .success {
      let count = statuses.count { $0 != .success }
      walk.presenter.note(
        "Nothing was applied: \(count) of \(statuses.count) stacks can't be planned.")
      return worst
    }
    let digest = RunReport.digest(of: planned.map { ($0.opened.stack.path, $0.file) })
    if let expected = run.expectedDigest, let digest, expected != digest {
      walk.presenter.show(.digestDiffers(expected, digest))
      return .stalePlan
    }
    if planned.allSatisfy(\.file.plan.isEmpty) { return nil }
    return await run.approve(walk.presenter)
  }

  private func show(
    _ opened: OpenedStack, _ result: PlanningResult?
  ) async -> (PlannedStack?, ExitStatus) {
    guard let session = opened.session, let result else { return (nil, opened.status) }
    let presenter = opened.stack.presenter
    let file = run.planFile(for: result, session)
    opened.stack.record?.planned(file)
    presenter.show(result, operation: "apply")
    if result.isRefused {
      LargeRemoval(result, session, in: opened.stack.context)
        .showWay(presenter, insteadOf: run.options.allowedRemoval)
      return (nil, ExitStatus(of: result.findings))
    }
    if let refusal = await run.refusal(ofOlderCommitIn: session, isAsked: run.asks, presenter) {
      return (nil, refusal)
    }
    return (PlannedStack(opened: opened, session: session, file: file), .success)
  }
}

/// One of many stacks with the plan that is to be done.
struct PlannedStack: Sendable {
  let opened: OpenedStack
  let session: PlanningSession
  let file: PlanFile
}

/// Reads a stack and what its workspace has, once the service is done with what an earlier apply
/// began.
private func open(_ stack: StackOfWalk, _ run: ApplyRun) async -> OpenedStack {
  var opened = await OpenedStack.open(stack, as: run.choice, access: .readAndWrite)
  guard var session = opened.session else { return opened }
  let presenter = opened.stack.presenter
  session.commit = .of(session.stack, in: stack.context)
  let last = LastRun(of: session.stack.configuration.stack, in: session.stack.folder.ownFolder)
  let ended = await session.followed(last.history, presenter, in: stack.context)
  do {
    let observed = try await session.settled(presenter, in: stack.context)
    session.rememberRemovals(of: last)
    for line in last.lines(seeing: observed.targets, ended) { presenter.note(line) }
    opened.observed = observed
  } catch {
    presenter.show(.backend(error, doing: "Reading the workspace"))
    opened.status = .failure
  }
  opened.session = session
  return opened
}
