public import Diagnostics
internal import ManifestSyntax
public import TargetModel

/// A manifest as read from disk.
public struct ManifestFile: Sendable {
  /// Its path, from the stack's folder.
  public let path: String
  /// Its content.
  public let bytes: [UInt8]

  /// A file.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// What binding needs to know of kinds.
public struct KindRules: Sendable {
  /// The kinds there are.
  public let catalog: KindCatalog
  /// Checks a target's name.
  public let checkName:
    @Sendable (String, KindDescriptor, SourceLocation, inout DiagnosticList) -> Void
  /// Looks at how a target fits its workspace.
  public let checkWorkspace:
    @Sendable (ComputeTarget, WorkspaceIdentity, inout DiagnosticList) -> Void
  /// What to tell of a type that is no kind in the catalog; nil for one that is no kind at all.
  public let advice: @Sendable (String) -> String?

  /// Rules.
  public init(
    catalog: KindCatalog,
    checkName:
      @escaping @Sendable (String, KindDescriptor, SourceLocation, inout DiagnosticList) -> Void = {
        _, _, _, _ in
      },
    checkWorkspace:
      @escaping @Sendable (ComputeTarget, WorkspaceIdentity, inout DiagnosticList) -> Void = {
        _, _, _ in
      },
    advice: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.catalog = catalog
    self.checkName = checkName
    self.checkWorkspace = checkWorkspace
    self.advice = advice
  }
}

/// Reads compute documents and makes targets of them, in one pass over everything.
///
/// Every problem of every document is reported; targets with problems are left out. The result is
/// sorted by address.
public func bindManifests(
  _ files: [ManifestFile], of configuration: StackConfiguration, rules: KindRules,
  secrets: some SecretSource, reporting findings: inout DiagnosticList
) -> [ComputeTarget] {
  var binder = Binder(configuration: configuration, rules: rules, secrets: secrets)
  var documentCount = 0
  for file in files {
    let errorsBefore = findings.errorCount
    let documents = readYAML(file.bytes, file: file.path, reporting: &findings)
    let contents = documents.filter { $0.root.map { $0.scalar != .null } ?? false }
    if contents.isEmpty, findings.errorCount == errorsBefore {
      findings.append(.emptyManifest(file.path))
    }
    documentCount += contents.count
    guard documentCount <= YAMLLimits.standard.documentCount else {
      findings.append(.stackTooLarge(file.path))
      break
    }
    for document in contents {
      if let root = document.root { binder.bind(root) }
    }
  }
  findings.append(contentsOf: binder.findings.findings)
  return binder.targets.sorted { $0.address < $1.address }
}

private struct Binder {
  let configuration: StackConfiguration
  let rules: KindRules
  let secrets: any SecretSource
  var findings = DiagnosticList()
  var targets: [ComputeTarget] = []
  private var trees: [KindName: FieldTree] = [:]
  private var placeByName: [String: (address: TargetAddress, location: SourceLocation)] = [:]

  init(configuration: StackConfiguration, rules: KindRules, secrets: any SecretSource) {
    self.configuration = configuration
    self.rules = rules
    self.secrets = secrets
  }

  mutating func bind(_ root: YAMLNode) {
    guard root.kind == .mapping else {
      findings.append(.notATarget(root))
      return
    }
    let name = name(in: root)
    guard let kind = kind(in: root) else { return }
    if let name { rules.checkName(name.text, kind, name.location, &findings) }
    let address = TargetAddress(kind: kind.name, name: name?.text ?? "?")
    if let name { checkUnique(address, at: name.location) }

    let errorsBefore = findings.errorCount
    var target = ComputeTarget(
      name: address.name, kind: kind, attributes: Attributes(for: kind),
      location: (name ?? root).location.firstLine)
    bindFields(of: root, into: &target)
    if let node = root["berth"] {
      target.settings = settings(node, of: kind, address.description, reporting: &findings)
    }
    guard findings.errorCount == errorsBefore, name != nil else { return }
    checkRemoval(target, root)
    for check in kind.checks { check.run(target, &findings) }
    rules.checkWorkspace(target, configuration.workspace, &findings)
    kind.fold(kind, &target.attributes, configuration.workspace)
    if findings.errorCount == errorsBefore { targets.append(target) }
  }

