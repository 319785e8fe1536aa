public import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Reads the configuration of a stack, which is `berth.yaml`.
///
/// Nil if something essential is missing or wrong; everything wrong is reported.
public func readConfiguration(
  _ bytes: [UInt8], file: String, reporting findings: inout DiagnosticList
) -> StackConfiguration? {
  // Defaults may hold secrets, so findings are kept apart until it is known which lines to hide.
  var found = DiagnosticList()
  let secretLines = linesThatMayHoldSecrets(in: bytes)
  defer {
    findings.append(contentsOf: found.findings.map { $0.hidingSource(on: secretLines) })
  }
  let documents = readYAML(bytes, file: file, reporting: &found)
  guard !found.hasErrors else { return nil }
  guard let root = documents.first?.root, root.kind == .mapping else {
    found.append(.emptyConfiguration(file))
    return nil
  }
  if documents.count > 1 { found.append(.secondConfiguration(documents[1].location)) }
  var reader = ConfigurationReader()
  var configuration = reader.read(root)
  configuration?.secretLines = secretLines
  found.append(contentsOf: reader.findings.findings)
  return found.hasErrors ? nil : configuration
}

/// Which files a configuration names as manifests, for one that says too little otherwise; nil if
/// it does not even say that.
///
/// Nothing is reported: `readConfiguration` does that.
package func manifestPatterns(in bytes: [UInt8], file: String) -> [String]? {
  var findings = DiagnosticList()
  guard let root = readYAML(bytes, file: file, reporting: &findings).first?.root,
    !findings.hasErrors, root.kind == .mapping
  else { return nil }
  var reader = ConfigurationReader()
  let patterns = reader.computes(in: root)
  return reader.findings.isEmpty ? patterns : nil
}

struct ConfigurationReader {
  var findings = DiagnosticList()
  var places: [String: SourceLocation] = [:]

  mutating func read(_ root: YAMLNode) -> StackConfiguration? {
    checkKeys(
      of: root,
      known: [
        "stack", "workspace", "backend", "lock", "blast_radius", "computes", "deadlines",
        "variables", "defaults", "commands", "silence",
      ], in: "berth.yaml")
    let stack = text(
      "stack", in: root, at: "stack", matching: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/,
      "1 to 64 letters, digits, '-', '_' and '.', a letter or digit first")
    let workspace = workspace(in: root)
    let backend = backend(in: root)
    let lock = lock(in: root)
    let computes = computes(in: root)
    let silence = silence(in: root)
    let blastRadius = blastRadius(in: root)
    let deadlines = deadlines(in: root)
    let variables = variableDeclarations(in: root, reporting: &findings)
    let defaults = kindDefaults(in: root)
    let commands = commands(in: root)
    guard let stack, let workspace, let backend else { return nil }
    var configuration = StackConfiguration(
      stack: stack, workspace: workspace, backend: backend, computes: computes)
    configuration.lock = lock
    configuration.silence = silence
    configuration.blastRadius = blastRadius
    configuration.deadlines = deadlines
    configuration.places = places
    configuration.variables = variables
    configuration.defaults = defaults
    configuration.commands = commands
    return configuration
  }

  private mutating func workspace(in root: YAMLNode) -> WorkspaceIdentity? {
    guard let node = mapping("workspace", in: root, isRequired: true) else { return nil }
    checkKeys(
      of: node, known: ["subscription_id", "resource_group", "name", "location"], in: "workspace")
    // These become parts of URLs; nothing that could be read otherwise gets that far.
    let subscription = text(
      "subscription_id", in: node, at: "workspace.subscription_id",
      matching: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/,
      "a GUID such as 00000000-0000-0000-0000-000000000000")
    let group = text(
      "resource_group", in: node, at: "workspace.resource_group",
      matching: /[A-Za-z0-9_()-]([A-Za-z0-9_().-]{0,88}[A-Za-z0-9_()-])?/,
      "1 to 90 letters, digits, '_', '-', '(', ')' and '.', without a '.' at the end")
    let name = text(
      "name", in: node, at: "workspace.name", matching: /[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}/,
      "3 to 33 letters, digits, '_' and '-'")
    let location = text(
      "location", in: node, at: "workspace.location", matching: /[A-Za-z0-9 ]{2,40}/,
      "a region such as westeurope")
    guard let subscription, let group, let name, let location else { return nil }
    return WorkspaceIdentity(
      subscriptionID: subscription, resourceGroup: group, name: name,
      location: location.lowercased().filter { $0 != " " })
  }

  private mutating func kindDefaults(in root: YAMLNode) -> [KindDefaults] {
    guard root["defaults"] != nil, let node = mapping("defaults", in: root, isRequired: false)
    else { return [] }
    return node.entries.compactMap { kind, fields in
      let path = "defaults.\(kind.text)"
      guard fields.kind == .mapping else {
        if fields.scalar == .null {
          return KindDefaults(kind: kind, fields: YAMLNode(entries: [], at: fields.location))
        }
        findings.append(.configurationValue(path, "a mapping of fields", fields))
        return nil
      }
      for (key, _) in fields.entries where ["$schema", "name", "type"].contains(key.text) {
        findings.append(.ownOfDocument("\(path).\(key.text)", key))
      }
      return KindDefaults(kind: kind, fields: fields)
    }
  }

