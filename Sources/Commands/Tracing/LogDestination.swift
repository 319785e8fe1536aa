internal import Diagnostics
internal import Digests
internal import Logs
internal import Storage

/// The log that the environment asks for, and where it goes.
///
/// `BERTH_LOG` says how much, `BERTH_LOG_PATH` into which file; without one it is the standard error.
struct LogDestination {
  private(set) var log = RunLog.off
  /// The file; nil where there is none.
  private var file: Console?

  /// - Throws: what is wrong with the settings.
  init(_ context: CommandContext) throws(LogSettingsFailure) {
    guard let word = context.environment["BERTH_LOG"], !word.isEmpty else { return }
    guard let level = LogLevel(rawValue: word.lowercased()) else {
      throw LogSettingsFailure(finding: .unknownLevel(word))
    }
    var console = context.messages
    if let path = context.environment["BERTH_LOG_PATH"], !path.isEmpty {
      do {
        let lines = try LineFile(
          appendingPrivatelyTo: context.path(path, from: context.workingDirectory))
        console = Console { lines.write($0) }
        file = console
      } catch {
        throw LogSettingsFailure(finding: .unusableLog(path, error.reason))
      }
    }
    log = RunLog(
      level, run: hexadecimal(context.randomBytes(4)), time: { Timestamp.text(context.now()) }
    ) { [console] line in console.write(line) }
  }

  /// What is to be said in the end if lines were lost.
  var loss: Diagnostic? { file?.lostReason.map(Diagnostic.lostLog) }
}

/// Why there is no log as the environment asks for it.
struct LogSettingsFailure: Error {
  let finding: Diagnostic
}

extension Rule {
  static let logSettings = Rule("log-settings")
}

extension Diagnostic {
  fileprivate static func unknownLevel(_ word: String) -> Diagnostic {
    let levels = LogLevel.allCases.map(\.rawValue)
    let meant = nearest(to: word, among: levels).map { " Did you mean \"\($0)\"?" } ?? ""
    return Diagnostic(
      .error, .logSettings, "Log can't be kept",
      detail: """
        BERTH_LOG is '\(word.prefix(64))'.\(meant) It takes one of these, from all to least: \
        \(levels.joined(separator: ", ")). Without it nothing is logged.
        """)
  }

  fileprivate static func unusableLog(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .logSettings, "Log can't be kept",
      detail: """
        BERTH_LOG_PATH is \(path), which \(reason). It must be a regular file, or not be there yet; \
        without it the log goes to the standard error.
        """)
  }

  fileprivate static func lostLog(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .logSettings, "Log is not complete",
      detail: "The file of BERTH_LOG_PATH \(reason). The command itself went on.")
  }
}
