internal import ArgumentParser

/// `berth init`
struct InitCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a small stack to begin with, every line explained.",
    discussion: """
      Writes berth.yaml and compute/cpu-cluster.yml into the folder, which is made if it
      is not there. Files that exist are never touched.

      Example:
        berth init --chdir ml

      Exit codes: 0 written, 1 a file exists or can't be written.
      """)

  @OptionGroup var common: CommonOptions

  func run(in context: CommandContext) async -> ExitStatus {
    .failure
  }
}
