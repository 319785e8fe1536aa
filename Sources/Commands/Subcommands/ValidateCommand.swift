internal import ArgumentParser
internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Reporting
internal import TargetModel

/// The command `berth validate`.
struct ValidateCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check the manifests, without a look at the workspace.",
    usage: "berth validate [<options>]",
    discussion: """
      Secrets are not looked up and no command is run: references are checked for
      their form only.

      Example:
        berth validate --json
        berth validate --all

      Exit codes: 0 valid, 1 not, 3 refused by a safety rule.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var many: ManyStacksOptions
  @OptionGroup var stackParallelism: StackParallelism
  @OptionGroup var reuse: ReuseOptions
  @OptionGroup var reports: ReportOptions

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  func validate() throws {
    try reports.check(printsJSON: printsJSON)
  }

  func run(in context: CommandContext) async -> ExitStatus {
    await ReportedRun(
      command: .validate, requests: reports.requests, printsJSON: printsJSON, context: context
    ).run { context, record in
      many.isUsed
        ? await StacksValidation(
          many: many, common: common, choice: reuse.choice, width: stackParallelism.count,
          printsJSON: printsJSON
        ).run(in: context, record)
        : run(in: context, record)
    }
  }

  /// Reads a stack's manifests with everything that can be found without its workspace.
  static func load(
    _ folder: String, as choice: EnvironmentChoice, in context: CommandContext,
    _ record: RunRecord?
  ) -> StackLoader {
    var loader = StackLoader(context)
    if let stack = loader.load(from: folder, as: choice, secrets: .checkForm) {
      let isWhole = !loader.findings.hasErrors
      loader.findings.append(
        contentsOf: context.trace.within(.validate) { refusals(of: stack, isWhole: isWhole) })
    }
    record?.loaded(loader)
    return loader
  }

  private func run(in context: CommandContext, _ record: RunRecord?) -> ExitStatus {
    let loader = Self.load(common.folder(in: context), as: reuse.choice, in: context, record)
    if let stack = loader.stack { context.keepToEnd(stack) }
    if printsJSON {
      record?.found(loader.findings.findings)
      context.output.write(EventStream.validation(loader.findings, sources: loader.sources))
      return ExitStatus(of: loader.findings)
    }
    var presenter = Presenter(context, common, record: record)
    presenter.sources = loader.sources
    return Self.tell(loader, presenter)
  }

  /// Shows what was found, and what it comes to.
  static func tell(_ loader: StackLoader, _ presenter: Presenter) -> ExitStatus {
    presenter.show(loader.findings)
    guard !loader.findings.hasErrors, let stack = loader.stack else {
      let count = loader.findings.errorCount
      presenter.say("\(count) error\(count == 1 ? "" : "s") in the manifests.\n")
      return ExitStatus(of: loader.findings)
    }
    let count = stack.targets.count
    presenter.say(
      presenter.style.paint("Success!", .green)
        + " The manifests are valid: \(count) target\(count == 1 ? "" : "s").\n")
    return .success
  }

  /// What the safety rules say of the manifests alone: a plan for a workspace without targets.
  ///
  /// - Parameter isWhole: false if targets with mistakes are missing, which others may refer to.
  private static func refusals(of stack: LoadedStack, isWhole: Bool) -> [Diagnostic] {
    let nothing = Snapshot(workspace: stack.configuration.workspace, targets: [])
    return planFindings(
      PlanningRequest(
        stack: stack.configuration.stack, desired: stack.targets, observed: nothing, mode: .apply,
        catalog: .azureML)
    ).findings.filter { finding in
      // Secrets are not looked up here.
      finding.rule != .secretsFirst && (isWhole || finding.rule == .attachOnce)
    }
  }
}
