internal import ArgumentParser

/// The command `berth completion`.
struct CompletionCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print what teaches a shell to complete berth's command lines.",
    usage: "berth completion bash|zsh|fish",
    discussion: """
      Commands, options and their values are completed; addresses come from the
      manifests of the folder at hand, without the network.

      Example:
        berth completion bash > ~/.local/share/bash-completion/completions/berth
        berth completion zsh > ~/.zsh/functions/_berth
        berth completion fish > ~/.config/fish/completions/berth.fish

      Exit codes: 0 done, 1 unknown shell.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "The shell: bash, zsh or fish.")
  var shell: Shell

  func run(in context: CommandContext) async -> ExitStatus {
    context.output.write(shell.script)
    return .success
  }
}
