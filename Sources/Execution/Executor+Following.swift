public import ApplyJournal
public import BackendInterface
public import Planning
internal import TargetModel

extension Executor {
  /// Asks for the operations that an earlier run began and did not see end, until they have ended.
  ///
  /// Reads only. What an operation says is a hint, as ever: its words are for people, and the targets
  /// tell what became of it.
  ///
  /// - Parameter observe: told of each operation that is waited for.
  /// - Returns: how the operations ended, by their steps; those of which nothing can be learnt any
  ///   more, or not before a step's deadline, are left out.
  public func follow(
    _ history: RunHistory, observe: @Sendable (ApplyEvent) -> Void
  ) async -> [StepID: OperationStatus] {
    let elapsed = stopwatch(clock)
    var ended: [StepID: OperationStatus] = [:]
    for intent in history.unsettled {
      guard let reference = history.operations[intent.step] else { continue }
      ended[intent.step] = await end(of: OperationHandle(reference: reference), elapsed) {
        observe(.noted("\(intent.address): Its operation is still under way; waiting for its end"))
      }
    }
    return ended
  }

  /// How an operation ends; nil if nobody knows.
  private func end(
    of operation: OperationHandle, _ elapsed: () -> Duration, isRunning: () -> Void
  ) async -> OperationStatus? {
    var wait: Duration = .milliseconds(100)
    var failures = 0
    var isTold = false
    while true {
      var pause = wait
      do throws(BackendFailure) {
        let status = try await backend.status(of: operation)
        guard case .running(let retryAfter) = status else { return status }
        if !isTold { isRunning() }
        isTold = true
        failures = 0
        pause = max(retryAfter ?? wait, wait)
      } catch {
        failures += 1
        guard case .retryable = error.failureClass, failures < limits.readTries else { return nil }
      }
      guard elapsed() + pause < limits.deadlines.longest, await sleep(pause) else { return nil }
      wait = min(wait * 2, limits.longestPoll)
    }
  }
}
