internal import ArgumentParser
internal import Planning
internal import TargetModel

/// The command `berth apply`.
struct ApplyCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Plan, ask, and do it; or do exactly what a saved plan says.",
    usage: "berth apply [<options>] [<planfile>]",
    discussion: """
      Example:
        berth apply --auto-approve
        berth apply plan.json
        berth apply --target amlcompute.gpu --target 'kubernetes.*'
        berth apply --resume
        berth apply --all --expect-digest sha256:4be1...

      Exit codes: 0 done, 1 error or not approved, 3 refused by a safety rule,
      4 another apply is running, 5 the saved plan is stale, 6 applied in part,
      130 and 143 interrupted and terminated.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var many: ManyStacksOptions
  @OptionGroup var events: EventOptions
  @OptionGroup var reuse: ReuseOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var options: ApplyOptions

  @Argument(help: ArgumentHelp("A plan that 'berth plan --out' saved.", valueName: "planfile"))
  var planFile: String?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var replace: ReplaceOptions

  @Flag(name: .long, help: "Remove everything the stack owns.")
  var destroy = false

  @Flag(name: .customLong("refresh-only"), help: "Only tell what moved in the workspace.")
  var refreshOnly = false

  @Flag(name: .long, help: "Finish what the last apply or destroy began, and nothing else.")
  var resume = false

  @Option(
    name: .customLong("expect-digest"),
    help: ArgumentHelp("Go on only if the plan has this digest.", valueName: "sha256:hex"))
  var expectedDigest: String?

  func validate() throws {
    try reports.check(printsJSON: events.printsEvents)
    let modes = [(destroy, "--destroy"), (refreshOnly, "--refresh-only"), (resume, "--resume")]
      .filter(\.0).map(\.1)
    if modes.count > 1 {
      throw ValidationError("'\(modes[0])' and '\(modes[1])' exclude each other.")
    }
    try many.check(without: [
      (planFile != nil, "<planfile>"), (selection.isUsed, "--target"),
      (!replace.addresses.isEmpty, "--replace"), (destroy, "--destroy"),
      (refreshOnly, "--refresh-only"), (resume, "--resume"),
    ])
    let isScoped = selection.isUsed || !replace.addresses.isEmpty
    if planFile != nil, let flag = modes.first ?? (isScoped ? "--target" : nil) {
      throw ValidationError(
        "A saved plan says itself what it is for: '\(flag)' and its like go with none.")
    }
    if resume && isScoped {
      throw ValidationError("'--resume' finishes what was begun; it takes no selection.")
    }
    if !replace.addresses.isEmpty, let mode = modes.first {
      throw ValidationError("'--replace' and '\(mode)' exclude each other.")
    }
  }

  func run(in context: CommandContext) async -> ExitStatus {
    let run = ApplyRun(
      common: common, events: events, reports: reports, choice: reuse.choice, options: options,
      mode: destroy ? .destroy : refreshOnly ? .refreshOnly : .apply, selection: selection,
      replacing: replace.addresses, planFile: planFile, expectedDigest: expectedDigest,
      isResuming: resume, context: context)
    return many.isUsed ? await StacksApply(run: run, many: many).run() : await run.run()
  }
}

/// The command `berth destroy`.
struct DestroyCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy",
    abstract: "Remove everything the stack owns.",
    usage: "berth destroy [<options>]",
    discussion: """
      Attachments are detached, and what the service made is deleted. Protected
      targets refuse it. The same as 'berth apply --destroy'.

      Example:
        berth destroy --auto-approve

      Exit codes: as for apply.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var events: EventOptions
  @OptionGroup var reuse: ReuseOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var options: ApplyOptions
  @OptionGroup var selection: SelectionOptions

  func validate() throws {
    try reports.check(printsJSON: events.printsEvents)
  }

  func run(in context: CommandContext) async -> ExitStatus {
    await ApplyRun(
      common: common, events: events, reports: reports, choice: reuse.choice, options: options,
      mode: .destroy, selection: selection, context: context
    ).run()
  }
}

/// Options of commands that apply.
struct ApplyOptions: ParsableArguments {
  @OptionGroup var lock: LockOptions

  @Flag(name: .customLong("auto-approve"), help: "Do not ask.")
  var isApproved = false

  @Option(
    name: .long, help: ArgumentHelp("How many steps may run at the same time.", valueName: "n"))
  var parallelism = 10

  @Option(
    name: .customLong("dangerous-removals"),
    help: ArgumentHelp(
      "Let the plan with this digest take away more than 'blast_radius' allows.",
      valueName: "sha256:hex"))
  var allowedRemoval: String?

  @Option(
    name: .customLong("dangerous-older-commit"),
    help: ArgumentHelp(
      "Apply this commit although a newer one was applied before.", valueName: "id"))
  var allowedCommit: String?

  func validate() throws {
    guard (1...1_000).contains(parallelism) else {
      throw ValidationError("'--parallelism' is a number from 1 to 1000.")
    }
  }
}
