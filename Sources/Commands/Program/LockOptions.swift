internal import ArgumentParser
internal import TargetModel

/// The options of commands that take the lock of a workspace.
struct LockOptions: ParsableArguments {
  @Option(
    name: .customLong("lock"),
    help: ArgumentHelp(
      "false: take no lock. Only if nobody else can apply.", valueName: "bool"))
  var takesLock = true

  @Option(
    name: .customLong("lock-timeout"),
    help: ArgumentHelp("Wait so long for the lock, such as 30s or 5m.", valueName: "time"),
    transform: DurationText.parse)
  var timeout: Duration = .zero
}

extension DurationText {
  /// A duration on the command line.
  static func parse(_ text: String) throws -> Duration {
    guard let duration = duration(text) else {
      throw ValidationError("'\(text)' is no time. Times look like '30s', '5m' or '1h'.")
    }
    return duration
  }
}
