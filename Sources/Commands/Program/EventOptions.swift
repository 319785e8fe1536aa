internal import ArgumentParser
internal import Diagnostics
internal import Storage

/// The options of commands that tell what they do as events.
struct EventOptions: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print events as JSON, one a line, and nothing else.")
  var printsEvents = false

  @Option(
    name: .customLong("json-into"),
    help: ArgumentHelp("Write the events to a file, beside the text.", valueName: "file"))
  var eventFile: String?

  @Flag(name: .customLong("concise"), help: "Print no progress, only what is found and done.")
  var isConcise = false

  @Flag(name: .customLong("compact-warnings"), help: "Print a warning on one line.")
  var hasCompactWarnings = false

  /// Where events go; a finding if that is not possible.
  func destination(
    in context: CommandContext, reporting findings: inout DiagnosticList
  ) -> Presenter.EventDestination {
    if printsEvents { return .output }
    guard let eventFile else { return .none }
    do {
      let file = try LineFile(at: context.path(eventFile, from: context.workingDirectory))
      return .file(Console { file.write($0) })
    } catch {
      findings.append(.unwritable(eventFile, error.reason))
      return .none
    }
  }
}

extension Rule {
  static let fileUnwritable = Rule("file-unwritable")
}

extension Diagnostic {
  /// A file of the user's that can't be written.
  static func unwritable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnwritable, "File can't be written",
      detail: "\(path) \(reason). Choose another file, or make room for it.")
  }
}
