package import Diagnostics
internal import Reporting
package import Storage
internal import Synchronization

/// A terminal on which text goes past above rows that tell what is going on.
///
/// The thin edge of `LiveRegion`: it measures, and it writes. Both streams of a process pass through
/// the one screen they share, so that neither tears the rows of the other.
package final class Screen: Sendable {
  /// What the rows are, in a terminal of a size.
  typealias Rows = @Sendable (TerminalSize) -> [LiveRow]

  private struct State {
    var region = LiveRegion()
    var shown: (rows: Rows, style: TerminalStyle)?
  }

  private let state = Mutex(State())
  private let size: @Sendable () -> TerminalSize?
  private let sink: @Sendable (String) -> WriteFailure?

  /// - Parameters:
  ///   - size: measures; asked before everything that is drawn, since terminals are resized.
  ///   - sink: writes to the terminal.
  package init(
    size: @escaping @Sendable () -> TerminalSize?,
    sink: @escaping @Sendable (String) -> WriteFailure?
  ) {
    self.size = size
    self.sink = sink
  }

  private var currentSize: TerminalSize { size() ?? TerminalSize(columns: 80, rows: 24) }

  /// Writes text of a stream, above the rows.
  package func pass(
    _ text: String, to stream: (String) -> WriteFailure?
  ) -> WriteFailure? {
    state.withLock { state in
      let size = currentSize
      _ = sink(state.region.erase(size))
      let failure = stream(text)
      state.region.wrote(text)
      draw(&state, size)
      return failure
    }
  }

  /// Shows rows, or what has become of them.
  func show(_ style: TerminalStyle, _ rows: @escaping Rows) {
    state.withLock { state in
      state.shown = (rows, style)
      draw(&state, currentSize)
    }
  }

  /// Takes the rows away.
  func clear() {
    state.withLock { state in
      state.shown = nil
      _ = sink(state.region.erase(currentSize))
    }
  }

  /// Takes the rows away since the process ends; waits for nobody who is writing.
  package func close() {
    _ = state.withLockIfAvailable { state in
      state.shown = nil
      _ = sink(state.region.erase(currentSize))
    }
  }

  private func draw(_ state: inout State, _ size: TerminalSize) {
    guard let (rows, style) = state.shown else { return }
    _ = sink(state.region.draw(rows(size), size, style))
  }
}
