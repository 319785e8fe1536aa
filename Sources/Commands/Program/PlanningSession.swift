internal import ApplyJournal
internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import Execution
internal import Logs
internal import Manifests
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// A stack, its workspace and what is desired: everything a plan is made from.
struct PlanningSession: Sendable {
  let stack: LoadedStack
  var workspace: StackWorkspace
  /// The targets with the fingerprints of their secrets.
  let desired: [ComputeTarget]
  /// The commit of the manifests, where that matters and is known.
  var commit: SourceCommit?
  /// Which targets it is about.
  var selection = TargetSelection.everything
  /// Targets that are to be replaced although nothing demands it.
  var replacing: Set<TargetAddress> = []
  /// The names of targets that an earlier apply took away.
  var stranded: Set<String> = []
  /// Those of them that were deleted.
  var deleted: Set<String> = []
  /// What other workspaces of the run hold and keep of what it is about.
  var elsewhere: [Snapshot] = []
  /// How long steps took in earlier applies.
  var usual = UsualDurations()
  /// The plan that is resumed; nothing is planned but for that.
  var approved: Plan?
  /// Follows the run.
  var trace = RunTrace.off
  /// Gives back memory in which the program itself is.
  var giveProgramBack: @Sendable () -> Void = {}

  /// Loads a stack and opens its workspace.
  ///
  /// Nil, with findings, if that is not possible.
  static func open(
    _ loader: inout StackLoader, from folder: String, as choice: EnvironmentChoice,
    access: EmbeddedWorkspace.Access
  ) async -> PlanningSession? {
    let context = loader.context
    guard loader.load(from: folder, as: choice, secrets: .resolve) != nil,
      !loader.findings.hasErrors, let stack = loader.letGoOfTexts()
    else { return nil }
    guard
      let workspace = await context.trace.awaiting(
        .openWorkspace,
        {
          await stack.openWorkspace(for: access, in: context, reporting: &loader.findings)
        })
    else { return nil }
    let desired = context.trace.within(.fingerprint) {
      stack.fingerprinted(
        mayWrite: access == .readAndWrite, in: context, reporting: &loader.findings)
    }
    guard !loader.findings.hasErrors else { return nil }
    context.giveProgramBack()
    var session = PlanningSession(stack: stack, workspace: workspace, desired: desired)
    session.trace = context.trace
    session.giveProgramBack = context.giveProgramBack
    return session
  }

  /// How long an apply of the stack waits, and when it gives up.
  var limits: ApplyLimits { workspace.limits(stack.configuration.deadlines) }

  /// Reads the workspace.
  func observe() async throws(BackendFailure) -> Snapshot {
    snapshot(try await workspace.list())
  }

  /// Reads the workspace, and tells programs so.
  func observe(_ presenter: Presenter) async throws(BackendFailure) -> Snapshot {
    presenter.refreshStart(desired.map(\.address))
    let observed = try await presenter.during(.readWorkspace, "Reading the workspace") {
      () async throws(BackendFailure) in try await observe()
    }
    presenter.refreshComplete(told(observed))
    return observed
  }

  /// Tells for how long the service's limits held a command back that only reads.
  func tellThrottling(_ presenter: Presenter) async {
    if let sentence = ApplyText.throttling(await workspace.throttled) { presenter.note(sentence) }
  }

  /// Reads the workspace once the service is done with what this stack is about.
  func settled(
    _ presenter: Presenter, in context: CommandContext
  ) async throws(BackendFailure) -> Snapshot {
    presenter.refreshStart(desired.map(\.address))
    let reader = reader(in: context)
    let targets = try await presenter.during(.readWorkspace, "Reading the workspace") {
      () async throws(BackendFailure) in
      try await reader.settle(stack: stack.configuration.stack, desired: desired) {
        presenter.show($0)
      }
    }
    let observed = snapshot(targets)
    presenter.refreshComplete(told(observed))
    return observed
  }

  /// Sees the operations of an earlier run to their end, and tells how they did.
  func followed(
    _ history: RunHistory, _ presenter: Presenter, in context: CommandContext
  ) async -> [StepID: OperationStatus] {
    await presenter.during(.readWorkspace, "Asking for operations of the last run") {
      await reader(in: context).follow(history) { presenter.show($0) }
    }
  }

  /// An executor that only reads.
  private func reader(in context: CommandContext) -> Executor {
    Executor(
      backend: workspace, journal: NoJournal(), clock: context.clock, now: context.now,
      limits: limits, seed: 0)
  }

  /// A workspace that nobody looked at.
  var unread: Snapshot { snapshot([]) }

  private func snapshot(_ targets: [ObservedTarget]) -> Snapshot {
    Snapshot(workspace: stack.configuration.workspace, targets: targets)
  }

  /// The live targets that have a document, or that the stack owns.
  private func told(_ observed: Snapshot) -> [TargetAddress] {
    let wanted = Set(desired.map(\.address.nameKey))
    return observed.targets.filter {
      wanted.contains($0.address.nameKey) || $0.marks.stack == stack.configuration.stack
    }.map(\.address).sorted()
  }

  /// Notes what earlier runs took away, once the workspace was read.
  ///
  /// A run that was unlocked by force goes on for some seconds: what is missing from the list stands
  /// in a journal that was read before it, or in one that is read after it.
  mutating func rememberRemovals(of last: LastRun) {
    var history = last.historyNow(in: stack.folder.ownFolder)
    history.keepRemovals(of: last.history)
    (stranded, deleted) = (history.stranded, history.deleted)
  }

  /// Plans from what was observed.
  ///
  /// - Parameter allowsLargeRemoval: true if this one plan may take away more than the limits say.
  func plan(
    _ observed: Snapshot, mode: PlanMode, allowsLargeRemoval: Bool = false
  ) -> PlanningResult {
    var request = PlanningRequest(
      stack: stack.configuration.stack, desired: desired, observed: observed, mode: mode,
      catalog: .azureML, blastRadius: stack.configuration.blastRadius,
      allowsLargeRemoval: allowsLargeRemoval)
    request.selection = selection
    request.replacing = replacing
    request.stranded = stranded
    request.elsewhere = elsewhere
    if let approved { request.keep(to: approved) }
    giveProgramBack()
    let result = trace.within(.plan) { [request] in makePlan(request) }
    giveProgramBack()
    trace.log.tell(
      .info, "planned",
      [
        .number("changes", result.plan.changes.count), .number("steps", result.plan.steps.count),
        .number("drift", result.plan.drift.count),
        .word("refused", result.isRefused ? "true" : "false"),
      ])
    return result
  }
}
