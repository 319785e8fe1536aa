internal import Diagnostics

/// A command's page of the manual, in mdoc, from what its help says.
struct ManualPage {
  private let command: CommandTree

  init(_ command: CommandTree) { self.command = command }

  /// Such as `berth-plan.1`.
  var fileName: String { "\(title).1" }

  private var title: String { command.path.joined(separator: "-") }
  private var spelling: String { command.path.joined(separator: " ") }

  var text: String {
    let parts = DiscussionParts(command.discussion)
    return [
      heading, name, synopsis, description(parts.paragraphs), subcommands, options,
      environment, exitStatus(parts.exitCodes), examples(parts.example), seeAlso,
    ].joined()
  }

  // MARK: Sections

  private var heading: String {
    ".Dd \(Self.date)\n.Dt \(title.uppercased()) 1\n.Os\n"
  }

  /// The version's day as mdoc writes it: `November 21, 2026`.
  private static var date: String {
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    let parts = BerthVersion.date.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return BerthVersion.date }
    return "\(months[parts[1] - 1]) \(parts[2]), \(parts[0])"
  }

  private var name: String {
    let abstract =
      command.abstract.hasSuffix(".") ? command.abstract.dropLast() : command.abstract[...]
    return ".Sh NAME\n.Nm \(title)\n.Nd \(Mdoc.words(lowercasedFirst(abstract)))\n"
  }

  private func lowercasedFirst(_ text: Substring) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
  }

  private var synopsis: String {
    var text = ".Sh SYNOPSIS\n.Nm \(spelling)\n"
    if !command.subcommands.isEmpty { text += ".Ar command\n" }
    for argument in command.arguments { text += Mdoc.synopsis(of: argument) + "\n" }
    return text
  }

  private func description(_ paragraphs: [String]) -> String {
    let names = command.aliases.map { "'\($0)'" }.joined(separator: " and ")
    let others = names.isEmpty ? [] : ["It is also called \(names)."]
    let all = [command.abstract] + paragraphs + others
    return ".Sh DESCRIPTION\n" + all.map(Mdoc.paragraph).joined(separator: ".Pp\n")
  }

  private var subcommands: String {
    guard !command.subcommands.isEmpty else { return "" }
    let items = command.subcommands.map { ".It Cm \($0.name)\n" + Mdoc.paragraph($0.abstract) }
    return ".Pp\nThe commands are:\n" + list(items)
  }

  private var options: String {
    guard !command.arguments.isEmpty else { return "" }
    let items = command.arguments.map { argument in
      ".It \(Mdoc.item(of: argument))\n" + Mdoc.paragraph(Self.sentence(argument))
    }
    return ".Pp\nThe options are:\n" + list(items)
  }

  private static func sentence(_ argument: CommandArgument) -> String {
    var text = argument.abstract
    if !argument.words.isEmpty, !text.contains(argument.words[0]) {
      text += " One of: \(argument.words.joined(separator: ", "))."
    }
    if let value = argument.defaultValue, !text.contains(value) || argument.form == .option {
      text += " Without it: \(value)."
    }
    return text
  }

  private func list(_ items: [String]) -> String {
    ".Bl -tag -width Ds\n" + items.joined() + ".El\n"
  }

  /// On the program's own page only, since all commands heed them.
  private var environment: String {
    guard command.path.count == 1 else { return "" }
    let items = EnvironmentVariable.all.map { variable in
      variable.names.map { ".It Ev \($0)\n" }.joined() + Mdoc.paragraph(variable.meaning)
    }
    return ".Sh ENVIRONMENT\n" + list(items)
  }

  private func exitStatus(_ codes: String) -> String {
    codes.isEmpty ? "" : ".Sh EXIT STATUS\n" + Mdoc.paragraph(codes)
  }

  private func examples(_ lines: [String]) -> String {
    guard !lines.isEmpty else { return "" }
    return ".Sh EXAMPLES\n.Bd -literal -offset indent\n"
      + lines.map { Mdoc.words($0) + "\n" }.joined() + ".Ed\n"
  }

  private var seeAlso: String {
    let parents = (1..<max(command.path.count, 1)).map { command.path.prefix($0) }
    let names =
      parents.map { $0.joined(separator: "-") }
      + command.subcommands.map { $0.path.joined(separator: "-") }
    guard !names.isEmpty else { return "" }
    return ".Sh SEE ALSO\n"
      + names.sorted().map { ".Xr \($0) 1" }.joined(separator: " ,\n") + "\n"
  }
}

/// The parts of what a command's help discusses.
struct DiscussionParts: Equatable {
  private(set) var paragraphs: [String] = []
  /// The lines below `Example:`.
  private(set) var example: [String] = []
  /// What follows `Exit codes:`.
  private(set) var exitCodes = ""

  init(_ discussion: String) {
    let blocks = discussion.split(separator: "\n\n")
    for block in blocks {
      let lines = block.split(separator: "\n").map(String.init)
      if lines.first == "Example:" {
        example = lines.dropFirst().map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0 }
      } else if block.hasPrefix("Exit codes:") {
        let codes = lines.joined(separator: " ").dropFirst("Exit codes: ".count)
        exitCodes = codes.prefix(1).uppercased() + codes.dropFirst()
      } else {
        paragraphs.append(lines.joined(separator: " "))
      }
    }
  }
}
