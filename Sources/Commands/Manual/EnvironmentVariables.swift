/// A variable of the environment that every command heeds.
struct EnvironmentVariable {
  let names: [String]
  let meaning: String

  /// Those of `docs/commands.md`, and what only some stacks need.
  static let all = [
    EnvironmentVariable(["BERTH_INPUT"], "With the value 0, never ask, as with --input false."),
    EnvironmentVariable(
      ["BERTH_IN_AUTOMATION"], "With the value 1, give no hints about the next command."),
    EnvironmentVariable(
      ["BERTH_CLI_ARGS", "BERTH_CLI_ARGS_plan"],
      """
      Options put in behind the command's name: of every command, or of the one that the variable \
      names. The command line wins.
      """),
    EnvironmentVariable(
      ["BERTH_VAR_NAME"], "The value of the manifests' variable NAME; --var and --var-file win."),
    EnvironmentVariable(
      ["BERTH_FINGERPRINT_KEY"],
      "The key for fingerprints of secrets, shared by machines that plan and apply one stack."),
    EnvironmentVariable(
      ["BERTH_LOG", "BERTH_LOG_PATH"], "A log of what is done, and the file that it goes to."),
    EnvironmentVariable(
      ["BERTH_CA_FILE"], "A file with certificates to trust besides those of the machine."),
    EnvironmentVariable(
      ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR"], "Colour, as everywhere; --color wins."),
  ]

  private init(_ names: [String], _ meaning: String) {
    self.names = names
    self.meaning = meaning
  }
}