  // MARK: Name and type

  private mutating func name(in root: YAMLNode) -> YAMLNode? {
    guard let node = root["name"] else {
      findings.append(
        .missingField("name", root.location.firstLine, root["type"].map { $0.text }))
      return nil
    }
    guard node.kind == .scalar, node.scalar != .null else {
      findings.append(.wrongType("name", "a text", node, nil))
      return nil
    }
    return node
  }

  private mutating func kind(in root: YAMLNode) -> KindDescriptor? {
    guard let node = root["type"] else {
      findings.append(.missingField("type", root.location.firstLine, nil))
      return nil
    }
    if node.kind == .scalar, let kind = rules.catalog[KindName(node.text)] { return kind }
    findings.append(
      .unknownType(node, rules.advice(node.text), rules.catalog.kinds.map(\.name.text)))
    return nil
  }

  private mutating func checkUnique(_ address: TargetAddress, at location: SourceLocation) {
    if let first = placeByName[address.nameKey] {
      findings.append(.duplicateName(address, location, first.address, first.location))
    } else {
      placeByName[address.nameKey] = (address, location)
    }
  }

  // MARK: Fields

  private mutating func bindFields(of root: YAMLNode, into target: inout ComputeTarget) {
    let tree = trees[target.kind.name] ?? FieldTree(target.kind.fields)
    trees[target.kind.name] = tree
    var binding = ValueBinding(secrets: secrets, address: target.address.description)
    let errorsBefore = findings.errorCount
    bind(root.entries, tree, [], &target, &binding)
    findings.append(contentsOf: binding.findings.findings)
    guard findings.errorCount == errorsBefore else { return }
    for (slot, field) in target.kind.fields.enumerated()
    where field.isRequired && target.attributes[slot] == nil {
      findings.append(
        .missingField(field.path, root.location.firstLine, target.address.description))
    }
  }

  /// Keys that every document may have and no kind's table does.
  private static let commonKeys: Set<String> = ["$schema", "name", "type", "berth"]

  private mutating func bind(
    _ entries: [(key: YAMLNode, value: YAMLNode)], _ tree: FieldTree, _ path: [String],
    _ target: inout ComputeTarget, _ binding: inout ValueBinding
  ) {
    for (key, node) in entries {
      if path.isEmpty, Self.commonKeys.contains(key.text) { continue }
      guard let child = tree.children[key.text] else {
        let place = path.isEmpty ? "\(target.kind.name)" : path.joined(separator: ".")
        let known = tree.names + (path.isEmpty ? Self.commonKeys.sorted() : [])
        binding.findings.append(.unknownKey(key, known, place, binding.address))
        continue
      }
      if let (slot, field) = child.field {
        bind(key, node, slot, field, child.currentName, &target, &binding)
      } else if node.kind == .mapping {
        bind(node.entries, child, path + [key.text], &target, &binding)
      } else if node.scalar != .null {
        let whole = AttributePath(path + [key.text])
        binding.findings.append(.wrongType(whole, "a mapping", node, binding.address))
      }
    }
  }

  private func bind(
    _ key: YAMLNode, _ node: YAMLNode, _ slot: Int, _ field: Field, _ currentName: AttributePath?,
    _ target: inout ComputeTarget, _ binding: inout ValueBinding
  ) {
    guard field.setBy == .user else {
      binding.findings.append(.setByService(field.path, key, binding.address))
      return
    }
    if let currentName {
      binding.findings.append(.olderName(key, currentName, binding.address))
    }
    if target.fieldLocations[slot] != nil {
      binding.findings.append(.givenTwice(field.path, key, binding.address))
      return
    }
    target.fieldLocations[slot] = node.location
    target.attributes[slot] = binding.value(node, of: field, usesOlderName: currentName != nil)
  }

