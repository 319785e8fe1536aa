internal import Logging

/// How much a log tells, from everything to failures alone; `BERTH_LOG` has these words.
public enum LogLevel: String, CaseIterable, Sendable {
  /// Also what happens many times a second, such as polls.
  case trace
  /// Each part of a run, each read, each wait.
  case debug
  /// Writes, steps and locks.
  case info
  /// What was mended, or may need a look: retries, calls that were held back.
  case warn
  /// What failed.
  case error

  var ofLogger: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .warn: .warning
    case .error: .error
    }
  }

  init(_ level: Logger.Level) {
    self =
      switch level {
      case .trace: .trace
      case .debug: .debug
      case .info, .notice: .info
      case .warning: .warn
      case .error, .critical: .error
      }
  }
}
