/// Where signals that ask a command to end come from.
package struct SignalSource: Sendable {
  /// A signal that asks to end.
  package enum Signal: Sendable {
    case interrupt
    case terminate

    var exitStatus: ExitStatus {
      switch self {
      case .interrupt: .interrupted
      case .terminate: .terminated
      }
    }
  }

  /// Begins to listen.
  ///
  /// While somebody listens the signals no longer end the process by themselves; when the
  /// listener's stream ends they do again.
  package let listen: @Sendable () -> AsyncStream<Signal>

  package init(listen: @escaping @Sendable () -> AsyncStream<Signal>) {
    self.listen = listen
  }

  /// A source that stays silent.
  package static let silent = SignalSource { AsyncStream { _ in } }
}
