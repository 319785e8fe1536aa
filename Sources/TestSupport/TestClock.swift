internal import Synchronization

/// A clock without waiting: whoever sleeps longest ahead moves the time there at once.
///
/// Sleepers first step aside a few times, so that work which is ready goes before time passes.
package final class TestClock: Clock {
  package struct Instant: InstantProtocol {
    package let offset: Duration

    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    package func duration(to other: Instant) -> Duration { other.offset - offset }
    package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now: Duration = .zero
    var sleepers: [Duration] = []
  }

  private let state = Mutex(State())

  package init() {}

  package var now: Instant { Instant(offset: state.withLock(\.now)) }
  package var minimumResolution: Duration { .nanoseconds(1) }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    state.withLock { $0.sleepers.append(deadline.offset) }
    defer {
      state.withLock { state in
        if let place = state.sleepers.firstIndex(of: deadline.offset) {
          state.sleepers.remove(at: place)
        }
      }
    }
    var turns = 0
    while true {
      try Task.checkCancellation()
      await Task.yield()
      turns += 1
      let isOver = state.withLock { state in
        if state.now >= deadline.offset { return true }
        // The earliest sleeper alone moves the time.
        guard turns > 20, state.sleepers.min() == deadline.offset else { return false }
        state.now = deadline.offset
        return true
      }
      if isOver { return }
    }
  }
}
