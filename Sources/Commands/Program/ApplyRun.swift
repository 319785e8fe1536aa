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
  let choice: EnvironmentChoice
  let options: ApplyOptions
  let mode: PlanMode
  let planFile: String?
  let expectedDigest: String?
  let context: CommandContext

  func run() async -> ExitStatus {
    var loader = StackLoader(context)
    let destination = events.destination(in: context, reporting: &loader.findings)
    var presenter = Presenter(
      context, common, events: destination, isConcise: options.concise,
      hasCompactWarnings: events.hasCompactWarnings)
    presenter.begin()
    return presenter.closed(
      await run(&loader, &presenter), eventFile: events.eventFile)
  }

  private func run(_ loader: inout StackLoader, _ presenter: inout Presenter) async -> ExitStatus {
    var saved: PlanFile?
    if let planFile {
      switch SavedPlan.read(planFile, in: context, folder: context.workingDirectory) {
      case .failure(let failure):
        presenter.show(failure.finding)
        return ExitStatus(of: failure.finding)
      case .success(let file): saved = file
      }
    }
    let session = PlanningSession.open(
      &loader, from: common.folder(in: context), as: choice, access: .readAndWrite)
    presenter.sources = loader.sources
    presenter.show(loader.findings)
    guard let session, !loader.findings.hasErrors else { return ExitStatus(of: loader.findings) }
    return await applyAlone(session, saved, presenter)
  }

  /// Applies while it holds the locks: the stack's, and that of a workspace which it shares with
  /// others, since two stacks may want one resource at once (reliability.md F18).
  private func applyAlone(
    _ session: PlanningSession, _ saved: PlanFile?, _ presenter: Presenter
  ) async -> ExitStatus {
    let holder = lockLines(session)
    return await holding("of this stack", StackFolder.ownFolderName + "/apply.lock", presenter) {
      () throws(ApplyLock.Failure) in
      try ApplyLock(in: session.stack.folder.ownFolder, holder: holder)
    } whileHeld: {
      guard let store = session.stack.configuration.backend.store else {
        return await apply(session, saved, presenter)
      }
      return await holding("in this workspace", store + ".lock", presenter) {
        () throws(ApplyLock.Failure) in
        try ApplyLock(beside: session.stack.storePath, holder: holder)
      } whileHeld: {
        await apply(session, saved, presenter)
      }
    }
  }

  private func holding(
    _ whose: String, _ file: String, _ presenter: Presenter,
    _ take: () throws(ApplyLock.Failure) -> ApplyLock, whileHeld body: () async -> ExitStatus
  ) async -> ExitStatus {
    do throws(ApplyLock.Failure) {
      let lock = try take()
      let status = await body()
      withExtendedLifetime(lock) {}
      return status
    } catch {
      switch error {
      case .busy(let busy):
        presenter.show(.locked(whose, busy.holder))
        return .locked
      case .file(let failure):
        presenter.show(.unwritable(file, failure.reason))
        return .failure
      }
    }
  }

  private func lockLines(_ session: PlanningSession) -> [String] {
    [
      "Path:      \(session.stack.configuration.stack)",
      "Operation: \(mode == .destroy ? "destroy" : "apply")", "Who:       \(context.who)",
      "Version:   \(BerthVersion.text)",
      "Created:   \(Timestamp.text(context.now()).prefix(19).replacing("T", with: " ")) UTC",
    ]
  }

  // MARK: Planning

  private func apply(
    _ session: PlanningSession, _ saved: PlanFile?, _ presenter: Presenter
  ) async -> ExitStatus {
    let executor = Executor(
      backend: session.workspace, journal: NoJournal(), clock: context.clock, now: context.now,
      seed: 0)
    let observed: Snapshot
    do {
      observed = Snapshot(
        workspace: session.stack.configuration.workspace,
        targets: try await executor.settle(
          stack: session.stack.configuration.stack, desired: session.desired
        ) { presenter.show($0) })
    } catch {
      presenter.show(.backend(error, doing: "Reading the workspace"))
      return .failure
    }
    if let saved { return await applySaved(saved, session, observed, presenter) }

    let planned = session.plan(observed, mode: mode)
    let removal = LargeRemoval(planned, session, in: context)
    let result =
      removal.isAllowed(by: options.allowedRemoval)
      ? session.plan(observed, mode: mode, allowsLargeRemoval: true) : planned
    presenter.show(result, operation: mode == .destroy ? "destroy" : "apply")
    if result.isRefused {
      removal.showWay(presenter)
      return ExitStatus(of: result.findings)
    }
    let file = planFile(for: result.plan, session)
    if let expectedDigest, expectedDigest != file.digest {
      presenter.show(.digestDiffers(expectedDigest, file.digest))
      return .stalePlan
    }
    if result.plan.isEmpty { return finishEmpty(result.plan, presenter) }
    guard approve(result.plan, presenter) else { return .failure }
    return await execute(result.plan, digest: file.digest, session, presenter)
  }

  private func planFile(for plan: Plan, _ session: PlanningSession) -> PlanFile {
    PlanFile(
      plan: plan, berthVersion: BerthVersion.text, timestamp: Timestamp.text(context.now()),
      isErrored: false, manifestsSHA256: session.stack.manifestsSHA256)
  }

  private func finishEmpty(_ plan: Plan, _ presenter: Presenter) -> ExitStatus {
    presenter.show(ApplyReport(outcomes: []), of: plan)
    return .success
  }

  // MARK: Saved plans

  /// A saved plan is the approval, and is done only if everything it relies on still holds.
  private func applySaved(
    _ saved: PlanFile, _ session: PlanningSession, _ observed: Snapshot, _ presenter: Presenter
  ) async -> ExitStatus {
    if let finding = staleness(of: saved, session, observed) {
      presenter.show(finding)
      return ExitStatus(of: finding)
    }
    if let expectedDigest, expectedDigest != saved.digest {
      presenter.show(.digestDiffers(expectedDigest, saved.digest))
      return .stalePlan
    }
    if saved.plan.isEmpty { return finishEmpty(saved.plan, presenter) }
    return await execute(saved.plan, digest: saved.digest, session, presenter)
  }

  private func staleness(
    of saved: PlanFile, _ session: PlanningSession, _ observed: Snapshot
  ) -> Diagnostic? {
    let configuration = session.stack.configuration
    if saved.plan.stack != configuration.stack || saved.plan.workspace != configuration.workspace {
      return .planOfOtherStack(saved.plan, configuration.stack, configuration.workspace)
    }
    if saved.isErrored { return .planErrored() }
    if saved.plan.mode == .refreshOnly { return .planLooksOnly() }
    if saved.manifestsSHA256 != session.stack.manifestsSHA256 { return .manifestsMoved() }
    let live = Dictionary(
      observed.targets.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    for change in saved.plan.changes {
      let target = live[change.address.nameKey]
      let isOther = target.map { $0.kind != change.address.kind } ?? false
      let now = isOther ? nil : target?.fingerprint(in: .azureML)
      if now != change.precondition { return .planStale(change, isThere: target != nil) }
    }
    return nil
  }

  // MARK: Asking

  private func approve(_ plan: Plan, _ presenter: Presenter) -> Bool {
    if options.isApproved { return true }
    guard common.mayAsk(in: context), !events.printsEvents else {
      presenter.show(.notApproved())
      return false
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
    context.messages.write(question)
    let answer = context.readLine()
    context.messages.writeLine()
    if answer == "yes" { return true }
    presenter.say((mode == .destroy ? "Destroy" : "Apply") + " cancelled.\n")
    return false
  }

  // MARK: Doing

  private func execute(
    _ plan: Plan, digest: String, _ session: PlanningSession, _ presenter: Presenter
  ) async -> ExitStatus {
    let run = runName()
    let journal: JournalFile
    do {
      journal = try JournalFile(
        run + ".jsonl", in: session.stack.folder.ownFolder + "/journals")
    } catch {
      presenter.show(.unwritable(StackFolder.ownFolderName + "/journals", error.reason))
      return .failure
    }
    let executor = Executor(
      backend: session.workspace, journal: journal, clock: context.clock, now: context.now,
      seed: context.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) })
    let request = ApplyRequest(
      plan: plan, desired: session.desired, catalog: .azureML, parallelism: options.parallelism,
      run: run, planDigest: digest)
    presenter.say("\n")
    let (report, signal) = await Interruptible.run(context, presenter) { interrupts in
      await executor.run(request, interrupts: interrupts) { presenter.show($0) }
    }
    var status = report.isComplete ? await prove(plan, session, presenter) : .partlyApplied
    presenter.show(report, of: plan, isProven: !report.isComplete || status == .success)
    if !report.isComplete, !report.didAnything { status = .failure }
    return signal?.exitStatus ?? status
  }

  private func runName() -> String {
    let time = Timestamp.text(context.now()).prefix(19).filter(\.isNumber)
    let suffix = context.randomBytes(3).map { String($0, radix: 16) }.joined()
    return "\(time)-\(suffix)"
  }

  /// Plans again for the targets that were touched: done is what needs nothing more.
  private func prove(
    _ plan: Plan, _ session: PlanningSession, _ presenter: Presenter
  ) async -> ExitStatus {
    let touched = Set(plan.changes.map(\.address.nameKey))
    do {
      let observed = try await session.observe()
      let again = session.plan(observed, mode: plan.mode).plan
      let left = again.changes.filter { touched.contains($0.address.nameKey) }
      if left.isEmpty { return .success }
      presenter.show(.notConverged(left))
    } catch {
      presenter.show(.notVerified(error))
    }
    return .partlyApplied
  }
}

/// For reading before anything is written.
private struct NoJournal: JournalWriting {
  func append(_ entry: JournalEntry) {}
}