  private mutating func commands(in root: YAMLNode) -> [String: [String]] {
    guard root["commands"] != nil, let node = mapping("commands", in: root, isRequired: false)
    else { return [:] }
    var commands: [String: [String]] = [:]
    for (key, value) in node.entries {
      guard key.text.utf8.isReferenceName else {
        findings.append(
          .configurationValue(
            "commands", "mapped by names of letters, digits, '_' and '-', no digit first", key))
        continue
      }
      let words = value.elements
      guard let program = words.first, !program.text.isEmpty, words.count <= 1_000,
        words.allSatisfy({
          $0.kind == .scalar && $0.scalar != .null && !$0.text.utf8.contains(0)
        })
      else {
        findings.append(
          .configurationValue(
            "commands.\(key.text)", "a list of a program and its arguments", value))
        continue
      }
      commands[key.text] = words.map(\.text)
    }
    return commands
  }

  mutating func computes(in root: YAMLNode) -> [String] {
    guard let node = root["computes"] else { return [] }
    let elements = node.kind == .scalar ? [node] : node.elements
    guard node.kind != .mapping, !elements.isEmpty else {
      findings.append(
        .configurationValue("computes", "a list of patterns such as 'compute/**/*.yml'", node))
      return []
    }
    return elements.enumerated().compactMap { index, element in
      guard element.kind == .scalar, element.scalar != .null, !element.text.isEmpty,
        !element.text.hasPrefix("/"),
        !element.text.split(separator: "/").contains("..")
      else {
        findings.append(
          .configurationValue(
            "computes", "a pattern below the stack's folder such as 'compute/**/*.yml'", element))
        return nil
      }
      places["computes.\(index)"] = element.location
      return element.text
    }
  }

  /// Ids of rules; the binder knows which there are.
  private mutating func silence(in root: YAMLNode) -> [Rule] {
    guard let node = root["silence"] else { return [] }
    let elements = node.kind == .scalar ? [node] : node.elements
    guard node.kind != .mapping,
      elements.allSatisfy({ $0.kind == .scalar && $0.scalar != .null && !$0.text.isEmpty })
    else {
      findings.append(
        .configurationValue("silence", "a list of rules such as 'password-not-key'", node))
      return []
    }
    for (index, element) in elements.enumerated() { places["silence.\(index)"] = element.location }
    return elements.map { Rule($0.text) }
  }

  private mutating func blastRadius(in root: YAMLNode) -> BlastRadius {
    guard let node = root["blast_radius"] else { return BlastRadius() }
    var reader = BlastRadiusReader()
    let radius = reader.read(node)
    for (path, expected, node) in reader.problems {
      findings.append(.configurationValue(path, expected, node))
    }
    for (key, known, place) in reader.unknownKeys {
      let meant = nearest(to: key.text, among: known)
      findings.append(.unknownKey(key, meant: meant, known: known, in: "'\(place)'", nil))
    }
    for (kind, place) in reader.kindPlaces { places["blast_radius.kinds.\(kind)"] = place }
    return radius
  }

  private mutating func deadlines(in root: YAMLNode) -> StepDeadlines {
    guard let node = root["deadlines"] else { return StepDeadlines() }
    var reader = DeadlinesReader()
    let deadlines = reader.read(node)
    for (path, expected, node) in reader.problems {
      findings.append(.configurationValue(path, expected, node))
    }
    for (kind, place) in reader.kindPlaces { places["deadlines.\(kind)"] = place }
    return deadlines
  }

  // MARK: Parts

  mutating func mapping(_ key: String, in root: YAMLNode, isRequired: Bool) -> YAMLNode? {
    guard let node = root[key] else {
      if isRequired { findings.append(.configurationMissing(key, root)) }
      return nil
    }
    guard node.kind == .mapping else {
      findings.append(.configurationValue(key, "a mapping", node))
      return nil
    }
    return node
  }

  mutating func text(
    _ key: String, in node: YAMLNode, at path: String, matching pattern: Regex<some Any>,
    _ expected: String
  ) -> String? {
    guard let value = node[key] else {
      findings.append(.configurationMissing(path, node))
      return nil
    }
    guard value.kind == .scalar, value.scalar != .null, value.text.wholeMatch(of: pattern) != nil
    else {
      findings.append(.configurationValue(path, expected, value))
      return nil
    }
    places[path] = value.location
    return value.text
  }

  mutating func checkKeys(of node: YAMLNode, known: [String], in place: String) {
    for (key, _) in node.entries where !known.contains(key.text) {
      let meant = nearest(to: key.text, among: known)
      findings.append(.unknownKey(key, meant: meant, known: known, in: place, nil))
    }
  }
}

extension Rule {
  /// `berth.yaml` says all that is needed, and nothing else.
  package static let invalidConfiguration = Rule("invalid-configuration")
}

extension Diagnostic {
  fileprivate static func emptyConfiguration(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Stack is not described",
      detail: """
        \(file) must say 'stack' and 'workspace'. 'berth init' writes one to begin with.
        """,
      at: SourceLocation(startOf: file))
  }

  fileprivate static func secondConfiguration(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Stack is described twice",
      detail: "berth.yaml has one document. Remove this one.", at: place)
  }

  fileprivate static func configurationMissing(_ path: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Stack is not fully described",
      detail: "'\(path)' is missing. Add it.", at: node.location.firstLine)
  }

  static func configurationValue(
    _ path: String, _ expected: String, _ node: YAMLNode
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Value does not fit",
      detail: "'\(path)' must be \(expected), and here is \(node.typeInWords).",
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  fileprivate static func ownOfDocument(_ path: String, _ key: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Field can't have a default",
      detail: "'\(path)' is each document's own. Remove it here and write it there.",
      at: key.location)
  }
}
