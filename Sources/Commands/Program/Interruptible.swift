/// Runs work that a signal may ask to end.
enum Interruptible {
  /// The first signal asks the work to end in order; the second one ends the process at once.
  static func run<Result: Sendable>(
    _ context: CommandContext, _ presenter: Presenter,
    _ work: @escaping @Sendable (AsyncStream<Void>) async -> Result
  ) async -> (Result, SignalSource.Signal?) {
    let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self)
    return await withTaskGroup(of: SignalSource.Signal?.self) { group in
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
        return first
      }
      let result = await work(interrupts)
      // The end of the work ends the listening, which then tells what it heard.
      group.cancelAll()
      return (result, await group.next() ?? nil)
    }
  }
}
