internal import Storage
internal import Subprocesses

/// `git` in a folder.
///
/// It is run by its absolute path, without a shell, and only for commands that run no hook and no
/// program of the repository's configuration. Nothing is fetched, written or asked.
struct Git {
  private let program: String
  private let folder: String
  private var environment: [String: String]

  /// Nil if there is none in an absolute folder of `PATH`.
  init?(folder: String, context: CommandContext) {
    guard let program = ProgramPath(finding: "git", in: context.environment) else { return nil }
    self.program = program.text
    self.folder = folder
    var environment = [
      "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1",
      "GIT_TERMINAL_PROMPT": "0",
    ]
    for name in ["HOME", "XDG_CONFIG_HOME"] { environment[name] = context.environment[name] }
    self.environment = environment
  }

  /// The first line of what a command prints; nil if it fails.
  func output(_ arguments: String...) -> String? {
    bytes(arguments, limit: 4_096, timeLimit: .seconds(10)).map { bytes in
      String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }

  /// The records, each ended by a zero byte, that a command prints; nil if it fails.
  func records(_ arguments: String...) -> [String]? {
    bytes(arguments, limit: 256 << 20, timeLimit: .seconds(120)).map { bytes in
      bytes.split(separator: 0, omittingEmptySubsequences: true)
        .map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private func bytes(_ arguments: [String], limit: Int, timeLimit: Duration) -> [UInt8]? {
    let options = [
      "--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
    ]
    return try? programOutput(
      of: [program] + options + arguments, environment: environment, in: folder, limit: limit,
      timeLimit: timeLimit)
  }

  /// The same `git` with the filters of files (`filter.*.clean`) switched off, which are programs and
  /// would be run to compare a file with what is committed.
  ///
  /// A file that goes through one then looks changed when its time is not that of the checkout.
  func withoutFilters() -> Git {
    let names =
      records("config", "--null", "--name-only", "--get-regexp", #"^filter\..*\.(clean|process)$"#)
      ?? []
    var git = self
    var settings = names.map { ($0, "") }
    for name in names {
      let driver = name.split(separator: ".", omittingEmptySubsequences: false).dropLast()
      settings.append((driver.joined(separator: ".") + ".required", "false"))
    }
    // By variables and not by `-c`, since a filter's name may have a '='.
    git.environment["GIT_CONFIG_COUNT"] = String(settings.count)
    for (index, (name, value)) in settings.enumerated() {
      git.environment["GIT_CONFIG_KEY_\(index)"] = name
      git.environment["GIT_CONFIG_VALUE_\(index)"] = value
    }
    return git
  }
}
