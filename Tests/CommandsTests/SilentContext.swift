@testable import Commands

extension CommandContext {
  /// A context that nobody sees or hears anything of.
  static func silent(
    _ signals: SignalSource = SignalSource { AsyncStream { _ in } },
    leave: @escaping @Sendable (Int32) -> Void = { _ in }
  ) -> CommandContext {
    let silent = Console { _ in nil }
    let pipe = TerminalFacts(isTerminal: false)
    return CommandContext(
      environment: [:], workingDirectory: "/", output: silent, messages: silent,
      readLine: { nil }, readInput: { _ in .success([]) }, canAsk: false, outputTerminal: pipe,
      messageTerminal: pipe, clock: ContinuousClock(), now: { 0 },
      randomBytes: { Array(repeating: 0, count: $0) }, who: { "ana@test" }, signals: signals,
      leaveAtOnce: leave)
  }
}
