/// Runs work that a signal, or the loss of its lock, may ask to end.
enum Interruptible {
  /// How work ended.
  struct Ending<Result: Sendable>: Sendable {
    let result: Result
    /// The first signal that came meanwhile.
    let signal: SignalSource.Signal?
    /// True if the lock was lost meanwhile.
    let lostLock: Bool
  }

  /// Runs work that hears of each signal wherever it listens next, also of one that came when nobody
  /// listened.
  ///
  /// A second one that nobody hears ends the process at once.
  ///
  /// - Parameter work: gets the signals in its context, and what was heard first.
  static func throughout<Result: Sendable>(
    _ context: CommandContext, _ work: (SignalSource, FirstSignal) async -> Result
  ) async -> Result {
    let relay = SignalRelay(remembers: true)
    let first = FirstSignal()
    let signals = context.signals.listen()
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await signal in signals {
          let isFirst = first.note(signal)
          if !relay.deliver(signal), !isFirst { context.leave(signal.exitStatus) }
        }
      }
      let result = await work(relay.source, first)
      group.cancelAll()
      await group.waitForAll()
      return result
    }
  }

  /// Runs work before anything is begun: a signal cancels it, and a second one ends the process at
  /// once.
  ///
  /// - Returns: what came of the work, unless a signal came.
  static func beforehand<Result: Sendable>(
    _ context: CommandContext, _ work: @escaping @Sendable () async -> Result
  ) async -> (result: Result?, signal: SignalSource.Signal?) {
    let signals = context.signals.listen()
    return await withTaskGroup(of: (Result?, SignalSource.Signal?).self) { group in
      let (cancellations, continuation) = AsyncStream.makeStream(of: Void.self)
      group.addTask { (await cancelled(by: cancellations, work), nil) }
      group.addTask {
        (nil, await first(of: signals, context) { continuation.yield() })
      }
      var (result, signal): (Result?, SignalSource.Signal?) = (nil, nil)
      for await ended in group {
        group.cancelAll()
        (result, signal) = (result ?? ended.0, signal ?? ended.1)
      }
      return signal.map { (nil, $0) } ?? (result, nil)
    }
  }

  /// The first signal, of which `heed` is told; after it each other one ends the process at once.
  private static func first(
    of signals: AsyncStream<SignalSource.Signal>, _ context: CommandContext, _ heed: () -> Void
  ) async -> SignalSource.Signal? {
    var first: SignalSource.Signal?
    for await signal in signals {
      if let first { context.leave(first.exitStatus) }
      first = signal
      heed()
    }
    return first
  }

  /// Runs work that is cancelled once a stream has an element.
  private static func cancelled<Result: Sendable>(
    by cancellations: AsyncStream<Void>, _ work: @escaping @Sendable () async -> Result
  ) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
      group.addTask { await work() }
      group.addTask {
        for await _ in cancellations { break }
        return nil
      }
      var result: Result?
      for await ended in group {
        group.cancelAll()
        result = result ?? ended
      }
      return result
    }
  }

  /// What one of the listeners heard.
  private enum Heard: Sendable {
    case signal(SignalSource.Signal?)
    case lost(Bool)
  }

  /// The first signal asks the work to end in order; the second one ends the process at once.
  ///
  /// - Parameters:
  ///   - interrupted: says so, once the first signal came.
  ///   - lost: has an element once the work's lock is lost, which asks it to end as well.
  static func run<Result: Sendable>(
    _ context: CommandContext, interrupted: @escaping @Sendable () -> Void,
    lost: AsyncStream<Void>, _ work: @escaping @Sendable (AsyncStream<Void>) async -> Result
  ) async -> Ending<Result> {
    let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self)
    // From now on: the task that hears them may begin after the work.
    let signals = context.signals.listen()
    return await withTaskGroup(of: Heard.self) { group in
      group.addTask {
        .signal(
          await first(of: signals, context) {
            interrupted()
            continuation.yield()
          })
      }
      group.addTask {
        for await _ in lost {
          continuation.yield()
          return .lost(true)
        }
        return .lost(false)
      }
      let result = await work(interrupts)
      // The end of the work ends the listening, which then tells what it heard.
      group.cancelAll()
      var (signal, lostLock): (SignalSource.Signal?, Bool) = (nil, false)
      for await heard in group {
        switch heard {
        case .signal(let first): signal = first
        case .lost(let isLost): lostLock = isLost
        }
      }
      return Ending(result: result, signal: signal, lostLock: lostLock)
    }
  }
}
