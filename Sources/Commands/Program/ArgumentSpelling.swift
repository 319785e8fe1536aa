/// Brings a command line into the form that the parser knows, before it is parsed.
///
/// Three things that people and pipelines write are taken care of here: options of every command
/// before the subcommand (`berth --chdir ml plan`), Terraform's spelling with one dash
/// (`-out=plan.json`), and arguments from the environment (`BERTH_CLI_ARGS`,
/// `BERTH_CLI_ARGS_plan`), which stand right after the subcommand so that the command line wins.
package struct ArgumentSpelling: Sendable {
  /// The names of the subcommands.
  package let subcommands: Set<String>
  /// The subcommands of those that are groups.
  package let groups: [String: Set<String>]
  /// Options that stand before a subcommand and take a value in the next word.
  static let leadingOptionsWithValue: Set<String> = ["--chdir", "--color", "--input"]
  /// Long options that are also understood with one dash.
  static let singleDashOptions: Set<String> = [
    "all", "auth", "auto-approve", "changed-since", "chdir", "check", "color", "compact-warnings",
    "concise",
    "dangerous-listen-anywhere", "dangerous-older-commit", "dangerous-removals", "destroy",
    "detailed-exitcode", "diff", "exclude", "exclude-file", "expect-digest", "fail-on", "faults",
    "force", "generate-config-out", "help", "input", "json", "json-into", "listen", "lock",
    "lock-timeout", "markdown",
    "no-color", "operation-milliseconds", "out", "overlay", "page-size", "parallelism", "record",
    "refresh", "refresh-only", "replace", "replay", "report", "resume", "seed", "store", "target",
    "target-file", "timings", "tls", "upgrade", "var", "var-file", "version", "workspaces", "write",
  ]

  package init(subcommands: Set<String>, groups: [String: Set<String>] = [:]) {
    self.subcommands = subcommands
    self.groups = groups
  }

  /// The arguments in the parser's form.
  package func normalised(
    _ arguments: [String], environment: [String: String]
  ) -> [String] {
    var words = withTwoDashes(arguments)
    guard let index = index(of: subcommands, in: words) else { return words }
    var path = [words.remove(at: index)]
    if let members = groups[path[0]] {
      // Without a member the group shows its help, which takes no options.
      guard let index = self.index(of: members, in: words) else { return path + words }
      path.append(words.remove(at: index))
    }
    let fromEnvironment = ["BERTH_CLI_ARGS", "BERTH_CLI_ARGS_\(path[0])"]
      .flatMap { Self.split(environment[$0] ?? "") }
    return path + withTwoDashes(fromEnvironment) + words
  }

  private func withTwoDashes(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { word in
      guard word.hasPrefix("-"), !word.hasPrefix("--") else { return word }
      let name = word.dropFirst().prefix { $0 != "=" }
      return Self.singleDashOptions.contains(String(name)) ? "-" + word : word
    } + arguments[end...]
  }

  /// The place of the first of some names, if only options of every command stand before it.
  private func index(of names: Set<String>, in words: [String]) -> Int? {
    var index = 0
    while index < words.count {
      let word = words[index]
      if names.contains(word) { return index }
      guard word.hasPrefix("--"), word != "--" else { return nil }
      index += Self.leadingOptionsWithValue.contains(word) ? 2 : 1
    }
    return nil
  }

  /// Splits a text into words as a shell would: at blanks, with `'...'`, `"..."` and `\`.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character.isWhitespace {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let finished = word { words.append(finished) }
    return words
  }
}
