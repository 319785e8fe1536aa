import Diagnostics
import Synchronization
import Testing

@testable import Commands

@Suite struct InterruptibleTests {
  private final class Listening: Sendable {
    let hasBegun = Mutex(false)
  }

  private static func context(_ signals: SignalSource) -> CommandContext {
    let silent = Console { _ in nil }
    let pipe = TerminalFacts(isTerminal: false)
    return CommandContext(
      environment: [:], workingDirectory: "/", output: silent, messages: silent,
      readLine: { nil }, readInput: { _ in .success([]) }, canAsk: false, outputTerminal: pipe,
      messageTerminal: pipe, clock: ContinuousClock(), now: { 0 },
      randomBytes: { Array(repeating: 0, count: $0) }, who: "ana@test", signals: signals,
      leaveAtOnce: { _ in })
  }

  @Test func `F25 signals are listened to before the work begins`() async {
    let listening = Listening()
    let context = Self.context(
      SignalSource {
        listening.hasBegun.withLock { $0 = true }
        return AsyncStream { _ in }
      })
    let ending = await Interruptible.run(
      context, interrupted: {}, lost: AsyncStream { $0.finish() }
    ) { _ in listening.hasBegun.withLock(\.self) }
    #expect(ending.result)
  }
}
