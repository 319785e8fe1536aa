package import Diagnostics
package import Storage

/// The world around a command: everything it would otherwise take from the process.
///
/// Handed in, so that tests can run a command in a world of their own and nothing reads a clock,
/// the environment or a random source behind anybody's back.
package struct CommandContext: Sendable {
  /// The environment's variables.
  package var environment: [String: String]
  /// The folder from which relative paths count.
  package var workingDirectory: String
  /// Results go here.
  package var output: Console
  /// Findings, logs and prompts go here.
  package var messages: Console
  /// Reads a line of the answer to a prompt; nil at the end of the input, or when the task is
  /// cancelled.
  package var readLine: @Sendable () async -> String?
  /// Reads the whole standard input, up to so many bytes; why it could not, if so.
  package var readInput: @Sendable (Int) -> Result<[UInt8], FileFailure>
  /// True if somebody can answer a prompt.
  package var canAsk: Bool
  /// The facts about a terminal on standard output and on standard error, colour left to flags.
  package var outputTerminal: TerminalFacts
  package var messageTerminal: TerminalFacts
  /// The terminal that the streams share; nil if there is none, or none that can move its cursor.
  package var screen: Screen?
  /// Measures durations.
  package var clock: any Clock<Duration>
  /// The wall time in milliseconds since 1970.
  ///
  /// Printed and stored, never compared to decide.
  package var now: @Sendable () -> Int64
  /// So many random bytes.
  package var randomBytes: @Sendable (Int) -> [UInt8]
  /// Who runs the command, for locks and journals: `user@host`.
  ///
  /// Asked only there, since the system may look people up in a directory elsewhere.
  package var who: @Sendable () -> String
  /// Signals that ask the command to end.
  package var signals: SignalSource
  /// Ends the process at once, whatever is still going on.
  package var leaveAtOnce: @Sendable (Int32) -> Void
  /// The way to services elsewhere.
  package var network: Network
  /// How many things the machine can do at once.
  package var processorCount: @Sendable () -> Int = { 2 }
  /// What the process used so far.
  package var usage: @Sendable () -> ProcessUsage
  /// Keeps what is large and was the command's last work, where the process ends with the command.
  package var keepToEnd: @Sendable (any Sendable) -> Void = { _ in }
  /// Gives back memory in which the program itself is, between two phases of a command.
  package var giveProgramBack: @Sendable () -> Void = {}
  /// Follows the run, for those who ask.
  package var trace = RunTrace.off

  package init(
    environment: [String: String], workingDirectory: String, output: Console, messages: Console,
    readLine: @escaping @Sendable () async -> String?,
    readInput: @escaping @Sendable (Int) -> Result<[UInt8], FileFailure>, canAsk: Bool,
    outputTerminal: TerminalFacts,
    messageTerminal: TerminalFacts, screen: Screen? = nil, clock: any Clock<Duration>,
    now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    who: @escaping @Sendable () -> String, signals: SignalSource,
    leaveAtOnce: @escaping @Sendable (Int32) -> Void,
    network: Network = Network(),
    usage: @escaping @Sendable () -> ProcessUsage = { ProcessUsage() }
  ) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.output = output
    self.messages = messages
    self.readLine = readLine
    self.readInput = readInput
    self.canAsk = canAsk
    self.outputTerminal = outputTerminal
    self.messageTerminal = messageTerminal
    self.screen = screen
    self.clock = clock
    self.now = now
    self.randomBytes = randomBytes
    self.who = who
    self.signals = signals
    self.leaveAtOnce = leaveAtOnce
    self.network = network
    self.usage = usage
  }

  /// True if Berth should not hint at the next command (`BERTH_IN_AUTOMATION`).
  package var isInAutomation: Bool { isSet("BERTH_IN_AUTOMATION") }

  /// True if a variable is set and neither empty nor `0`.
  package func isSet(_ name: String) -> Bool {
    guard let value = environment[name] else { return false }
    return !value.isEmpty && value != "0"
  }

  /// Ends the process at once.
  func leave(_ status: ExitStatus) { leaveAtOnce(status.rawValue) }

  /// A path as it counts from a folder.
  package func path(_ path: String, from folder: String) -> String {
    path.hasPrefix("/") ? path : folder + (folder.hasSuffix("/") ? "" : "/") + path
  }
}

/// What is known of one of the process's streams.
package struct TerminalFacts: Sendable {
  package var isTerminal: Bool
  private let measure: @Sendable () -> TerminalSize?

  /// - Parameter size: measures the terminal; it is asked again and again, since terminals are
  ///   resized.
  package init(
    isTerminal: Bool, size: @escaping @Sendable () -> TerminalSize? = { nil }
  ) {
    self.isTerminal = isTerminal
    measure = size
  }

  /// In columns, by now; nil if there is no terminal to measure.
  package var width: Int? { measure()?.columns }
}
