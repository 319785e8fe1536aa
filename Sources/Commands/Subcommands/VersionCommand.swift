internal import ArgumentParser
internal import TargetModel

/// The command `berth version`.
struct VersionCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the version, and the commit it was built from.",
    usage: "berth version [<options>]",
    discussion: """
      Example:
        berth version --json

      Exit codes: 0.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Print JSON, with the formats of plan and events.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    guard printsJSON else {
      context.output.writeLine("Berth \(BerthVersion.text)")
      context.output.writeLine(
        BuildOrigin.commit.map { "Commit \($0)" } ?? "Built from a working tree, of no known commit"
      )
      return .success
    }
    let facts: AttributeValue = [
      "berth_version": .text(BerthVersion.text),
      "commit": BuildOrigin.commit.map(AttributeValue.text) ?? .null,
      "event_format_version": .text(BerthVersion.eventFormat),
      "plan_format_version": .text(BerthVersion.planFormat),
    ]
    context.output.writeLine(facts.prettyJSON)
    return .success
  }
}
