/// Measures how long something takes, by whatever clock its world has.
struct Stopwatch: Sendable {
  /// The time since it was made.
  let elapsed: @Sendable () -> Duration

  init(_ clock: any Clock<Duration>) {
    elapsed = Self.measure(clock)
  }

  private static func measure(
    _ clock: some Clock<Duration>
  ) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}
