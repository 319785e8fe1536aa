internal import ArgumentParser
internal import TargetModel

/// A command as its help describes it: what manuals are written from, and what is completed.
///
/// Read from the parser's own description of itself, so that nothing is said twice.
struct CommandTree: Sendable {
  /// The words that call it: `["berth", "lock", "list"]`.
  let path: [String]
  let aliases: [String]
  /// What it does, in one sentence.
  let abstract: String
  /// What else there is to say: paragraphs, the example, the exit codes.
  let discussion: String
  /// Its options and what it takes besides, in the order of the help.
  let arguments: [CommandArgument]
  let subcommands: [CommandTree]

  /// The last of the words that call it.
  var name: String { path.last ?? "" }

  /// It and everything below it.
  var all: [CommandTree] { [self] + subcommands.flatMap(\.all) }

  /// All of `berth`.
  static let berth = CommandTree(
    (try? AttributeValue(json: BerthCommand._dumpHelp()))?["command"] ?? .null, below: [])

  private init(_ described: AttributeValue, below parents: [String]) {
    path = parents + [described["commandName"]?.text ?? ""]
    aliases = described["aliases"]?.list?.compactMap(\.text) ?? []
    abstract = described["abstract"]?.text ?? ""
    discussion = described["discussion"]?.text ?? ""
    arguments =
      described["arguments"]?.list?.filter { $0["shouldDisplay"]?.bool != false }
      .map(CommandArgument.init) ?? []
    let path = path
    // The command `help` is the parser's own.
    subcommands =
      described["subcommands"]?.list?.filter {
        $0["commandName"]?.text != "help" && $0["shouldDisplay"]?.bool != false
      }.map { CommandTree($0, below: path) } ?? []
  }

  /// The subcommand of this name or alias.
  func subcommand(_ name: String) -> CommandTree? {
    subcommands.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// The option of this name, dashes included.
  func option(_ name: String) -> CommandArgument? {
    arguments.first { $0.names.contains(name) }
  }
}

/// An option, a flag, or a word that a command takes.
struct CommandArgument: Sendable {
  enum Form: String, Sendable {
    case positional
    case option
    case flag
  }

  let form: Form
  /// With their dashes, the preferred one first; empty for positional ones.
  let names: [String]
  /// What its value stands for, such as `file`.
  let valueName: String
  let abstract: String
  /// What counts without it; nil for nothing.
  let defaultValue: String?
  /// The words that it takes, where these are all.
  let words: [String]
  let isOptional: Bool
  let isRepeating: Bool

  fileprivate init(_ described: AttributeValue) {
    form = described["kind"]?.text.flatMap(Form.init(rawValue:)) ?? .positional
    let names = described["names"]?.list?.compactMap { name -> String? in
      guard let word = name["name"]?.text else { return nil }
      return (name["kind"]?.text == "long" ? "--" : "-") + word
    }
    self.names = (names ?? []).sorted { $0.utf8.count > $1.utf8.count }
    valueName = described["valueName"]?.text ?? ""
    abstract = described["abstract"]?.text ?? ""
    defaultValue = described["defaultValue"]?.text
    words = described["allValues"]?.list?.compactMap(\.text) ?? []
    isOptional = described["isOptional"]?.bool ?? false
    isRepeating = described["isRepeating"]?.bool ?? false
  }
}
