internal import Synchronization

/// Hands signals on to whoever listens within a command, and tells if nobody does.
///
/// A process can listen to a signal at one place only.
final class SignalRelay: Sendable {
  private struct State {
    var listeners: [Int: AsyncStream<SignalSource.Signal>.Continuation] = [:]
    var last: SignalSource.Signal?
  }

  private let state = Mutex(State())
  private let remembers: Bool

  /// - Parameter remembers: true to tell whoever begins to listen of a signal that came before.
  init(remembers: Bool = false) {
    self.remembers = remembers
  }

  /// What the command listens to.
  var source: SignalSource {
    SignalSource { [self] in
      let (stream, continuation) = AsyncStream.makeStream(of: SignalSource.Signal.self)
      let (key, last) = state.withLock { state in
        let key = (state.listeners.keys.max() ?? 0) + 1
        state.listeners[key] = continuation
        return (key, state.last)
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { state in _ = state.listeners.removeValue(forKey: key) }
      }
      if let last { continuation.yield(last) }
      return stream
    }
  }

  /// Hands a signal on; false if nobody listens.
  func deliver(_ signal: SignalSource.Signal) -> Bool {
    let all = state.withLock { state in
      if remembers { state.last = signal }
      return Array(state.listeners.values)
    }
    var isHeard = false
    for listener in all {
      if case .terminated = listener.yield(signal) { continue }
      isHeard = true
    }
    return isHeard
  }
}

/// The first signal that came.
final class FirstSignal: Sendable {
  private let known = Mutex<SignalSource.Signal?>(nil)

  var signal: SignalSource.Signal? { known.withLock { $0 } }

  /// True if it is the first one.
  func note(_ signal: SignalSource.Signal) -> Bool {
    known.withLock { known in
      guard known == nil else { return false }
      known = signal
      return true
    }
  }
}
