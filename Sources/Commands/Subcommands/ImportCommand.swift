internal import ArgumentParser
internal import Diagnostics
internal import EmbeddedBackend
internal import Manifests
internal import Storage
internal import TargetModel

/// The command `berth import`.
struct ImportCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write manifests for live targets that have none.",
    usage: "berth import [<options>] [<addr> ...]",
    discussion: """
      Without an address: for every target that nobody else owns. Comments name what
      the service does not show, such as secrets. A plan of what was written is made
      at once: nothing but the adoption may be left.

      Example:
        berth import --out compute/imported.yml
        berth import kubernetes.k8s-prod

      Exit codes: 0 done, 1 error.
      """,
    aliases: ["generate"])

  @OptionGroup var common: CommonOptions

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "Write to this file, which must not exist. Without it: to standard output.",
      valueName: "file"))
  var out: String?

  @Argument(help: ArgumentHelp("The targets, such as amlcompute.cpu-cluster.", valueName: "addr"))
  var addresses: [String] = []

  func run(in context: CommandContext) async -> ExitStatus {
    var loader = StackLoader(context)
    var presenter = Presenter(context, common)
    let stack = loader.load(from: common.folder(in: context), secrets: .checkForm)
    let workspace = await stack?.openWorkspace(
      for: .readIfPresent, in: context, reporting: &loader.findings)
    presenter.sources = loader.sources
    guard let stack, let workspace, !loader.findings.hasErrors else {
      presenter.show(loader.findings)
      return .failure
    }
    let observed: Snapshot
    do {
      observed = Snapshot(
        workspace: stack.configuration.workspace, targets: try await workspace.list())
    } catch {
      presenter.show(.backend(error, doing: "Reading the workspace"))
      return .failure
    }
    var findings = DiagnosticList()
    let wanted = addresses.compactMap { parsed($0, &findings) }
    let found = LiveTargetImport(wanted, stack: stack, observed: observed, reporting: &findings)
    // An address that can't be read must not make it an import of everything.
    if findings.hasErrors {
      presenter.show(findings)
      return .failure
    }
    if found.targets.isEmpty {
      presenter.note("Every target of the workspace has a document or another owner.")
      return .success
    }
    return found.write(to: out, in: context, presenter)
  }

  private func parsed(_ text: String, _ findings: inout DiagnosticList) -> TargetAddress? {
    if let address = TargetAddress(text) { return address }
    findings.append(
      Diagnostic(
        .error, .importImpossible, "Not an address",
        detail: "'\(text)' is no address such as amlcompute.cpu-cluster."))
    return nil
  }
}

extension LiveTargetImport {
  /// Writes the documents into a file that must not exist, or to the standard output, and says whether
  /// they say what is there.
  func write(
    to out: String?, in context: CommandContext, _ presenter: Presenter
  ) -> ExitStatus {
    var findings = DiagnosticList()
    let text = text(reporting: &findings)
    if let out {
      do {
        try AtomicFile.write(
          Array(text.utf8), to: context.path(out, from: context.workingDirectory),
          mayReplace: false)
      } catch {
        presenter.show(.unwritable(out, error.reason))
        return .failure
      }
    } else {
      presenter.say(text)
    }
    var presenter = presenter
    let name = out ?? "standard output"
    presenter.sources.add(name, Array(text.utf8))
    prove(text, as: name, reporting: &findings)
    presenter.show(findings)
    if let out {
      presenter.say(
        "Wrote \(targets.count) \(targets.count == 1 ? "target" : "targets") to \(out.visible)\n")
      if !context.isInAutomation { presenter.say("Look at it, then run 'berth plan'.\n") }
    }
    return .success
  }
}
