internal import ArgumentParser
internal import Diagnostics
internal import Emulator

/// The command `berth emulate`.
struct EmulateCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "emulate",
    abstract: "Serve the service's own API on this machine, for tests without Azure.",
    usage: "berth emulate [<options>]",
    discussion: """
      It answers as Azure Resource Manager does for the computes of machine learning
      workspaces, signing in included, until it is interrupted. See
      docs/emulator.md.

      Example:
        berth emulate --store .berth/workspace.db --faults faults.yml

      Exit codes: 1 error, 3 refused by a safety rule, 130 and 143 interrupted and
      terminated.
      """)

  @OptionGroup var common: CommonOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Where to listen; port 0 for any free one.", valueName: "host:port"))
  var listen = ListenAddress.standard.description

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Serve an embedded workspace's file, not workspaces in memory.", valueName: "file"))
  var store: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which workspaces there are: a list, or a berth.yaml; else any.", valueName: "file"))
  var workspaces: String?

  @Option(
    name: .long,
    help: ArgumentHelp("What callers must show: bearer, issued or none.", valueName: "how"))
  var auth: AccessChoice = .bearer

  @Option(
    name: .long,
    help: ArgumentHelp("Serve HTTPS: self-signed, or two PEM files.", valueName: "cert,key"))
  var tls: String?

  @Option(
    name: .long,
    help: ArgumentHelp("How long operations take, in milliseconds.", valueName: "n"))
  var operationMilliseconds = 1_000

  @Option(
    name: .long, help: ArgumentHelp("How many computes a page of a list has.", valueName: "n"))
  var pageSize = 100

  @Option(name: .long, help: ArgumentHelp("What goes wrong, by rules.", valueName: "file"))
  var faults: String?

  @Option(
    name: .long,
    help: ArgumentHelp("What goes wrong, by chance: same seed, same faults.", valueName: "n"))
  var seed: UInt64?

  @Option(
    name: .long,
    help: ArgumentHelp("Write the traffic, without secrets.", valueName: "file"))
  var record: String?

  @Option(
    name: .long, help: ArgumentHelp("Answer as a recording did.", valueName: "file"))
  var replay: String?

  @Flag(
    name: .customLong("dangerous-listen-anywhere"),
    help: "Let other machines in: there is no real sign-in.")
  var mayListenAnywhere = false

  func run(in context: CommandContext) async -> ExitStatus {
    var setup = EmulatorSetup(self, context)
    let emulator = setup.prepare()
    var presenter = Presenter(context, common)
    presenter.sources = setup.sources
    guard let emulator else {
      presenter.show(setup.findings)
      return setup.findings.findings.contains { $0.findingClass == .refusal } ? .refused : .failure
    }
    presenter.show(setup.findings)
    return await emulator.serve(in: context, presenter)
  }
}

/// What callers must show, as the option says it.
enum AccessChoice: String, ExpressibleByArgument, CaseIterable {
  case bearer
  case issued
  case none

  var access: EmulatorConfiguration.Access {
    switch self {
    case .bearer: .bearer
    case .issued: .issued
    case .none: .none
    }
  }
}
