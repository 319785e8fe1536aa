/// Runs work that a signal may ask to end.
enum Interruptible {
  /// The first signal asks the work to end in order; the second one ends the process at once.
  static func run<Result: Sendable>(
    _ context: CommandContext, _ presenter: Presenter,
    _ work: @escaping @Sendable (AsyncStream<Void>) async -> Result
  ) async -> (Result, SignalSource.Signal?) {
    let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self)
    return await withTaskGroup(of: Outcome<Result>.self) { group in
      group.addTask { .result(await work(interrupts)) }
      group.addTask {
        var first: SignalSource.Signal?
        for await signal in context.signals.listen() {
          if let first { context.leave(first.exitStatus) }
          first = signal
          presenter.note(
            "Interrupt received. What runs is finished and recorded; interrupt again to leave at once."
          )
          continuation.yield()
        }
        return .signal(first)
      }
      var result: Result?
      var signal: SignalSource.Signal?
      // The work ends first; its end ends the listening, which then tells what it heard.
      while let outcome = await group.next() {
        switch outcome {
        case .result(let value):
          result = value
          group.cancelAll()
        case .signal(let heard): signal = heard
        }
        if let result, group.isEmpty { return (result, signal) }
      }
      // Not reached: the work always has a result. Waiting for it again would be the same work.
      return (await work(interrupts), signal)
    }
  }

  private enum Outcome<Result: Sendable>: Sendable {
    case result(Result)
    case signal(SignalSource.Signal?)
  }
}
