internal import ArgumentParser
internal import Planning
internal import Reporting

/// The command `berth drift`.
struct DriftCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Tell what changed in the workspace behind Berth's back.",
    usage: "berth drift [<options>]",
    discussion: """
      The same as 'berth plan --refresh-only', for scheduled jobs. What the manifests
      changed since the last apply is not drift and is not told. '--write accept'
      writes what is live into the manifests, in place.

      Example:
        berth drift --detailed-exitcode
        berth drift --write accept
        berth drift --all --report metrics=berth.prom

      Exit codes: 0 done, 1 error, 2 drift (with --detailed-exitcode), 3 with
      '--fail-on drift'.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var many: ManyStacksOptions
  @OptionGroup var stackParallelism: StackParallelism
  @OptionGroup var events: EventOptions
  @OptionGroup var reuse: ReuseOptions
  @OptionGroup var reports: ReportOptions

  @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 if there is drift.")
  var hasDetailedExitCode = false

  @OptionGroup var failOn: FailOnOptions
  @OptionGroup var selection: SelectionOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Write into the manifests: 'accept' what is live.", valueName: "what"))
  var write: DriftWriting?

  func validate() throws {
    try reports.check(printsJSON: events.printsEvents)
    try many.check(without: [(selection.isUsed, "--target")])
  }

  func run(in context: CommandContext) async -> ExitStatus {
    var run = PlanningRun(
      command: .drift, common: common, events: events, reports: reports, choice: reuse.choice,
      failOn: failOn.classes, mode: .refreshOnly, selection: selection)
    run.acceptsDrift = write == .accept
    return await run.run(
      in: context, many, width: stackParallelism.count, hasDetailedExitCode: hasDetailedExitCode)
  }
}

/// What `berth drift` may write into manifests.
enum DriftWriting: String, ExpressibleByArgument, CaseIterable {
  case accept
}
