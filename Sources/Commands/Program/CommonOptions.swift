internal import ArgumentParser

/// Options that every command has.
struct CommonOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Work in that folder.", valueName: "dir"))
  var chdir: String?

  @Flag(name: .customLong("no-color"), help: "Print without colour.")
  var isColourless = false

  @Option(
    name: .customLong("color"),
    help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
  var colour: ColourChoice = .auto

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp("false: never ask; a needed question is an error.", valueName: "bool"))
  var allowsQuestions = true

  @Flag(name: .long, help: "Tell in the end where the time went.")
  var timings = false

  /// The folder to work in.
  func folder(in context: CommandContext) -> String {
    chdir.map { context.path($0, from: context.workingDirectory) } ?? context.workingDirectory
  }

  /// True if a prompt may be shown.
  func mayAsk(in context: CommandContext) -> Bool {
    allowsQuestions && context.canAsk && context.environment["BERTH_INPUT"] != "0"
  }

  /// Whether text on a stream is coloured: flags first, then the environment, then the terminal
  /// (conventions: colour).
  ///
  /// What goes to people's eyes only when the standard output does: a stream that alone is a terminal
  /// is coloured as little as the other.
  func usesColour(on terminal: TerminalFacts, in context: CommandContext) -> Bool {
    if isColourless { return false }
    switch colour {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if context.environment["NO_COLOR"]?.isEmpty == false { return false }
    if context.isSet("CLICOLOR_FORCE") || context.isSet("FORCE_COLOR") { return true }
    return terminal.isTerminal && context.outputTerminal.isTerminal
  }
}

/// When to colour.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
  case auto
  case always
  case never
}
