internal import Diagnostics
internal import Manifests
internal import Planning
internal import Reporting
internal import TargetModel

/// From the approval of many plans to the proofs.
///
/// What happens is told while it does, each line with its stack. Stacks of one workspace take turns,
/// since an apply holds the workspace's lock; a stack that takes over what another one lets go comes
/// after it.
struct StacksExecution {
  let run: ApplyRun
  let walk: StackWalk
  let waitsFor: [Set<Int>]

  /// - Parameter planned: all stacks, in the order of `waitsFor`.
  func run(_ planned: [PlannedStack]) async -> ExitStatus {
    // A stack that heard nothing since it waited for its turn, or planned, must not begin.
    await Interruptible.throughout(walk.context) { signals, first in
      let statuses = await execute(planned, signals: signals) { first.signal != nil }
      tell(planned, statuses)
      let worst = ExitStatus.worst(of: statuses.compactMap { $0 })
      if let signal = first.signal { return signal.exitStatus }
      return statuses.contains(nil) ? .worst(of: [worst, .partlyApplied]) : worst
    }
  }

  /// How each stack ended; nil for one that did not begin.
  private func execute(
    _ planned: [PlannedStack], signals: SignalSource, isStopped: @escaping @Sendable () -> Bool
  ) async -> [ExitStatus?] {
    var turns = StackTurns(
      waitsFor,
      workspaces: planned.map { $0.session.stack.configuration.workspace.resourceID.lowercased() },
      width: walk.width)
    var run = run
    // Stacks side by side share what one apply may have.
    run.options.parallelism = max(
      1, run.options.parallelism / max(1, min(walk.width, planned.count)))
    return await withTaskGroup(of: (Int, ExitStatus).self) { [run] group in
      var statuses: [ExitStatus?] = planned.map { _ in nil }
      while true {
        while !isStopped(), let next = turns.begin() {
          group.addTask { (next, await apply(planned[next], run, signals)) }
        }
        guard let (index, status) = await group.next() else { break }
        statuses[index] = status
        planned[index].opened.stack.record?.ended(status)
        turns.end(index, well: status == .success)
      }
      return statuses
    }
  }

  private func apply(
    _ planned: PlannedStack, _ run: ApplyRun, _ signals: SignalSource
  ) async -> ExitStatus {
    let stack = planned.opened.stack
    let isText = !run.events.printsEvents
    let output = NamedLines(stack.name.visible, to: walk.context.output)
    let messages = NamedLines(stack.name.visible, to: walk.context.messages)
    var run = run
    run.context = stack.context
    run.context.output = isText ? output.console : walk.context.output
    run.context.messages = messages.console
    run.context.signals = signals
    run.context.leaveAtOnce = walk.context.leaveAtOnce
    run.record = stack.record
    run.hasAsked = run.asks
    // That one was for all plans together.
    run.expectedDigest = nil
    // Nothing is said of a stack in which nothing happens.
    let transcript = Transcript()
    if planned.file.plan.isEmpty, isText { run.context.output = transcript.output }
    var presenter = Presenter(
      run.context, walk.common.asOn(walk.context), events: walk.destination,
      isConcise: walk.isConcise, hasCompactWarnings: walk.hasCompactWarnings,
      record: stack.record)
    presenter.stack = stack.name
    presenter.sources = planned.opened.stack.presenter.sources
    let status = await run.carryOut(planned.file, planned.session, presenter)
    output.close()
    messages.close()
    return status
  }

  private func tell(_ planned: [PlannedStack], _ statuses: [ExitStatus?]) {
    let words = zip(planned, statuses).map { stack, status in
      guard let status else { return "not begun" }
      if status != .success { return status.failed }
      return stack.file.plan.isEmpty ? "nothing to do" : "applied"
    }
    walk.tellResults(planned.map(\.opened.stack), words)
    let done = zip(planned, statuses).filter { $0.1 == .success }.map(\.0)
    let counts = PlanCounts(done.flatMap(\.file.plan.changes).map(\.action))
    let isComplete = statuses.allSatisfy { $0 == .success }
    walk.presenter.total(
      counts, operation: "apply",
      isComplete
        ? "Apply complete! Resources: \(counts.doneSentence)"
        : "Applied in part, in \(done.count) of \(planned.count) stacks: \(counts.doneSentence)")
  }
}