  /// What is attached can't be deleted and what the service made can't be detached.
  private mutating func checkRemoval(_ target: ComputeTarget, _ root: YAMLNode) {
    let isWrong =
      switch target.settings.onRemove {
      case .delete: target.isAttached
      case .detach: !target.isAttached
      case .retain, nil: false
      }
    if isWrong { findings.append(.wrongRemoval(target, root["berth"]?["on_remove"] ?? root)) }
  }
}

extension Rule {
  /// A file without documents.
  package static let emptyManifest = Rule("empty-manifest")
  /// A document that describes no target.
  package static let notATarget = Rule("not-a-target")
  /// A type that is no kind.
  package static let unknownType = Rule("unknown-type")
  /// Two documents of one name.
  package static let duplicateName = Rule("duplicate-name")
  /// A name that older clients used.
  package static let olderName = Rule("older-name")
  /// A field that only the service sets.
  package static let setByService = Rule("set-by-service")
  /// A field that is given under two names.
  package static let givenTwice = Rule("given-twice")
  /// A removal that does not fit how the target comes to be.
  package static let wrongRemoval = Rule("wrong-removal")
}

extension Diagnostic {
  fileprivate static func emptyManifest(_ file: String) -> Diagnostic {
    Diagnostic(
      .warning, .emptyManifest, "File has no documents",
      detail: "\(file) describes no target. Remove it, or write a document with 'name' and 'type'.",
      at: SourceLocation(startOf: file))
  }

  fileprivate static func stackTooLarge(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .tooManyDocuments, "Too many documents",
      detail: """
        A stack has at most \(YAMLLimits.standard.documentCount) documents. Split it into several \
        stacks.
        """,
      at: SourceLocation(startOf: file))
  }

  fileprivate static func notATarget(_ root: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .notATarget, "Document describes no target",
      detail: """
        A compute document is a mapping with 'name' and 'type', and here is \(root.typeInWords). \
        If the file is no manifest, name the manifests with 'computes' in berth.yaml.
        """,
      at: root.location.firstLine)
  }

  fileprivate static func unknownType(
    _ node: YAMLNode, _ advice: String?, _ known: [String]
  ) -> Diagnostic {
    let suggestion = nearest(to: node.text, among: known)
    let way =
      advice ?? suggestion.map { "Did you mean \"\($0)\"?" }
      ?? "It is one of \(known.map { "'\($0)'" }.joined(separator: ", "))."
    return Diagnostic(
      .error, .unknownType, "Type is not known",
      detail: "'\(node.text.prefix(64))' is no type that Berth manages. \(way)", at: node.location)
  }

  fileprivate static func duplicateName(
    _ address: TargetAddress, _ location: SourceLocation, _ first: TargetAddress,
    _ firstLocation: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .duplicateName, "Name is used twice",
      detail: """
        \(first) has this name already (\(firstLocation)). Names are unique in a workspace, \
        whatever the type and the case of the letters. Choose another.
        """,
      address: address.description, at: location,
      related: [.init("first used here", at: firstLocation)])
  }

  fileprivate static func olderName(
    _ key: YAMLNode, _ current: AttributePath, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .warning, .olderName, "Field has another name now",
      detail: "'\(key.text)' is understood. Its name is '\(current)' now; write that.",
      address: address, at: key.location)
  }

  fileprivate static func setByService(
    _ path: AttributePath, _ key: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .setByService, "Field is set by the service",
      detail: "'\(path)' is what the service reports; a manifest can't set it. Remove it.",
      address: address, at: key.location)
  }

  fileprivate static func givenTwice(
    _ path: AttributePath, _ key: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .givenTwice, "Field is given twice",
      detail: "'\(key.text)' and another key both set '\(path)'. Keep '\(path)'.",
      address: address, at: key.location)
  }

  fileprivate static func wrongRemoval(_ target: ComputeTarget, _ node: YAMLNode) -> Diagnostic {
    let what =
      target.isAttached
      ? "is attached: its resource is not Berth's to delete. Write 'detach' or 'retain'"
      : "is made by the service: detaching it would leave it running without a name. Write "
        + "'delete' or 'retain'"
    return Diagnostic(
      .error, .wrongRemoval, "Removal does not fit",
      detail: "\(target.address) \(what).", address: target.address.description, at: node.location)
  }
}
