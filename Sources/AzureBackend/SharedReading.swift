internal import BackendInterface

/// Lets callers who want the same read at the same time share one.
///
/// Nobody is given a read that began before they asked: who comes while one is under way shares the
/// next.
actor SharedReading<Value: Sendable> {
  private typealias Answer = Result<Value, BackendFailure>

  private var isReading = false
  private var waiting: [CheckedContinuation<Answer?, Never>] = []

  /// How many wait for a reading that has not begun.
  var waitingCount: Int { waiting.count }

  /// The value, read by this caller or by another.
  func value(
    _ read: @Sendable () async throws(BackendFailure) -> Value
  ) async throws(BackendFailure) -> Value {
    if isReading {
      // Nil asks this caller to read for all who wait.
      let shared = await withCheckedContinuation { waiting.append($0) }
      if let shared { return try shared.get() }
    }
    isReading = true
    let sharers = waiting
    waiting = []
    let answer: Answer
    do throws(BackendFailure) {
      answer = .success(try await read())
    } catch {
      answer = .failure(error)
    }
    for sharer in sharers { sharer.resume(returning: answer) }
    if waiting.isEmpty {
      isReading = false
    } else {
      waiting.removeFirst().resume(returning: nil)
    }
    return try answer.get()
  }
}
