internal import ArgumentParser
internal import BackendInterface
internal import Diagnostics
internal import Logs

/// The program behind the `berth` command.
public enum BerthProgram {
  /// Runs a command line as this process and returns its exit code.
  ///
  /// - Parameter arguments: the words after the program's name.
  public static func run(_ arguments: [String]) async -> Int32 {
    await run(arguments, in: .process()).rawValue
  }

  /// Runs a command line in a world that is handed in.
  package static func run(_ arguments: [String], in context: CommandContext) async -> ExitStatus {
    if arguments.first == CompletionRequest.marker {
      return await complete(Array(arguments.dropFirst()), in: context)
    }
    let elapsed = stopwatch(context.clock)
    let spelling = ArgumentSpelling(
      subcommands: BerthCommand.subcommandNames, groups: BerthCommand.groups)
    var words = spelling.normalised(arguments, environment: context.environment)
    // What everybody tries first.
    if words == ["--version"] { words = ["version"] }
    if let word = unknownCommand(in: words) {
      let suggestion = nearest(to: word, among: BerthCommand.subcommandNames.sorted())
      context.messages.writeLine(
        "Error: There is no command '\(word.visible)'."
          + (suggestion.map { " Did you mean \"\($0)\"?" } ?? "")
          + " See 'berth --help'.")
      return .failure
    }
    do {
      var command = try BerthCommand.parseAsRoot(words)
      guard let subcommand = command as? any Subcommand else {
        // A group of commands, or a request for help: running it throws its help.
        try command.run()
        return .success
      }
      return await run(subcommand, since: elapsed, in: context)
    } catch {
      return report(error, of: words, in: context)
    }
  }

  /// The word that stands where a command should, and is none.
  private static func unknownCommand(in words: [String]) -> String? {
    let isHelp = words.first == "help"
    guard let word = isHelp ? words.dropFirst().first : words.first, !word.hasPrefix("-"),
      !BerthCommand.subcommandNames.contains(word), isHelp || word != "help"
    else { return nil }
    return word
  }

  /// Answers a shell that asks what may stand at its cursor.
  private static func complete(
    _ arguments: [String], in context: CommandContext
  ) async -> ExitStatus {
    guard let request = CompletionRequest(arguments) else { return .failure }
    let completion = await LineCompletion(.berth, values: ValueCompletion(in: context))
      .completion(of: request)
    context.output.write(request.answer(completion))
    return .success
  }

  /// Runs a command to its end, and tells what is due then.
  private static func run(
    _ command: any Subcommand, since elapsed: @escaping @Sendable () -> Duration,
    in context: CommandContext
  ) async -> ExitStatus {
    let destination: LogDestination
    do {
      destination = try LogDestination(context)
    } catch {
      context.messages.write("\n" + error.finding.text())
      return .failure
    }
    let log = destination.log
    let isFollowed = command.common.timings || !log.isOff
    let timings = isFollowed ? Timings(elapsed: elapsed, usage: context.usage) : nil
    timings?.count(.start, since: Timings.Moment(wall: .zero, processor: .zero))
    var world = context
    world.trace = RunTrace(log: log, timings: timings)
    log.tell(.info, "run_started", command.facts)
    var status = await command.run(in: world)
    // A connection that is still being made would hold up the end of whoever is asked to end.
    let isAskedToEnd = status == .interrupted || status == .terminated
    if !isAskedToEnd { await context.network.close() }
    if let reason = context.output.lostReason {
      context.messages.write("\n" + Diagnostic.outputLost(reason).text())
      status = status.orFailure
    }
    log.tell(
      .info, "run_ended",
      [.number("exit_code", status.rawValue), .milliseconds("wall_ms", elapsed())])
    if let loss = destination.loss {
      context.messages.write("\n" + loss.text())
      status = status.orFailure
    }
    if command.common.timings, let timings { context.messages.write(timings.text) }
    if isAskedToEnd { context.leave(status) }
    return status
  }

  /// Help is a result and bad usage an error: exit code 1, never the 64 of other tools.
  private static func report(
    _ error: any Error, of words: [String], in context: CommandContext
  ) -> ExitStatus {
    let text = BerthCommand.fullMessage(for: error, columns: helpColumns(in: context))
    if BerthCommand.exitCode(for: error).isSuccess {
      context.output.writeLine(text)
      return .success
    }
    // It repeats words of the command line.
    context.messages.writeLine(TerminalStyle.plain.prose(UsageMessage(text, of: words).text))
    return .failure
  }

  /// Help fits 80 columns, and narrower terminals.
  private static func helpColumns(in context: CommandContext) -> Int {
    min(80, max(40, context.outputTerminal.width ?? 80))
  }
}

/// A subcommand: its flags are parsed by ArgumentParser, its world is handed in.
protocol Subcommand: ParsableCommand {
  var common: CommonOptions { get }

  func run(in context: CommandContext) async -> ExitStatus
}

extension Subcommand {
  /// Which command of which build; its arguments may hold what is nobody's business.
  fileprivate var facts: [LogFact] {
    [
      .name("command", Self.configuration.commandName ?? ""),
      .name("version", BerthVersion.text),
    ]
  }
}

extension Diagnostic {
  fileprivate static func outputLost(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnwritable, "Output was lost",
      detail: """
        The standard output \(reason), so what stands there is not all. The command itself went on.
        """)
  }
}

struct BerthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "berth",
    abstract: "Keeps the compute targets of machine-learning workspaces as Git says.",
    discussion: """
      Begin with 'berth init', then 'berth plan' and 'berth apply'.

      Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), 3 refused
      by a safety rule, 4 locked, 5 saved plan is stale, 6 applied in part, 130
      and 143 interrupted and terminated.
      """,
    subcommands: subcommands)

  private static let subcommands: [any ParsableCommand.Type] = [
    InitCommand.self, ValidateCommand.self, FormatCommand.self, PlanCommand.self,
    ApplyCommand.self, DestroyCommand.self, DriftCommand.self, ListCommand.self,
    ImportCommand.self, ShowCommand.self, ExplainCommand.self, KindsCommand.self,
    SchemaCommand.self, CompletionCommand.self, ManualCommand.self,
    WorkspaceCommand.self, EmulateCommand.self, LockCommand.self, ForceUnlockCommand.self,
    VersionCommand.self,
  ]

  /// The names of the subcommands of those that are groups.
  static var groups: [String: Set<String>] {
    var groups: [String: Set<String>] = [:]
    for command in subcommands where !command.configuration.subcommands.isEmpty {
      groups[command.configuration.commandName ?? ""] = Set(
        command.configuration.subcommands.compactMap { $0.configuration.commandName })
    }
    return groups
  }

  /// The subcommands' names and aliases.
  static var subcommandNames: Set<String> {
    Set(
      subcommands.flatMap { command in
        [command.configuration.commandName].compactMap { $0 } + command.configuration.aliases
      })
  }
}
