internal import Synchronization

/// One of the process's output streams.
///
/// Text written at once arrives at once; writers from several tasks never mix within a piece.
package final class Console: Sendable {
  private let sink: @Sendable (String) -> Bool
  private let isOpen = Mutex(true)

  /// - Parameter sink: takes a piece of text; false if nobody reads any more.
  package init(_ sink: @escaping @Sendable (String) -> Bool) {
    self.sink = sink
  }

  /// Writes a piece of text.
  ///
  /// Once the reader has gone (`berth plan | head`), nothing is written any more and nobody is
  /// told: the command's work matters more than its audience.
  package func write(_ text: String) {
    guard !text.isEmpty else { return }
    isOpen.withLock { isOpen in
      if isOpen { isOpen = sink(text) }
    }
  }

  /// True once something could not be written.
  package var isBroken: Bool { isOpen.withLock { !$0 } }

  /// Writes a line.
  package func writeLine(_ line: String = "") {
    write(line + "\n")
  }
}
