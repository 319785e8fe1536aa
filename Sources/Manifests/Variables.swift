package import Diagnostics
internal import ManifestSyntax

/// Where a run gets the values of variables from, the weakest first.
///
/// A variable's default counts where nothing else is given; then `BERTH_VAR_NAME` in the
/// environment, then the files in their order, then the assignments in theirs.
public struct GivenVariables: Sendable {
  /// The variables of the environment, of which those that begin with `BERTH_VAR_` count.
  public var environment: [String: String]
  /// YAML mappings of names to values (`--var-file`).
  public var files: [ManifestFile]
  /// `NAME=VALUE` (`--var`).
  public var assignments: [String]

  /// Values; by default none.
  public init(
    environment: [String: String] = [:], files: [ManifestFile] = [], assignments: [String] = []
  ) {
    self.environment = environment
    self.files = files
    self.assignments = assignments
  }
}

/// The variables of a stack with their values, for one run.
struct Variables {
  let declarations: [String: VariableDeclaration]
  private(set) var values: [String: VariableValue] = [:]
  /// The variables whose value was refused, so that nothing more is said about them.
  private(set) var refused: Set<String> = []

  init(
    _ declarations: [VariableDeclaration], _ given: GivenVariables,
    reporting findings: inout DiagnosticList
  ) {
    self.declarations = Dictionary(
      declarations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for declaration in declarations {
      values[declaration.name] = declaration.defaultValue
      if let text = given.environment["BERTH_VAR_" + declaration.name] {
        set(declaration.name, text, reporting: &findings)
      }
    }
    for file in given.files { read(file, reporting: &findings) }
    for assignment in given.assignments {
      let name = String(assignment.prefix { $0 != "=" })
      guard name.utf8.count < assignment.utf8.count else {
        findings.append(.variableValue(name, "is missing: '--var' is NAME=VALUE", nil))
        continue
      }
      set(name, String(assignment.dropFirst(name.count + 1)), reporting: &findings)
    }
  }

  /// The names there are, sorted.
  var names: [String] { declarations.keys.sorted() }

  private mutating func set(
    _ name: String, _ text: String, reporting findings: inout DiagnosticList
  ) {
    guard let declaration = declarations[name] else {
      findings.append(.unknownVariable(name, among: names, at: nil))
      return
    }
    // What a command line or an environment gives is a text, so only the declaration types it.
    let isPlain = declaration.type != .string && !text.isEmpty
    set(
      VariableValue(text: text, isPlain: isPlain), for: declaration, at: nil, reporting: &findings)
  }

  private mutating func set(
    _ value: VariableValue, for declaration: VariableDeclaration, at node: YAMLNode?,
    reporting findings: inout DiagnosticList
  ) {
    if let fault = value.fault(for: declaration.type) {
      findings.append(.variableValue(declaration.name, fault, node))
      refused.insert(declaration.name)
    } else {
      values[declaration.name] = value
    }
  }

  private mutating func read(_ file: ManifestFile, reporting findings: inout DiagnosticList) {
    let before = findings.errorCount
    let documents = readYAML(file.bytes, file: file.path, reporting: &findings)
    guard findings.errorCount == before else { return }
    guard documents.count <= 1 else {
      findings.append(.variableFile("one document", documents[1].location))
      return
    }
    guard let root = documents.first?.root, root.scalar != .null else { return }
    guard root.kind == .mapping else {
      findings.append(.variableFile("a mapping of names to values", root.location.firstLine))
      return
    }
    for (key, node) in root.entries {
      guard let declaration = declarations[key.text] else {
        findings.append(.unknownVariable(key.text, among: names, at: key.location))
        continue
      }
      guard node.kind == .scalar else {
        findings.append(
          .variableValue(key.text, "is no scalar: a text, a number or a bool", node))
        refused.insert(key.text)
        continue
      }
      set(
        VariableValue(node, as: declaration.type), for: declaration, at: node,
        reporting: &findings)
    }
  }
}

extension Rule {
  /// A variable that nobody declares.
  package static let unknownVariable = Rule("unknown-variable")
}

extension Diagnostic {
  static func unknownVariable(
    _ name: String, among names: [String], at place: SourceLocation?
  ) -> Diagnostic {
    let way =
      nearest(to: name, among: names).map { "Did you mean \"\($0)\"?" }
      ?? (names.isEmpty
        ? "berth.yaml declares none; add it there under 'variables'."
        : "berth.yaml declares \(names.map { "'\($0)'" }.joined(separator: ", ")).")
    return Diagnostic(
      .error, .unknownVariable, "Variable is not declared",
      detail: "There is no variable '\(name.shortened)'. \(way)", at: place)
  }

  fileprivate static func variableFile(_ expected: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .variableValue, "Variables can't be read",
      detail: "A file of variables is \(expected), such as: region: westeurope", at: place)
  }
}
