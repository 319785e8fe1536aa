internal import ArgumentParser
internal import EmbeddedBackend
internal import Manifests
internal import Reporting
internal import TargetModel

/// The command `berth list`.
struct ListCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the workspace's targets: kind, state, owner and resource.",
    usage: "berth list [<options>]",
    discussion: """
      Targets of other stacks and of nobody are listed too.

      Example:
        berth list --json

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    var loader = StackLoader(context)
    var presenter = Presenter(context, common)
    let stack = loader.load(from: common.folder(in: context), secrets: .checkForm)
    let workspace = await stack?.openWorkspace(
      for: .readIfPresent, in: context, reporting: &loader.findings)
    presenter.sources = loader.sources
    guard let stack, let workspace else {
      presenter.show(loader.findings)
      return .failure
    }
    do {
      let snapshot = Snapshot(
        workspace: stack.configuration.workspace, targets: try await workspace.list())
      let list = TargetList(snapshot, stack: stack.configuration.stack)
      context.output.write(printsJSON ? list.json : list.text(style: presenter.style))
      if let sentence = ApplyText.throttling(await workspace.throttled) { presenter.note(sentence) }
      return .success
    } catch {
      presenter.show(.backend(error, doing: "Reading the workspace"))
      return .failure
    }
  }
}
