internal import ArgumentParser
internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import Storage
internal import TargetModel

/// The command `berth schema`.
struct SchemaCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print a JSON Schema for editors, or write all of them.",
    usage: "berth schema [<kind>|compute|overlay|stack] [<options>]",
    discussion: """
      A kind's schema describes its documents, 'compute' those of any kind,
      'overlay' those of overlays, and 'stack' berth.yaml.

      Example:
        berth schema --out schemas

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "A kind, 'compute', 'overlay' or 'stack'; 'compute' by default.")
  var subject: String?

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("Write every schema into that folder.", valueName: "dir"))
  var folder: String?

  func run(in context: CommandContext) async -> ExitStatus {
    let presenter = Presenter(context, common)
    if let folder { return write(into: folder, presenter, in: context) }
    var findings = DiagnosticList()
    guard let text = schema(reporting: &findings) else {
      presenter.show(findings)
      return .failure
    }
    context.output.write(text)
    return .success
  }

  func validate() throws {
    if subject != nil, folder != nil {
      throw ValidationError("'--out' writes every schema. Leave out '\(subject ?? "")'.")
    }
  }

  private func schema(reporting findings: inout DiagnosticList) -> String? {
    switch subject ?? "compute" {
    case "compute": KindCatalog.schemas.anyKind
    case "overlay": KindCatalog.schemas.overlay
    case "stack": KindCatalog.schemas.stack
    case let word:
      knownKind(word, besides: ["compute", "overlay", "stack"], reporting: &findings)
        .map { KindCatalog.schemas.schema(of: $0) }
    }
  }

  private func write(
    into name: String, _ presenter: Presenter, in context: CommandContext
  ) -> ExitStatus {
    let folder = context.path(name, from: common.folder(in: context))
    do {
      try AtomicFile.makeFolders(folder)
    } catch {
      presenter.show(.unwritable(name, error.reason))
      return .failure
    }
    for file in KindCatalog.schemas.files {
      do {
        try AtomicFile.write(Array(file.text.utf8), to: "\(folder)/\(file.name)")
      } catch {
        presenter.show(.unwritable("\(name)/\(file.name)", error.reason))
        return .failure
      }
      presenter.say("Wrote \(name)/\(file.name)\n")
    }
    return .success
  }
}
