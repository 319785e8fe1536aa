internal import Diagnostics

/// Finds what may stand at the cursor of a command line.
struct LineCompletion {
  private let tree: CommandTree
  private let values: ValueCompletion
  /// Options that every command has; they may stand before a command's name too.
  private let common: [CommandArgument]

  init(_ tree: CommandTree, values: ValueCompletion) {
    self.tree = tree
    self.values = values
    let leaves = tree.all.filter(\.subcommands.isEmpty)
    common =
      leaves.first?.arguments.filter { argument in
        !argument.names.isEmpty && leaves.allSatisfy { $0.option(argument.names[0]) != nil }
      } ?? []
  }

  /// Where a line stands when its words are read.
  private struct Position {
    var command: CommandTree
    /// The words that are no options, without those that name the command.
    var given: [String] = []
    var used: Set<String> = []
    /// The option whose value comes next.
    var pending: CommandArgument?
    /// True behind `--`.
    var takesOptions = true
    var folder: String?
  }

  /// What may stand at the cursor.
  func completion(of request: CompletionRequest) async -> Completion {
    if request.words.first == "help" {
      let words = Array(request.words.dropFirst())
      return Completion(candidates: commands(below: read(words).command, request.beginning))
    }
    let position = read(request.words)
    let beginning = request.beginning
    var values = values
    values.folder = position.folder
    if let option = position.pending {
      return await values.completion(of: option, beginning, after: position.given)
    }
    if position.takesOptions, beginning.hasPrefix("-") {
      return await options(position, beginning, values)
    }
    if !position.command.subcommands.isEmpty, position.given.isEmpty {
      let own = position.command.path == tree.path ? [Self.help] : []
      let found = commands(below: position.command, beginning)
      return Completion(candidates: found + own.filter { $0.word.hasPrefix(beginning) })
    }
    let taken = position.command.arguments.filter { $0.form == .positional }
    guard
      let argument = taken.dropFirst(position.given.count).first
        ?? taken.last.flatMap({ $0.isRepeating ? $0 : nil })
    else { return .nothing }
    return await values.completion(of: argument, beginning, after: position.given)
  }

  // MARK: Reading

  private func read(_ words: [String]) -> Position {
    var position = Position(command: tree)
    for written in words {
      if let option = position.pending {
        if option.names.contains("--chdir") { position.folder = written }
        position.pending = nil
      } else if !position.takesOptions {
        position.given.append(written)
      } else if written == "--" {
        position.takesOptions = false
      } else if written.hasPrefix("-") {
        readOption(written, &position)
      } else if position.given.isEmpty, let command = position.command.subcommand(written) {
        position.command = command
      } else {
        position.given.append(written)
      }
    }
    return position
  }

  private func readOption(_ written: String, _ position: inout Position) {
    let parts = Self.parts(written)
    position.used.insert(parts.name)
    guard let option = option(parts.name, of: position.command), option.form == .option else {
      return
    }
    if let value = parts.value {
      if parts.name == "--chdir" { position.folder = value }
    } else {
      position.pending = option
    }
  }

  private func option(_ name: String, of command: CommandTree) -> CommandArgument? {
    command.option(name) ?? common.first { $0.names.contains(name) }
  }

  /// An option's name, with two dashes as Terraform's users may leave one out, and its value.
  private static func parts(_ written: String) -> (name: String, value: String?) {
    let parts = written.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let isShort = !name.hasPrefix("--") && name.utf8.count > 2
    return (isShort ? "-" + name : name, parts.count > 1 ? String(parts[1]) : nil)
  }

  // MARK: Offering

  private func options(
    _ position: Position, _ beginning: String, _ values: ValueCompletion
  ) async -> Completion {
    if let equals = beginning.firstIndex(of: "=") {
      let (name, value) = Self.parts(beginning)
      guard let option = option(name, of: position.command), option.form == .option else {
        return .nothing
      }
      var completion = await values.completion(of: option, value ?? "", after: position.given)
      let kept = beginning[...equals]
      completion.candidates = completion.candidates.map {
        Completion.Candidate(word: kept + $0.word, meaning: $0.meaning)
      }
      return completion
    }
    var known = position.command.arguments.filter { $0.form != .positional }
    known += common.filter { position.command.option($0.names[0]) == nil }
    let open = known.filter { $0.isRepeating || position.used.isDisjoint(with: $0.names) }
    // `-o` means `--out` and its like.
    let wanted = beginning.hasPrefix("--") || beginning == "-" ? beginning : "-" + beginning
    return Completion(
      candidates: open.compactMap { option in
        option.names.first { $0.hasPrefix("--") && $0.hasPrefix(wanted) }
          .map { Completion.Candidate(word: $0, meaning: option.abstract.firstSentence) }
      })
  }

  private static let help = Completion.Candidate(word: "help", meaning: "Show help of a command.")

  private func commands(
    below command: CommandTree, _ beginning: String
  ) -> [Completion.Candidate] {
    command.subcommands.filter { $0.name.hasPrefix(beginning) }
      .map { Completion.Candidate(word: $0.name, meaning: $0.abstract) }
  }
}

extension String {
  /// As far as its first full stop or colon.
  fileprivate var firstSentence: String {
    let end = firstRange(of: ". ")?.lowerBound ?? firstRange(of: ": ")?.lowerBound
    let sentence = end.map { self[..<$0] } ?? self[...]
    return String(sentence.hasSuffix(".") ? sentence.dropLast() : sentence)
  }
}
