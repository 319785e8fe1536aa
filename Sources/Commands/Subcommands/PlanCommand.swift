internal import ArgumentParser
internal import Diagnostics
internal import EmbeddedBackend
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// The command `berth plan`.
struct PlanCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what would change; change nothing.",
    usage: "berth plan [<options>]",
    discussion: """
      Example:
        berth plan --out plan.json --detailed-exitcode
        berth plan --changed-since origin/main

      Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), 3 refused
      by a safety rule or by --fail-on.
      """,
    aliases: ["preview", "diff"])

  @OptionGroup var common: CommonOptions
  @OptionGroup var many: ManyStacksOptions
  @OptionGroup var stackParallelism: StackParallelism
  @OptionGroup var events: EventOptions
  @OptionGroup var reuse: ReuseOptions
  @OptionGroup var reports: ReportOptions

  @Option(
    name: .long, help: ArgumentHelp("Save the plan, to be applied as it is.", valueName: "file"))
  var out: String?

  @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 if there are changes.")
  var hasDetailedExitCode = false

  @OptionGroup var failOn: FailOnOptions

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var replace: ReplaceOptions

  @Option(
    name: .customLong("refresh"),
    help: ArgumentHelp(
      "false: do not read the workspace. Such a plan can't be applied.", valueName: "bool"))
  var readsWorkspace = true

  @Option(
    name: .customLong("generate-config-out"),
    help: ArgumentHelp(
      "Write manifests for live targets that have none to this file, which must not exist.",
      valueName: "file"))
  var generatedFile: String?

  @Flag(name: .long, help: "Plan to remove everything the stack owns.")
  var destroy = false

  @Flag(name: .customLong("refresh-only"), help: "Only tell what moved in the workspace.")
  var refreshOnly = false

  func validate() throws {
    try reports.check(printsJSON: events.printsEvents)
    try many.check(without: [
      (out != nil, "--out"), (generatedFile != nil, "--generate-config-out"),
      (selection.isUsed, "--target"),
      (!replace.addresses.isEmpty, "--replace"), (destroy, "--destroy"),
    ])
    if destroy && refreshOnly {
      throw ValidationError("'--destroy' and '--refresh-only' exclude each other.")
    }
    if !replace.addresses.isEmpty, destroy || refreshOnly {
      throw ValidationError(
        "'--replace' and '\(destroy ? "--destroy" : "--refresh-only")' exclude each other.")
    }
    if generatedFile != nil, !readsWorkspace || destroy || refreshOnly {
      throw ValidationError("'--generate-config-out' goes with a plan of its own only.")
    }
    if !readsWorkspace, destroy || refreshOnly {
      throw ValidationError("What is there must be read for that: '--refresh=false' goes without.")
    }
  }

  func run(in context: CommandContext) async -> ExitStatus {
    let mode: PlanMode = destroy ? .destroy : refreshOnly ? .refreshOnly : .apply
    var run = PlanningRun(
      common: common, events: events, reports: reports, choice: reuse.choice,
      failOn: failOn.classes, mode: mode, selection: selection)
    run.replacing = replace.addresses
    run.readsWorkspace = readsWorkspace
    run.generatedFile = generatedFile
    return await run.run(
      in: context, many, width: stackParallelism.count, hasDetailedExitCode: hasDetailedExitCode,
      planFile: out)
  }
}

/// Makes a plan and shows it: what `plan` and `drift` share.
struct PlanningRun {
  var command = RunReport.Command.plan
  let common: CommonOptions
  let events: EventOptions
  let reports: ReportOptions
  let choice: EnvironmentChoice
  let failOn: Set<FailOnClass>
  let mode: PlanMode
  let selection: SelectionOptions
  var replacing: [TargetAddress] = []
  /// False to plan without a look at what is there.
  var readsWorkspace = true
  /// Where manifests go for live targets that have none; nil for nowhere.
  var generatedFile: String?
  /// True to write what is live into the manifests.
  var acceptsDrift = false

  /// Plans one stack, or as many as the options name.
  func run(
    in context: CommandContext, _ many: ManyStacksOptions, width: Int?, hasDetailedExitCode: Bool,
    planFile: String? = nil
  ) async -> ExitStatus {
    if many.isUsed {
      return await StacksPlanning(
        run: self, many: many, width: width, hasDetailedExitCode: hasDetailedExitCode
      ).run(in: context)
    }
    return await ReportedRun(
      command: command, requests: reports.requests, printsJSON: events.printsEvents,
      context: context
    ).run { context, record in
      await run(
        in: context, record, hasDetailedExitCode: hasDetailedExitCode, planFile: planFile)
    }
  }

  private func run(
    in context: CommandContext, _ record: RunRecord?, hasDetailedExitCode: Bool, planFile: String?
  ) async -> ExitStatus {
    var loader = StackLoader(context)
    let destination = events.destination(in: context, reporting: &loader.findings)
    var presenter = Presenter(
      context, common, events: destination, isConcise: events.isConcise,
      hasCompactWarnings: events.hasCompactWarnings, record: record)
    presenter.begin()
    let status = await run(
      &loader, &presenter, record, in: context, hasDetailedExitCode: hasDetailedExitCode,
      planFile: planFile)
    return presenter.closed(status, eventFile: events.eventFile)
  }

