internal import ArgumentParser
internal import Diagnostics
internal import ManifestSyntax
internal import Manifests
internal import Reporting
internal import Storage

/// The command `berth fmt`.
struct FormatCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Bring manifests into canonical form; their meaning stays.",
    usage: "berth fmt [<options>] [<path> ...]",
    discussion: """
      Without a path: berth.yaml and all manifests of the stack. A folder stands for
      every .yml and .yaml file below it, '-' for standard input to standard output.
      Prints the names of the files it changed.

      Example:
        berth fmt --check

      Exit codes: 0 done, 1 error, or with --check: not all is in canonical form.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(help: "Write nothing; exit with 1 if something would change.")
  var check = false

  @Flag(help: "Write nothing; print what would change.")
  var diff = false

  @Flag(help: "Also write today's names for those of older clients.")
  var upgrade = false

  @Argument(help: "Files and folders.")
  var paths: [String] = []

  func run(in context: CommandContext) async -> ExitStatus {
    var findings = DiagnosticList()
    var presenter = Presenter(context, common)
    let files = FormatFiles(context, folder: common.folder(in: context))
      .files(paths, reporting: &findings)
    var changed: [String] = []
    for file in files {
      guard let bytes = file.read(in: context, reporting: &findings) else { continue }
      presenter.sources.add(file.name, bytes)
      guard let formatted = format(bytes, file, reporting: &findings) else { continue }
      if formatted != bytes { changed.append(file.name) }
      deliver(formatted, insteadOf: bytes, file, presenter, context, &findings)
    }
    presenter.show(findings)
    if check, !changed.isEmpty {
      presenter.note(
        "\(changed.count) file\(changed.count == 1 ? " is" : "s are") not in canonical form. "
          + "Run 'berth fmt\(upgrade ? " --upgrade" : "")'.")
      return .failure
    }
    return findings.hasErrors ? .failure : .success
  }

  /// The canonical text; nil if there is none, which is then reported.
  private func format(
    _ bytes: [UInt8], _ file: FormatFiles.File, reporting findings: inout DiagnosticList
  ) -> [UInt8]? {
    var found = DiagnosticList()
    defer { findings.append(contentsOf: hidingSecrets(found.findings, in: bytes)) }
    let current =
      upgrade && !file.isConfiguration
      ? upgradeManifest(bytes, file: file.name, rules: .azureML, reporting: &found) : bytes
    switch formatYAML(current, file: file.name, reporting: &found) {
    case .formatted(let text): return text
    case .unreadable: return nil
    case .unfaithful:
      found.append(.notFormatted(file.name))
      return nil
    }
  }

  private func deliver(
    _ text: [UInt8], insteadOf bytes: [UInt8], _ file: FormatFiles.File, _ presenter: Presenter,
    _ context: CommandContext, _ findings: inout DiagnosticList
  ) {
    if diff {
      let difference = UnifiedDiff(
        of: file.name, from: bytes, to: text, hiding: linesThatMayHoldSecrets(in:))
      presenter.say(difference.text(style: presenter.style))
    }
    if check || diff {
      if check, !diff, text != bytes { presenter.say(file.name.visible + "\n") }
      return
    }
    if case .standardInput = file.place {
      context.output.write(String(decoding: text, as: UTF8.self))
      return
    }
    guard text != bytes else { return }
    do {
      try file.rewrite(text)
      presenter.say(file.name.visible + "\n")
    } catch {
      findings.append(.unwritable(file.name, error.reason))
    }
  }

  /// Findings about lines that may hold a secret do not show them.
  private func hidingSecrets(_ findings: [Diagnostic], in bytes: [UInt8]) -> [Diagnostic] {
    guard !findings.isEmpty else { return [] }
    let hidden = linesThatMayHoldSecrets(in: bytes)
    return findings.map { finding in
      guard let place = finding.location else { return finding }
      var finding = finding
      let lines = place.start.line...max(place.start.line, place.end.line)
      if !hidden.isDisjoint(with: lines) { finding.hidesSource = true }
      return finding
    }
  }
}

extension Rule {
  static let notFormatted = Rule("not-formatted")
}

extension Diagnostic {
  fileprivate static func notFormatted(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .notFormatted, "File was not formatted",
      detail: """
        Once formatted, \(file) would say something else, so it is left as it is. This is a mistake \
        in Berth; please report it.
        """,
      at: SourceLocation(startOf: file))
  }
}
