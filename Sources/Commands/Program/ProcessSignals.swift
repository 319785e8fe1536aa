@preconcurrency internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The signals that ask this process to end.
///
/// They are taken when somebody listens for the first time, and kept: a signal that was given back
/// can't be taken again without losing some. One that nobody listens to ends the process, as it would
/// have.
final class ProcessSignals: Sendable {
  private let relay = SignalRelay()
  private let sources = Mutex<[any DispatchSourceSignal]>([])
  private let end: @Sendable (SignalSource.Signal) -> Void

  /// - Parameter end: ends the process.
  init(end: @escaping @Sendable (SignalSource.Signal) -> Void) {
    self.end = end
  }

  /// Where a command listens to them.
  var source: SignalSource {
    SignalSource { [self] in
      let signals = relay.source.listen()
      take()
      return signals
    }
  }

  /// Takes them, unless that was done before.
  func take() {
    sources.withLock { sources in
      guard sources.isEmpty else { return }
      sources = [source(of: SIGINT, .interrupt), source(of: SIGTERM, .terminate)]
      // A terminal that goes away asks for the same as SIGTERM, unless the process was started not
      // to care (`nohup`).
      if !isIgnored(SIGHUP) { sources.append(source(of: SIGHUP, .terminate)) }
    }
  }

  private func isIgnored(_ number: Int32) -> Bool {
    var present = sigaction()
    guard sigaction(number, nil, &present) == 0 else { return false }
    #if canImport(Darwin)
      let handler = present.__sigaction_u.__sa_handler
    #else
      let handler = present.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private func source(
    of number: Int32, _ meaning: SignalSource.Signal
  ) -> any DispatchSourceSignal {
    #if canImport(Darwin)
      // The dispatch source still sees what the process itself is to ignore. Elsewhere it has a handler
      // of its own, and what comes before that is installed must not be ignored but end the process.
      signal(number, SIG_IGN)
    #endif
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { [self] in
      if !relay.deliver(meaning) { end(meaning) }
    }
    let isTaken = DispatchSemaphore(value: 0)
    source.setRegistrationHandler { isTaken.signal() }
    source.resume()
    isTaken.wait()
    return source
  }
}
