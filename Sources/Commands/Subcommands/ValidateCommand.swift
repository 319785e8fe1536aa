internal import ArgumentParser
internal import Diagnostics
internal import Reporting

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

      Exit codes: 0 valid, 1 not.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var reuse: ReuseOptions

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    var loader = StackLoader(context)
    let stack = loader.load(
      from: common.folder(in: context), as: reuse.choice, secrets: .checkForm)
    if printsJSON {
      context.output.write(EventStream.validation(loader.findings, sources: loader.sources))
      return loader.findings.hasErrors ? .failure : .success
    }
    var presenter = Presenter(context, common)
    presenter.sources = loader.sources
    presenter.show(loader.findings)
    guard !loader.findings.hasErrors, let stack else {
      let count = loader.findings.errorCount
      presenter.say("\(count) error\(count == 1 ? "" : "s") in the manifests.\n")
      return .failure
    }
    let count = stack.targets.count
    presenter.say(
      presenter.style.paint("Success!", .green)
        + " The manifests are valid: \(count) target\(count == 1 ? "" : "s").\n")
    return .success
  }
}
