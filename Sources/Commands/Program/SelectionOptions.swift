internal import ArgumentParser
internal import Diagnostics
internal import Planning
internal import Storage
internal import TargetModel

/// The options that say which targets a command is about.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: .customLong("target"), parsing: .singleValue,
    help: ArgumentHelp("Only this target; repeatable, '*' and '**' fit many.", valueName: "addr"))
  var targets: [String] = []

  @Option(
    name: .customLong("target-file"), parsing: .singleValue,
    help: ArgumentHelp("Only the targets in this file, one a line.", valueName: "file"))
  var targetFiles: [String] = []

  @Option(
    name: .customLong("exclude"), parsing: .singleValue,
    help: ArgumentHelp("All but this target; repeatable, as --target.", valueName: "addr"))
  var excluded: [String] = []

  @Option(
    name: .customLong("exclude-file"), parsing: .singleValue,
    help: ArgumentHelp("All but the targets in this file, one a line.", valueName: "file"))
  var excludedFiles: [String] = []

  /// True if anything is selected.
  var isUsed: Bool { selectsSome || excludesSome }

  private var selectsSome: Bool { !targets.isEmpty || !targetFiles.isEmpty }
  private var excludesSome: Bool { !excluded.isEmpty || !excludedFiles.isEmpty }

  func validate() throws {
    if selectsSome && excludesSome {
      throw ValidationError("'--target' and '--exclude' exclude each other.")
    }
    for text in targets + excluded where AddressPattern(text) == nil {
      throw ValidationError("'\(text)' is no address. Addresses look like 'amlcompute.gpu'.")
    }
  }

  /// What is selected; findings for files that can't be used.
  func selection(
    in context: CommandContext, reporting findings: inout DiagnosticList
  ) -> TargetSelection {
    if excludesSome {
      return .except(patterns(excluded, excludedFiles, in: context, reporting: &findings))
    }
    guard selectsSome else { return .everything }
    return .only(patterns(targets, targetFiles, in: context, reporting: &findings))
  }

  private func patterns(
    _ typed: [String], _ files: [String], in context: CommandContext,
    reporting findings: inout DiagnosticList
  ) -> [AddressPattern] {
    var patterns = typed.compactMap { AddressPattern($0) }
    for file in files {
      do {
        let path = context.path(file, from: context.workingDirectory)
        let bytes = try SafeFile.read(path, limit: 16 << 20).bytes
        let found = Self.patterns(in: bytes, of: file, reporting: &findings)
        if found.isEmpty, !findings.hasErrors { findings.append(.emptySelection(file)) }
        patterns += found
      } catch {
        findings.append(.unreadableSelection(file, error.reason))
      }
    }
    return patterns
  }

  /// One address a line; blank lines and those that begin with `#` say nothing.
  private static func patterns(
    in bytes: [UInt8], of file: String, reporting findings: inout DiagnosticList
  ) -> [AddressPattern] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      findings.append(.unreadableSelection(file, "is not text in UTF-8"))
      return []
    }
    var patterns: [AddressPattern] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let word = line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
      if word.isEmpty || word.first == "#" { continue }
      if let pattern = AddressPattern(String(word)) {
        patterns.append(pattern)
      } else {
        findings.append(.unreadableSelection(file, "has no address on line \(index + 1)"))
      }
    }
    return patterns
  }
}

/// The option `--replace`.
struct ReplaceOptions: ParsableArguments {
  @Option(
    name: .customLong("replace"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace or re-attach this target although nothing demands it.", valueName: "addr"),
    transform: ReplaceOptions.address)
  var addresses: [TargetAddress] = []

  private static func address(_ text: String) throws -> TargetAddress {
    guard let address = TargetAddress(text) else {
      throw ValidationError("'\(text)' is no address. Addresses look like 'amlcompute.gpu'.")
    }
    return address
  }
}

extension Rule {
  static let selectionFile = Rule("selection-file")
}

extension Diagnostic {
  fileprivate static func unreadableSelection(_ file: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .selectionFile, "Selection can't be read",
      detail: """
        \(file) \(reason). It holds one address a line, such as 'amlcompute.gpu' or \
        'amlcompute.*'; lines that begin with '#' are ignored.
        """)
  }

  fileprivate static func emptySelection(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .selectionFile, "Selection is empty",
      detail: """
        \(file) names no target. An empty selection never means all of them; leave the option out \
        for that.
        """)
  }
}
