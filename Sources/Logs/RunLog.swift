internal import Logging

/// What one run tells of its inner life, line by line, for whoever has to find out later.
///
/// ```
/// time=2026-01-05T09:00:00.000Z level=info run=6b1f0a4c event=request method=GET status=200 ...
/// ```
///
/// A line that is below the log's level costs a comparison: its facts are not even made.
public struct RunLog: Sendable {
  private let logger: Logger?

  /// Tells nobody anything.
  public static let off = RunLog(nil)

  private init(_ logger: Logger?) { self.logger = logger }

  /// - Parameters:
  ///   - level: the least that is told.
  ///   - run: tells the lines of runs apart that share a file.
  ///   - time: the wall time, as it stands in each line.
  ///   - write: takes a line with its end, at once and whole.
  public init(
    _ level: LogLevel, run: String, time: @escaping @Sendable () -> String,
    write: @escaping @Sendable (String) -> Void
  ) {
    var logger = Logger(label: "berth") { _ in LineHandler(run: run, time: time, write: write) }
    logger.logLevel = level.ofLogger
    self.logger = logger
  }

  /// True if nothing is told at all.
  public var isOff: Bool { logger == nil }

  /// Tells what happened.
  public func tell(
    _ level: LogLevel, _ event: StaticString, _ facts: @autoclosure () -> [LogFact] = []
  ) {
    logger?.log(
      level: level.ofLogger, "\(event)",
      metadata: Dictionary(facts().map { ($0.key, .string($0.value)) }) { $1 })
  }
}

/// Writes an event as one line of `key=value`: what every line has first, then its facts by name.
private struct LineHandler: LogHandler {
  let run: String
  let time: @Sendable () -> String
  let write: @Sendable (String) -> Void
  var logLevel = Logger.Level.trace
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(
    run: String, time: @escaping @Sendable () -> String,
    write: @escaping @Sendable (String) -> Void
  ) {
    (self.run, self.time, self.write) = (run, time, write)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let known = [
      ("time", time()), ("level", LogLevel(event.level).rawValue), ("run", run),
      ("event", event.message.description),
    ]
    let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.description) }
    write((known + facts).map { LogFact.text($0, $1) }.joined(separator: " ") + "\n")
  }
}
