internal import BackendInterface
internal import Diagnostics
internal import Execution
internal import Manifests
internal import Planning
internal import Reporting
internal import TargetModel

/// What an apply does under a lock, from its first word to the end.
extension ApplyRun {
  private static let lockIsLocal = """
    Only applies of this folder are kept apart by the lock: the workspace has no lock that runners \
    elsewhere can see. 'lock' in berth.yaml names one.
    """

  private static func takesOver(_ settling: Duration) -> String {
    """
    The run before this one did not give the lock back. Nothing is done for \
    \(settling.components.seconds) s, until what it did last can be seen.
    """
  }

  /// Does a plan that was made just now and approved, if everything it relies on still holds.
  func carryOut(
    _ file: PlanFile, _ session: PlanningSession, _ presenter: Presenter
  ) async -> ExitStatus {
    await applyAlone(session, SavedPlanCheck(saved: file, stack: session.stack), presenter)
  }

  /// Applies while it holds the lease on the workspace, which it may share with other stacks, since
  /// two of them may want one resource at once (reliability.md F18).
  func applyAlone(
    _ session: PlanningSession, _ saved: SavedPlanCheck?, _ presenter: Presenter
  ) async -> ExitStatus {
    guard options.lock.takesLock else {
      return await listening(presenter) { await $0.apply(session, saved, $1, hold: nil) }
    }
    let lock = WorkspaceLock(
      store: session.workspace.leases(), clock: context.clock,
      times: session.workspace.leaseTimes, now: context.now, randomBytes: context.randomBytes)
    let holder = LeaseHolder(
      path: session.stack.configuration.stack,
      operation: mode == .destroy ? "destroy" : "apply", who: context.who(),
      version: BerthVersion.text, createdAt: context.now(),
      info: PipelineLink.link(context.environment))
    presenter.lockAcquire()
    if !session.workspace.leaseIsShared { presenter.note(Self.lockIsLocal) }
    do throws(BackendFailure) {
      let attempt = try await presenter.during(.lock, "Waiting for the lock") {
        () async throws(BackendFailure) in
        try await lock.acquire(for: holder, timeout: options.lock.timeout) {
          presenter.say("Acquiring lock. This may take a few moments...\n")
        }
      }
      switch attempt {
      case .held(let record):
        presenter.show(.locked(record, now: context.now()))
        return .locked
      case .granted(let hold):
        if hold.settling > .zero { presenter.note(Self.takesOver(hold.settling)) }
        var fenced = session
        fenced.workspace = session.workspace.fenced(by: hold.lease)
        let status = await listening(presenter) { [fenced] run, presenter in
          await lock.hold(hold, settle: run.settle) {
            await run.apply(fenced, saved, presenter, hold: hold)
          }
        }
        presenter.lockRelease()
        return status
      }
    } catch {
      presenter.show(.backend(error, doing: "Taking the lock"))
      return .failure
    }
  }

  /// From now on there is a lock to give back and an end to tell, so that a signal ends nothing by
  /// itself.
  private func listening(
    _ presenter: Presenter, _ body: (ApplyRun, Presenter) async -> ExitStatus
  ) async -> ExitStatus {
    await Interruptible.throughout(context) { signals, heard in
      var (run, presenter) = (self, presenter)
      run.context.signals = signals
      run.heard = heard
      presenter.leavesWhileReading = false
      return await body(run, presenter)
    }
  }

  /// Waits until what a run before this one did can be seen, or until this one is asked to end.
  private func settle(_ time: Duration) async {
    _ = await Interruptible.beforehand(context) { [context] in
      try? await context.clock.sleep(for: time)
    }
  }

  /// The end of a run that was asked to end and began nothing.
  func ended(by signal: SignalSource.Signal, _ presenter: Presenter) -> ExitStatus {
    presenter.note("Interrupt received. Nothing was begun.")
    return signal.exitStatus
  }
}