  private func run(
    _ loader: inout StackLoader, _ presenter: inout Presenter, _ record: RunRecord?,
    in context: CommandContext, hasDetailedExitCode: Bool, planFile: String?
  ) async -> ExitStatus {
    var session = await PlanningSession.open(
      &loader, from: common.folder(in: context), as: choice, access: .readIfPresent)
    session?.selection = selection.selection(in: context, reporting: &loader.findings)
    session?.replacing = Set(replacing)
    if !readsWorkspace { loader.findings.append(.notRefreshed()) }
    presenter.sources = loader.sources
    record?.loaded(loader)
    presenter.show(loader.findings)
    guard let session, !loader.findings.hasErrors else { return ExitStatus(of: loader.findings) }
    guard let observed = await look(session, presenter) else { return .failure }
    let result = session.plan(observed, mode: mode)
    context.keepToEnd((session.stack, observed, result))
    let status = await present(
      result, of: session, presenter, record, in: context,
      hasDetailedExitCode: hasDetailedExitCode, planFile: planFile)
    return generate(session.stack, observed, presenter, in: context) ? status : status.orFailure
  }

  /// Writes manifests for live targets that have none, if that is asked for; false if it failed.
  private func generate(
    _ stack: LoadedStack, _ observed: Snapshot, _ presenter: Presenter, in context: CommandContext
  ) -> Bool {
    guard let generatedFile else { return true }
    var findings = DiagnosticList()
    let found = LiveTargetImport([], stack: stack, observed: observed, reporting: &findings)
    guard !found.targets.isEmpty else {
      presenter.note("Every target of the workspace has a document or another owner.")
      return true
    }
    return found.write(to: generatedFile, in: context, presenter) == .success
  }

  /// What the workspace has; nil, with a finding, if it can't be read.
  func look(_ session: PlanningSession, _ presenter: Presenter) async -> Snapshot? {
    guard readsWorkspace else { return session.unread }
    do {
      return try await session.observe(presenter)
    } catch {
      presenter.show(.backend(error, doing: "Reading the workspace"))
      return nil
    }
  }

  /// Shows a plan and does with it what the options say; returns what it means for scripts.
  func present(
    _ result: PlanningResult, of session: PlanningSession, _ presenter: Presenter,
    _ record: RunRecord?, in context: CommandContext, hasDetailedExitCode: Bool,
    planFile: String? = nil
  ) async -> ExitStatus {
    let file =
      record == nil && planFile == nil ? nil : self.planFile(result, session.stack, in: context)
    if let file { record?.planned(file) }
    context.trace.within(.render) { presenter.show(result) }
    await session.tellThrottling(presenter)
    LargeRemoval(result, session, in: context).showWay(presenter)
    if let planFile, let file, !save(file, planFile, context, presenter) { return .failure }
    var left = result
    if acceptsDrift, !result.plan.drift.isEmpty {
      var findings = DiagnosticList()
      left.plan.drift = DriftAcceptance(session.stack).accept(
        result.plan.drift, presenter, reporting: &findings)
      presenter.show(findings)
      if findings.hasErrors { return .failure }
    }
    return status(of: left, hasDetailedExitCode: hasDetailedExitCode, presenter)
  }

  /// - Returns: the plan as it would be saved.
  func planFile(
    _ result: PlanningResult, _ stack: LoadedStack, in context: CommandContext
  ) -> PlanFile {
    PlanFile(
      plan: result.plan, berthVersion: BerthVersion.text,
      timestamp: Timestamp.text(context.now()), isErrored: result.isRefused,
      isRefreshed: readsWorkspace, commit: SourceCommit.of(stack, in: context)?.id,
      manifestsSHA256: stack.manifestsSHA256)
  }

  private func save(
    _ file: PlanFile, _ path: String, _ context: CommandContext, _ presenter: Presenter
  ) -> Bool {
    let digest: String
    do {
      digest = try file.save(
        to: context.path(path, from: context.workingDirectory), mayReplace: true,
        limit: PlanFile.sizeLimit)
    } catch {
      presenter.show(
        error.problem == .tooLarge ? .planTooLarge(path) : .unwritable(path, error.reason))
      return false
    }
    presenter.say("\nSaved the plan to: \(path.visible)\nDigest: \(digest)\n")
    if !context.isInAutomation, !file.isErrored, readsWorkspace, !file.plan.isEmpty {
      presenter.say("To do exactly this, run: berth apply \(path.visible)\n")
    }
    return true
  }

  private func status(
    of result: PlanningResult, hasDetailedExitCode: Bool, _ presenter: Presenter
  ) -> ExitStatus {
    if result.isRefused { return ExitStatus(of: result.findings) }
    let present = FailOnClass.present(in: result.plan).intersection(failOn)
    if !present.isEmpty {
      presenter.show(.failOn(present))
      return .refused
    }
    let hasChanges = !result.plan.isEmpty || (mode == .refreshOnly && !result.plan.drift.isEmpty)
    return hasDetailedExitCode && hasChanges ? .changesPresent : .success
  }
}

extension Rule {
  static let notRefreshed = Rule("not-refreshed")
}

extension Diagnostic {
  fileprivate static func planTooLarge(_ path: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnwritable, "Plan is too large to be saved",
      detail: """
        \(path) was not written: the plan has more than \(PlanFile.sizeLimit >> 20) MiB, and none \
        that large can be applied from a file. Select a part with '--target', split the stack into \
        several, or apply it without a saved plan.
        """)
  }

  static func notRefreshed() -> Diagnostic {
    Diagnostic(
      .warning, .notRefreshed, "Workspace was not read",
      detail: """
        With '--refresh=false' the plan compares with nothing: every document looks as if it were \
        to be made, and what is in the way is not seen. Such a plan is never applied.
        """)
  }
}
