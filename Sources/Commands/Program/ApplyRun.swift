internal import ApplyJournal
internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import Execution
internal import Manifests
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// An apply from its beginning to its end: load, lock, settle, plan, ask, do, prove.
struct ApplyRun {
  let common: CommonOptions
  let events: EventOptions
  let reports: ReportOptions
  let choice: EnvironmentChoice
  var options: ApplyOptions
  let mode: PlanMode
  let selection: SelectionOptions
  var replacing: [TargetAddress] = []
  var planFile: String?
  var expectedDigest: String?
  /// True to finish what the last run began.
  var isResuming = false
  /// True if what is warned of was read by somebody who then said yes.
  var hasAsked = false
  var context: CommandContext
  /// The signal that asked it to end, if one did since it may have something to give back.
  var heard = FirstSignal()
  /// What is told to reports; nil where none is asked for.
  var record: RunRecord?

  func run() async -> ExitStatus {
    await ReportedRun(
      command: mode == .destroy ? .destroy : .apply, requests: reports.requests,
      printsJSON: events.printsEvents, context: context
    ).run { context, record in
      var run = self
      run.context = context
      run.record = record
      return await run.present()
    }
  }

  private func present() async -> ExitStatus {
    var loader = StackLoader(context)
    let destination = events.destination(in: context, reporting: &loader.findings)
    var presenter = Presenter(
      context, common, events: destination, isConcise: events.isConcise,
      hasCompactWarnings: events.hasCompactWarnings, record: record)
    presenter.begin()
    return presenter.closed(
      await run(&loader, &presenter), eventFile: events.eventFile)
  }

  private func run(_ loader: inout StackLoader, _ presenter: inout Presenter) async -> ExitStatus {
    var saved: PlanFile?
    if let planFile {
      switch SavedPlan.read(planFile, in: context, folder: context.workingDirectory) {
      case .failure(let failure):
        return refused(failure.finding, presenter)
      case .success(let file): saved = file
      }
    }
    var session = await PlanningSession.open(
      &loader, from: common.folder(in: context), as: choice, access: .readAndWrite)
    session?.selection = selection.selection(in: context, reporting: &loader.findings)
    session?.replacing = Set(replacing)
    presenter.sources = loader.sources
    record?.loaded(loader)
    if let saved { record?.planned(saved) }
    presenter.show(loader.findings)
    guard var session, !loader.findings.hasErrors else { return ExitStatus(of: loader.findings) }
    if (saved?.plan.mode ?? mode) == .apply { session.commit = .of(session.stack, in: context) }
    let check = saved.map { [stack = session.stack] in SavedPlanCheck(saved: $0, stack: stack) }
    if let finding = check?.misfit() { return refused(finding, presenter) }
    if mode == .refreshOnly { return await look(session, presenter) }
    return await applyAlone(session, check, presenter)
  }

  /// There is no state that could be refreshed: what moved is told, and nothing is done.
  private func look(_ session: PlanningSession, _ presenter: Presenter) async -> ExitStatus {
    do {
      let result = session.plan(try await session.observe(presenter), mode: mode)
      record?.planned(planFile(for: result, session))
      presenter.show(result)
      return ExitStatus(of: result.findings)
    } catch {
      presenter.show(.backend(error, doing: "Reading the workspace"))
      return .failure
    }
  }

  /// Shows why nothing is done.
  private func refused(_ finding: Diagnostic, _ presenter: Presenter) -> ExitStatus {
    presenter.show(finding)
    return ExitStatus(of: finding)
  }

  // MARK: Planning

  func apply(
    _ base: PlanningSession, _ saved: SavedPlanCheck?, _ presenter: Presenter, hold: LeaseHold?
  ) async -> ExitStatus {
    var session = base
    let last = LastRun(
      of: session.stack.configuration.stack, in: session.stack.folder.ownFolder)
    if isResuming, let refusal = begin(&session, resuming: last, presenter) { return refusal }
    session.usual = last.usual
    let reading = await Interruptible.beforehand(context) { [session] in
      await read(session, after: last.history, presenter)
    }
    if let signal = reading.signal { return ended(by: signal, presenter) }
    let (ended, observed): ([StepID: OperationStatus], Snapshot)
    switch reading.result {
    case .success(let read)?: (ended, observed) = read
    case .failure(let failure)?:
      presenter.show(.backend(failure, doing: "Reading the workspace"))
      return .failure
    case nil: return .failure
    }
    session.rememberRemovals(of: last)
    for line in last.lines(seeing: observed.targets, ended) { presenter.note(line) }
    if let saved {
      return await applySaved(saved, session, observed, after: last, presenter, hold: hold)
    }

    let mode = session.approved?.mode ?? mode
    // Removing everything is no step back.
    if mode != .apply { session.commit = nil }
    let planned = session.plan(observed, mode: mode)
    let removal = LargeRemoval(planned, session, in: context)
    // The rest of a plan that was allowed once is allowed.
    let isRest = isResuming && removal.isOnlyObstacle && last.approves(planned.plan)
    let result =
      isRest || removal.isAllowed(by: options.allowedRemoval)
      ? session.plan(observed, mode: mode, allowsLargeRemoval: true) : planned
    let file = planFile(for: result, session)
    record?.planned(file)
    context.trace.within(.render) {
      presenter.show(result, operation: mode == .destroy ? "destroy" : "apply")
    }
    if result.isRefused {
      removal.showWay(presenter, insteadOf: options.allowedRemoval)
      return ExitStatus(of: result.findings)
    }
    if let expectedDigest, expectedDigest != file.digest {
      presenter.show(.digestDiffers(expectedDigest, file.digest))
      return .stalePlan
    }
    if result.plan.isEmpty { return await finishEmpty(result.plan, session, presenter) }
    let isApproved = isResuming && last.approves(result.plan)
    if let refusal = await refusal(
      ofOlderCommitIn: session, isAsked: !isApproved && asks, presenter)
    {
      return refusal
    }
    if isApproved {
      presenter.say("\nThis is the rest of a plan that was approved, so nobody is asked again.\n")
    } else {
      if let refusal = await approve(presenter) { return refusal }
    }
    return await execute(file, session, presenter, hold: hold)
  }

