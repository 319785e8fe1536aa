internal import Synchronization

/// Hands signals on to whoever listens within a command, and tells if nobody does.
///
/// A process can listen to a signal at one place only.
final class SignalRelay: Sendable {
  private let listeners = Mutex<[Int: AsyncStream<SignalSource.Signal>.Continuation]>([:])

  /// What the command listens to.
  var source: SignalSource {
    SignalSource { [self] in
      let (stream, continuation) = AsyncStream.makeStream(of: SignalSource.Signal.self)
      let key = listeners.withLock { listeners in
        let key = (listeners.keys.max() ?? 0) + 1
        listeners[key] = continuation
        return key
      }
      continuation.onTermination = { [weak self] _ in
        self?.listeners.withLock { listeners in _ = listeners.removeValue(forKey: key) }
      }
      return stream
    }
  }

  /// Hands a signal on; false if nobody listens.
  func deliver(_ signal: SignalSource.Signal) -> Bool {
    let all = listeners.withLock { Array($0.values) }
    for listener in all { listener.yield(signal) }
    return !all.isEmpty
  }
}
