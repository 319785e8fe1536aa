internal import ArgumentParser
internal import Diagnostics
internal import Manifests
internal import Storage

/// The options of commands that read the manifests as one environment has them.
struct ReuseOptions: ParsableArguments {
  @Option(
    name: .customLong("var"),
    help: ArgumentHelp("Give a variable a value; repeatable.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(
    name: .customLong("var-file"),
    help: ArgumentHelp("Read variables from a YAML file; repeatable.", valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("overlay"),
    help: ArgumentHelp("Change targets as overlays/NAME.yml says; repeatable.", valueName: "name"))
  var overlays: [String] = []

  func validate() throws {
    for assignment in assignments where !assignment.contains("=") || assignment.hasPrefix("=") {
      throw ValidationError("'--var' is NAME=VALUE, such as '--var region=westeurope'.")
    }
  }

  /// What they say.
  var choice: EnvironmentChoice {
    EnvironmentChoice(assignments: assignments, files: files, overlays: overlays)
  }
}

/// The environment, such as production, for which manifests are read.
struct EnvironmentChoice: Sendable {
  /// `NAME=VALUE`, each.
  var assignments: [String] = []
  /// Paths of files of variables, as given.
  var files: [String] = []
  /// Names of overlays, in their order.
  var overlays: [String] = []
}

extension StackLoader {
  /// The values of variables that a run gives.
  mutating func givenVariables(_ choice: EnvironmentChoice) -> GivenVariables {
    var given = GivenVariables(
      environment: context.environment, assignments: choice.assignments)
    for path in choice.files {
      do {
        let bytes = try SafeFile.read(
          context.path(path, from: context.workingDirectory), limit: 1 << 20
        ).bytes
        sources.add(path, bytes)
        given.files.append(ManifestFile(path: path, bytes: bytes))
      } catch {
        findings.append(.unreadableVariables(path, error.reason))
      }
    }
    return given
  }
}

extension Diagnostic {
  fileprivate static func unreadableVariables(_ file: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "Variables can't be read",
      detail: "\(file) \(reason). It must be a regular file of text.",
      at: SourceLocation(startOf: file))
  }
}
