internal import ApplyJournal
internal import BackendInterface
internal import Diagnostics
internal import Planning
internal import Reporting
internal import Synchronization

/// The long work of a command, shown on a terminal while it lasts.
final class LiveWork: Sendable {
  /// Nil where nobody watches.
  private let screen: Screen?
  private let style: TerminalStyle
  private let context: CommandContext
  /// The time since it was made.
  private let elapsed: @Sendable () -> Duration
  private let progress = Mutex<ApplyProgress?>(nil)

  init(_ context: CommandContext, on screen: Screen?, _ style: TerminalStyle) {
    self.context = context
    self.screen = screen
    self.style = style
    elapsed = stopwatch(context.clock)
  }

  /// True if somebody sees it while it lasts.
  var isShown: Bool { screen != nil }

  // MARK: Reading

  /// Does work of one piece.
  ///
  /// - Parameter leavesOnSignal: true if a signal ends the command at once, since nothing is written;
  ///   false if somebody else listens.
  func show<Result, Failure: Error>(
    _ what: String, leavesOnSignal: Bool, _ work: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let piece = LongWork(what, at: elapsed())
    return try await showing({ [elapsed] _ in piece.rows(at: elapsed()) }) {
      [context] in
      guard leavesOnSignal else { return }
      for await signal in context.signals.listen() { context.leave(signal.exitStatus) }
    } while: {
      () async throws(Failure) -> Result in
      try await work()
    }
  }

  // MARK: Applying

  /// Does the work of a plan, of which it is told by `handle`.
  func show<Result>(
    _ plan: Plan, usual: UsualDurations, parallelism: Int, _ work: () async -> Result
  ) async -> Result {
    progress.withLock {
      $0 = ApplyProgress(plan, usual: usual, parallelism: parallelism, at: elapsed())
    }
    return await showing({ [self] size in
      progress.withLock { $0?.rows(at: elapsed(), size) ?? [] }
    }) {
    } while: {
      await work()
    }
  }

  /// Something happened in the apply.
  func handle(_ event: ApplyEvent) {
    progress.withLock { $0?.handle(event, at: elapsed()) }
  }

  /// Somebody asked the apply to end.
  ///
  /// - Returns: what it waits for, in a sentence.
  func interrupt() -> String {
    progress.withLock { progress in
      progress?.interrupt()
      return progress?.waitsFor ?? ""
    }
  }

  // MARK: Time

  /// How often rows are drawn again; a resized terminal is noticed as fast.
  ///
  /// What is over sooner is not worth a row.
  private static let interval: Duration = .milliseconds(250)

  /// Does work, shows rows and listens until the work is done.
  private func showing<Result, Failure: Error>(
    _ rows: @escaping Screen.Rows, _ listen: @escaping @Sendable () async -> Void,
    while work: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    guard let screen else { return try await work() }
    let ending = await withTaskGroup(of: Void.self) { group in
      group.addTask { await listen() }
      group.addTask { [context, style] in
        while (try? await context.clock.sleep(for: Self.interval)) != nil {
          screen.show(style, rows)
        }
      }
      let ending: Swift.Result<Result, Failure>
      do throws(Failure) {
        ending = .success(try await work())
      } catch {
        ending = .failure(error)
      }
      group.cancelAll()
      await group.waitForAll()
      return ending
    }
    screen.clear()
    return try ending.get()
  }
}
