internal import ArgumentParser
internal import Diagnostics
internal import Storage

/// The command `berth manual`.
struct ManualCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Print the manual page of a command, or write all of them.",
    usage: "berth manual [<options>] [<command> ...]",
    discussion: """
      Pages are in the language mdoc, which 'man' understands. 'make install' puts
      all of them where 'man berth-plan' finds them.

      Example:
        berth manual plan | man -l -
        berth manual --out man1

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "The command; berth itself without one.")
  var command: [String] = []

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("Write every page into that folder.", valueName: "dir"))
  var folder: String?

  func validate() throws {
    if !command.isEmpty, folder != nil {
      throw ValidationError("'--out' writes every page. Name no command.")
    }
    _ = try page()
  }

  func run(in context: CommandContext) async -> ExitStatus {
    if let folder { return write(into: folder, Presenter(context, common), in: context) }
    if let page = try? page() { context.output.write(page.text) }
    return .success
  }

  private func page() throws -> ManualPage {
    var tree = CommandTree.berth
    for word in command {
      guard let next = tree.subcommand(word) else {
        let names = tree.subcommands.map(\.name)
        throw ValidationError(
          "There is no command '\(word)'."
            + (nearest(to: word, among: names).map { " Did you mean \"\($0)\"?" } ?? ""))
      }
      tree = next
    }
    return ManualPage(tree)
  }

  private func write(
    into folder: String, _ presenter: Presenter, in context: CommandContext
  ) -> ExitStatus {
    let path = context.path(folder, from: context.workingDirectory)
    do {
      try AtomicFile.makeFolders(path)
      for command in CommandTree.berth.all {
        let page = ManualPage(command)
        try AtomicFile.write(Array(page.text.utf8), to: "\(path)/\(page.fileName)")
        presenter.say("Wrote \(folder)/\(page.fileName)\n")
      }
      return .success
    } catch {
      presenter.show(.unwritable(folder, error.reason))
      return .failure
    }
  }
}
