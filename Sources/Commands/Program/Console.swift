package import Storage
internal import Synchronization

/// One of the process's output streams, or a file that is written like one.
///
/// Text written at once arrives at once; writers from several tasks never mix within a piece.
package final class Console: Sendable {
  private let sink: @Sendable (String) -> WriteFailure?
  private let failure = Mutex<WriteFailure?>(nil)

  /// - Parameter sink: takes a piece of text; returns why it could not.
  package init(_ sink: @escaping @Sendable (String) -> WriteFailure?) {
    self.sink = sink
  }

  /// Writes a piece of text.
  ///
  /// Once the reader has gone (`berth plan | head`) or a write failed, nothing is written any more:
  /// the command's work matters more than its audience. `lostReason` tells in the end.
  package func write(_ text: String) {
    guard !text.isEmpty else { return }
    failure.withLock { failure in
      if failure == nil { failure = sink(text) }
    }
  }

  /// Writes a line.
  package func writeLine(_ line: String = "") {
    write(line + "\n")
  }

  /// Why something was not written; nil if everything was, or if nobody reads any more.
  package var lostReason: String? {
    failure.withLock { $0.flatMap { $0.isGoneReader ? nil : $0.reason } }
  }
}
