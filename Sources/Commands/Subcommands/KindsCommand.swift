internal import ArgumentParser
internal import ComputeKinds
internal import TargetModel

/// The command `berth kinds`.
struct KindsCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "kinds",
    abstract: "List the kinds of compute target, what changes in place and what they run.",
    usage: "berth kinds [<options>]",
    discussion: """
      'berth explain KIND' tells more of one.

      Example:
        berth kinds --json

      Exit codes: 0.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    let overviews = KindCatalog.azureML.kinds.map(KindOverview.init)
    if printsJSON {
      let object: AttributeValue = [
        "format_version": "1.0", "kinds": .list(overviews.map(\.json)),
      ]
      context.output.writeLine(object.prettyJSON)
      return .success
    }
    let rows = overviews.map { overview in
      let keys = overview.changesInPlace
      return [
        overview.kind.name.text, overview.origin, overview.otherChanges,
        keys.isEmpty ? "nothing" : keys.joined(separator: ", "),
      ]
    }
    let titles = ["KIND", "COMES TO BE", "A CHANGE", "BUT IN PLACE"]
    context.output.write(TextTable([titles] + rows).text())
    let runs = overviews.map { overview in
      [overview.kind.name.text, overview.workloads?.joined(separator: ", ") ?? "not stated"]
    }
    context.output.write("\n" + TextTable([["KIND", "RUNS (berth.workloads)"]] + runs).text())
    return .success
  }
}