  /// Follows what the run before began, and reads the workspace.
  private func read(
    _ session: PlanningSession, after history: RunHistory, _ presenter: Presenter
  ) async -> Result<([StepID: OperationStatus], Snapshot), BackendFailure> {
    let ended = await session.followed(history, presenter, in: context)
    do throws(BackendFailure) {
      return .success((ended, try await session.settled(presenter, in: context)))
    } catch {
      return .failure(error)
    }
  }

  /// Tells which run is resumed, and keeps to what that one was to do.
  ///
  /// - Returns: nil if it goes on: the run can be resumed, or none is known that stopped.
  private func begin(
    _ session: inout PlanningSession, resuming last: LastRun, _ presenter: Presenter
  ) -> ExitStatus? {
    guard let run = last.history.unfinished?.run else {
      presenter.note("Nothing is known of an apply that stopped half-way.")
      return nil
    }
    guard let approved = last.approved else { return refused(.planGone(run), presenter) }
    presenter.note("Resuming the run \(run.visible).")
    session.approved = approved
    return nil
  }

  func planFile(for result: PlanningResult, _ session: PlanningSession) -> PlanFile {
    PlanFile(
      plan: result.plan, berthVersion: BerthVersion.text,
      timestamp: Timestamp.text(context.now()), isErrored: result.isRefused,
      commit: session.commit?.id,
      manifestsSHA256: session.stack.manifestsSHA256)
  }

  private func finishEmpty(
    _ plan: Plan, _ session: PlanningSession, _ presenter: Presenter
  ) async -> ExitStatus {
    if let failure = await noteCommit(of: session, presenter) { return failure }
    presenter.show(ApplyReport(outcomes: []), of: plan)
    return .success
  }

  // MARK: Saved plans

  /// A saved plan is the approval, and is done only if everything it relies on still holds.
  private func applySaved(
    _ check: SavedPlanCheck, _ session: PlanningSession, _ observed: Snapshot,
    after last: LastRun, _ presenter: Presenter, hold: LeaseHold?
  ) async -> ExitStatus {
    let saved = check.saved
    let plans: AppliedPlans
    do {
      plans = try AppliedPlans(in: session.stack.folder.ownFolder)
      if try plans.contains(check.key) {
        presenter.show(.planApplied())
        return .stalePlan
      }
    } catch {
      presenter.show(.unwritable(StackFolder.ownFolderName + "/applied-plans", error.reason))
      return .failure
    }
    if let finding = check.staleness(
      seeing: observed, stranded: session.stranded, canResume: last.approved != nil)
    {
      return refused(finding, presenter)
    }
    if let expectedDigest, expectedDigest != saved.digest {
      presenter.show(.digestDiffers(expectedDigest, saved.digest))
      return .stalePlan
    }
    if saved.plan.isEmpty { return await finishEmpty(saved.plan, session, presenter) }
    if let refusal = await refusal(ofOlderCommitIn: session, isAsked: hasAsked, presenter) {
      return refusal
    }
    return await execute(saved, session, presenter, hold: hold) { run throws(FileFailure) in
      try plans.add(check.key, run: run)
    }
  }

  // MARK: Asking

  /// True if somebody is asked before anything is done.
  var asks: Bool {
    !options.isApproved && common.mayAsk(in: context) && !events.printsEvents
  }

  /// Asks about what was shown; nil if the answer is yes, or nobody need be asked.
  func approve(_ presenter: Presenter) async -> ExitStatus? {
    if options.isApproved { return nil }
    guard asks else {
      presenter.show(.notApproved())
      return .failure
    }
    let question =
      mode == .destroy
      ? """

      Do you really want to destroy all resources?
        Berth will destroy everything shown above.
        There is no undo. Only 'yes' will be accepted to confirm.

        Enter a value: \

      """
      : """

      Do you want to perform these actions?
        Berth will perform the actions described above.
        Only 'yes' will be accepted to approve.

        Enter a value: \

      """
    let answer = await context.trace.awaiting(.ask) { await Question.ask(question, in: context) }
    if case .yes = answer { return nil }
    presenter.say((mode == .destroy ? "Destroy" : "Apply") + " cancelled.\n")
    if case .signal(let signal) = answer { return signal.exitStatus }
    return .failure
  }
}
