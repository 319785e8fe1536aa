internal import Synchronization

/// Bytes that look random, and are the same each time.
package final class SeededBytes: Sendable {
  private let state = Mutex<UInt64>(7)

  package init() {}

  /// So many bytes, other ones each time.
  package var bytes: @Sendable (Int) -> [UInt8] {
    { count in
      self.state.withLock { state in
        (0..<count).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt8(truncatingIfNeeded: state >> 33)
        }
      }
    }
  }
}
