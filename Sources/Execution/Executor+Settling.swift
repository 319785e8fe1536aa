public import ApplyJournal
public import BackendInterface
public import TargetModel

extension Executor {
  /// Waits until the service is done with every target that this stack owns or wants, as after a
  /// run that was killed, and returns all targets (reliability.md F1).
  ///
  /// Reads only.
  ///
  /// It gives up waiting at a step's deadline, and returns what is there by then.
  ///
  /// - Parameter observe: told once for each target that is waited for.
  public func settle(
    stack: String, desired: [ComputeTarget], observe: @Sendable (ApplyEvent) -> Void
  ) async throws(BackendFailure) -> [ObservedTarget] {
    let wanted = Set(desired.map(\.address.nameKey))
    let elapsed = stopwatch(clock)
    var told: Set<String> = []
    // Mostly there is little left to wait for.
    var wait: Duration = .milliseconds(100)
    while true {
      let targets = try await list(elapsed)
      let busy = targets.filter {
        $0.state.isTransitional
          && ($0.marks.stack == stack || wanted.contains($0.address.nameKey))
      }
      guard !busy.isEmpty else { return targets }
      for target in busy where told.insert(target.address.nameKey).inserted {
        observe(
          .noted(
            "\(target.address): The service says '\(target.state.text)'; waiting until it is done"))
      }
      guard elapsed() < limits.deadlines.longest,
        await sleep(min(wait, limits.deadlines.longest - elapsed()))
      else { return targets }
      wait = min(wait * 2, limits.longestPoll)
    }
  }

  /// The list, asked for again when that fails for a passing reason.
  private func list(_ elapsed: () -> Duration) async throws(BackendFailure) -> [ObservedTarget] {
    var backoff = Backoff(random: SplitMix(state: seed))
    var failures = 0
    while true {
      do throws(BackendFailure) {
        return try await backend.list()
      } catch {
        failures += 1
        var pause = backoff.pause(afterFailures: failures)
        var tries = limits.tries
        switch error.failureClass {
        case .throttled(let retryAfter?) where retryAfter > .zero: pause = retryAfter
        case .throttled: break
        case .retryable: tries = limits.readTries
        case .conflict: break
        case .denied, .absent, .invalid, .fatal: throw error
        }
        guard failures < tries, elapsed() + pause < limits.deadlines.longest,
          await sleep(pause)
        else { throw error }
      }
    }
  }

  /// False if the task was cancelled.
  func sleep(_ duration: Duration) async -> Bool {
    (try? await clock.sleep(for: duration)) != nil
  }
}
