internal import Logs
internal import Synchronization

/// What the process used so far, as the operating system counts it.
package struct ProcessUsage: Sendable {
  /// Processor time of all threads.
  package var processor: Duration
  /// The most memory that was resident at once, in KiB.
  package var peakKiB: Int

  package init(processor: Duration = .zero, peakKiB: Int = 0) {
    self.processor = processor
    self.peakKiB = peakKiB
  }
}

/// Adds up where the time of a run goes.
package final class Timings: Sendable {
  /// A moment of the run.
  struct Moment {
    let wall: Duration
    let processor: Duration
  }

  private struct Sum {
    var wall = Duration.zero
    var processor = Duration.zero
    var calls = 0
  }

  private let elapsed: @Sendable () -> Duration
  private let usage: @Sendable () -> ProcessUsage
  private let sums = Mutex<[Phase: Sum]>([:])

  /// - Parameters:
  ///   - elapsed: the time since the run began.
  ///   - usage: what the process used so far.
  package init(
    elapsed: @escaping @Sendable () -> Duration, usage: @escaping @Sendable () -> ProcessUsage
  ) {
    self.elapsed = elapsed
    self.usage = usage
  }

  var now: Moment { Moment(wall: elapsed(), processor: usage().processor) }

  /// Counts what went by since a moment to a phase.
  ///
  /// - Returns: how long that was.
  @discardableResult
  func count(_ phase: Phase, since began: Moment) -> Duration {
    let ended = now
    return sums.withLock { sums in
      sums[phase, default: Sum()].wall += ended.wall - began.wall
      sums[phase, default: Sum()].processor += ended.processor - began.processor
      sums[phase, default: Sum()].calls += 1
      return ended.wall - began.wall
    }
  }

  /// The lines of `--timings`: each phase that was there, what is left, and all of it.
  ///
  /// Programs read them (docs/commands.md): keys are only ever added, at the end.
  package var text: String {
    let (total, sums) = (now, sums.withLock { $0 })
    var rest = Sum(wall: total.wall, processor: total.processor, calls: 1)
    var text = ""
    for phase in Phase.allCases {
      guard let sum = sums[phase] else { continue }
      rest.wall -= sum.wall
      rest.processor -= sum.processor
      text += line(phase.rawValue, sum)
    }
    // Phases of several stacks that are worked on side by side take more than there is.
    rest.wall = max(rest.wall, .zero)
    rest.processor = max(rest.processor, .zero)
    text += line("other", rest)
    let all = Sum(wall: total.wall, processor: total.processor, calls: 1)
    return text + line("total", all, " peak_kib=\(usage().peakKiB)")
  }

  private func line(_ name: String, _ sum: Sum, _ more: String = "") -> String {
    "timing phase=\(name) wall_ms=\(sum.wall.millisecondsText) "
      + "cpu_ms=\(sum.processor.millisecondsText) calls=\(sum.calls)\(more)\n"
  }
}
