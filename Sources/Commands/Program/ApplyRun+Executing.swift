internal import ApplyJournal
internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import Digests
internal import EmbeddedBackend
internal import Execution
internal import Logs
internal import Manifests
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// From the approval to the proof.
extension ApplyRun {
  /// - Parameters:
  ///   - file: the plan; it is done as it stands.
  ///   - hold: the lease; nil where none is asked for.
  ///   - usingUp: remembers that a saved plan was used.
  func execute(
    _ file: PlanFile, _ session: PlanningSession, _ presenter: Presenter,
    hold: LeaseHold?, usingUp: (_ run: String) throws(FileFailure) -> Void = { _ in }
  ) async -> ExitStatus {
    if let signal = heard.signal { return ended(by: signal, presenter) }
    let run = runName()
    let folder = LastRun.journals(in: session.stack.folder.ownFolder)
    let journal: JournalFile
    let digest: String
    do {
      try AtomicFile.makeFolder(session.stack.folder.ownFolder, permissions: 0o700)
      journal = try JournalFile(run + ".jsonl", in: folder)
      digest = try LastRun.keep(file, of: run, in: folder)
      // Used up before its first effect: a plan that was begun is never begun again.
      try usingUp(run)
    } catch {
      presenter.show(.unwritable(StackFolder.ownFolderName + "/journals", error.reason))
      return .failure
    }
    if let failure = await noteCommit(of: session, presenter) { return failure }
    let workspace = session.workspace
    let backend: any Backend = if let hold { workspace.held(by: hold) } else { workspace }
    let executor = Executor(
      backend: backend, journal: journal, clock: context.clock, now: context.now,
      limits: session.limits,
      seed: context.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) })
    var request = ApplyRequest(
      plan: file.plan, desired: session.desired, catalog: .azureML,
      parallelism: options.parallelism, run: run, planDigest: digest)
    (request.freedNames, request.deletedNames) = (session.stranded, session.deleted)
    presenter.say("\n")
    let lost = hold?.lost ?? AsyncStream { _ in }
    let log = context.trace.log
    let ending = await presenter.applying(
      file.plan, usual: session.usual, parallelism: options.parallelism
    ) {
      await Interruptible.run(context, interrupted: presenter.interrupted, lost: lost) {
        [request] interrupts in
        await executor.run(request, interrupts: interrupts) { event in
          log.tell(event)
          presenter.show(event)
        }
      }
    }
    return await finish(ending, file.plan, session, presenter)
  }

  private func finish(
    _ ending: Interruptible.Ending<ApplyReport>, _ plan: Plan, _ session: PlanningSession,
    _ presenter: Presenter
  ) async -> ExitStatus {
    let report = ending.result
    var status = report.isComplete ? await prove(plan, session, presenter) : .partlyApplied
    // The first one may have come while it was read back.
    let signal = ending.signal ?? heard.signal
    if ending.lostLock || report.lostLock {
      presenter.show(.lockLost(status == .success ? .warning : .error))
    }
    presenter.show(
      report, of: plan, isProven: !report.isComplete || status == .success,
      throttled: await session.workspace.throttled)
    if !report.isComplete, !report.didAnything {
      status = ending.lostLock || report.lostLock ? .locked : .failure
    }
    if let reason = report.journalFailure {
      presenter.show(.journalIncomplete(reason))
      status = status.orFailure
    }
    return signal?.exitStatus ?? status
  }

  private func runName() -> String {
    let time = Timestamp.text(context.now()).prefix(19).filter(\.isNumber)
    return "\(time)-\(hexadecimal(context.randomBytes(3)))"
  }

  /// Plans again for the targets that were touched: done is what needs nothing more.
  private func prove(
    _ plan: Plan, _ session: PlanningSession, _ presenter: Presenter
  ) async -> ExitStatus {
    let touched = Set(plan.changes.map(\.address.nameKey))
    // What was asked for once is done, and a selection is no part of the proof.
    var whole = session
    whole.selection = .everything
    whole.approved = nil
    whole.replacing = []
    let reading = await Interruptible.beforehand(context) { [whole] in
      await Self.readBack(whole, presenter)
    }
    switch reading.result {
    case .success(let observed)?:
      let again = whole.plan(observed, mode: plan.mode).plan
      let left = again.changes.filter { touched.contains($0.address.nameKey) }
      if left.isEmpty { return .success }
      presenter.show(.notConverged(left))
    case .failure(let failure)?: presenter.show(.notVerified(failure))
    case nil: presenter.note("Interrupt received. What was done was not read back.")
    }
    return .partlyApplied
  }

  private static func readBack(
    _ session: PlanningSession, _ presenter: Presenter
  ) async -> Result<Snapshot, BackendFailure> {
    do throws(BackendFailure) {
      return .success(
        try await presenter.during(.verify, "Reading back what was done") {
          () async throws(BackendFailure) in try await session.observe()
        })
    } catch {
      return .failure(error)
    }
  }
}

extension ApplyReport {
  /// True if the workspace refused a write because the lease was over.
  fileprivate var lostLock: Bool {
    outcomes.contains { _, outcome in
      if case .failed(let failure) = outcome {
        failure.code == BackendFailure.leaseLostCode
      } else {
        false
      }
    }
  }
}

/// For reading before anything is written.
struct NoJournal: JournalWriting {
  func append(_ entry: JournalEntry) {}
  func sync() {}
}
