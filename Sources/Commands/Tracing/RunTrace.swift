package import Logs

/// Follows a run on its way: where the time goes, and what is done, for those who ask.
///
/// Where nobody does, a phase costs a comparison.
package struct RunTrace: Sendable {
  /// What is told of single things.
  package let log: RunLog
  private let timings: Timings?

  /// Follows nothing.
  package static let off = RunTrace(log: .off, timings: nil)

  /// - Parameter timings: nil where neither they nor a log is asked for.
  package init(log: RunLog, timings: Timings?) {
    self.log = log
    self.timings = timings
  }

  /// How long the run goes on already; zero where nothing is followed.
  var elapsed: Duration { timings?.now.wall ?? .zero }

  /// Does a part of the run's work.
  func within<Result, Failure: Error>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let timings else { return try body() }
    let began = begin(phase, timings)
    defer { end(phase, timings, began) }
    return try body()
  }

  /// Does a part of the run's work that may wait for something.
  func awaiting<Result, Failure: Error>(
    _ phase: Phase, _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    guard let timings else { return try await body() }
    let began = begin(phase, timings)
    defer { end(phase, timings, began) }
    return try await body()
  }

  private func begin(_ phase: Phase, _ timings: Timings) -> Timings.Moment {
    log.tell(.debug, "phase_started", [.name("phase", phase.rawValue)])
    return timings.now
  }

  private func end(_ phase: Phase, _ timings: Timings, _ began: Timings.Moment) {
    let took = timings.count(phase, since: began)
    log.tell(
      .debug, "phase_ended", [.name("phase", phase.rawValue), .milliseconds("wall_ms", took)])
  }
}
