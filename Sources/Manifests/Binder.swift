public import Diagnostics
internal import ManifestSyntax
public import TargetModel

/// Reads compute documents and makes targets of them, in one pass over everything.
///
/// Every problem of every document is reported, and a target with an error is left out: what is
/// missing from the result was not removed by anybody, so look at `findings.hasErrors` before
/// planning with it. The result is sorted by address.
///
/// The work is linear in the size of the files.
public func bindManifests(
  _ files: [ManifestFile], of configuration: StackConfiguration, rules: KindRules,
  secrets: some SecretSource, reporting findings: inout DiagnosticList
) -> [ComputeTarget] {
  bindStack(
    files, of: configuration, rules: rules, secrets: secrets, reporting: &findings
  ).targets
}

/// What the documents of a stack say, and what they took from outside.
public struct BoundStack: Sendable {
  /// The targets, sorted by address.
  public let targets: [ComputeTarget]
  /// The variables that some document refers to, with their values; sorted by name.
  public let usedVariables: [(name: String, value: VariableValue)]
}

/// Reads compute documents as `bindManifests` does, with variables and overlays.
///
/// A document is merged over the defaults of its kind, and the overlays over both, in their order;
/// values of variables are put in before.
///
/// - Parameter overlays: files of documents that change those of `files`.
public func bindStack(
  _ files: [ManifestFile], of configuration: StackConfiguration, overlays: [ManifestFile] = [],
  variables: GivenVariables = GivenVariables(), rules: KindRules, secrets: some SecretSource,
  reporting findings: inout DiagnosticList
) -> BoundStack {
  var binder = Binder(configuration: configuration, rules: rules, secrets: secrets)
  let silenced = silencedRules(of: configuration, among: rules, reporting: &findings)
  checkConfiguredKinds(of: configuration, among: rules, reporting: &findings)
  func isHeard(_ finding: Diagnostic) -> Bool {
    finding.severity == .error || !silenced.contains(finding.rule)
  }
  binder.prepare(variables, overlays)
  findings.append(contentsOf: binder.takeFindings().filter(isHeard))
  var documentCount = 0
  for file in files {
    let countBefore = documentCount
    let mayRefer = mayHoldReferences(file.bytes)
    var syntax = DiagnosticList()
    readYAML(file.bytes, file: file.path, reporting: &syntax) { document in
      guard let root = document.root, !root.isNull else { return }
      documentCount += 1
      if documentCount <= YAMLLimits.standard.documentCount {
        binder.bind(root, mayRefer: mayRefer)
      }
    }
    if documentCount == countBefore, !syntax.hasErrors {
      syntax.append(.emptyManifest(file.path))
    }
    let isTooLarge = documentCount > YAMLLimits.standard.documentCount
    if isTooLarge { syntax.append(.stackTooLarge(file.path)) }
    binder.values.findings.append(contentsOf: syntax.findings)
    findings.append(contentsOf: binder.takeFindings(about: file).filter(isHeard))
    if isTooLarge { break }
  }
  findings.append(contentsOf: binder.composition.overlaysWithoutTarget)
  return BoundStack(
    targets: binder.finished().sorted(byKey: \.address),
    usedVariables: binder.composition.usedVariables)
}

private struct Binder {
  let configuration: StackConfiguration
  let rules: KindRules
  /// What reads values; it has the findings about the present file.
  var values: ValueBinding
  /// What documents are before they are read.
  var composition: Composition
  private(set) var targets: [ComputeTarget] = []
  /// What is declared and nowhere in the workspace: there from the beginning, so that whatever
  /// depends on it waits for nothing.
  private var keysOutsideWorkspace: Set<String> = []
  private var trees: [(kind: KindDescriptor, tree: FieldTree)] = []
  private var placeByName: [String: (address: TargetAddress, location: SourceLocation)] = [:]
  /// The lines that are not shown, of files that belong to many documents.
  private var hiddenLines: [String: Set<Int>] = [:]
  /// What was said about defaults already, so that it is not said for each document again.
  private var saidOfDefaults: Set<PlacedRule> = []

  private struct PlacedRule: Hashable {
    let rule: String
    let location: SourceLocation?

    init(_ finding: Diagnostic) {
      rule = finding.rule.id
      location = finding.location
    }
  }

  /// Keys that every document may have and no kind's table does.
  private static let commonKeys = NameTable(["$schema", "berth", "name", "type"])

  init(configuration: StackConfiguration, rules: KindRules, secrets: some SecretSource) {
    self.configuration = configuration
    self.rules = rules
    values = ValueBinding(
      secrets: secrets, commands: configuration.commands, keyAdvice: rules.keyAdvice)
    composition = Composition()
  }

  /// Reads what documents are composed of.
  mutating func prepare(_ given: GivenVariables, _ overlays: [ManifestFile]) {
    hiddenLines["berth.yaml"] = configuration.secretLines
    for file in overlays { hiddenLines[file.path] = linesThatMayHoldSecrets(in: file.bytes) }
    composition = Composition(
      configuration, given, overlays, rules, reporting: &values.findings)
    for (kind, fields) in composition.defaults.sorted(by: { $0.key < $1.key }) {
      if let kind = rules.catalog[kind] { checkDefaults(fields, of: kind) }
    }
    saidOfDefaults = Set(values.findings.findings.map(PlacedRule.init))
  }

  /// Reads the defaults of a kind alone, so that a mistake in them is told once, and also where no
  /// document has the kind.
  private mutating func checkDefaults(_ fields: YAMLNode, of kind: KindDescriptor) {
    let found = values.findings
    values.findings = DiagnosticList()
    (values.target, values.kind) = (nil, kind)
    _ = values.fields(
      of: fields, by: tree(of: kind), table: kind.fields, owner: kind.name.text,
      besides: Self.commonKeys, missingAt: fields.location.firstLine)
    if let node = fields["berth"] {
      _ = settings(node, of: kind, among: rules.catalog, nil, reporting: &values.findings)
    }
    let mistakes = values.findings.findings.filter { $0.rule != .missingField }
    values.findings = found
    values.findings.append(contentsOf: mistakes)
  }

  private mutating func tree(of kind: KindDescriptor) -> FieldTree {
    // There are a dozen kinds: looking at each is quicker than hashing.
    if let known = trees.first(where: { $0.kind === kind }) { return known.tree }
    let tree = FieldTree(kind.fields)
    trees.append((kind, tree))
    return tree
  }

  /// - Parameter mayRefer: false if no value in the document refers to anything.
  mutating func bind(_ written: YAMLNode, mayRefer: Bool) {
    guard written.kind == .mapping else {
      values.findings.append(.notATarget(written))
      return
    }
    let errorsBefore = values.findings.errorCount
    guard
      let (root, isKnown) = composition.composed(
        written, mayRefer: mayRefer, reporting: &values.findings)
    else { return }
    let name = name(in: root)
    guard let kind = kind(in: root) else { return }
    let address = TargetAddress(kind: kind.name, name: name?.text ?? "")
    (values.target, values.kind) = (name == nil ? nil : address, kind)
    if let name {
      rules.checkName(name.text, kind, name.location, &values.findings)
      checkUnique(address, at: name.location)
    }
    let location = name?.location ?? root.location.firstLine
    let bound = values.fields(
      of: root, by: tree(of: kind), table: kind.fields, owner: kind.name.text,
      besides: Self.commonKeys, missingAt: location)
    let berth = root["berth"].map {
      settings($0, of: kind, among: rules.catalog, values.address, reporting: &values.findings)
    }
    var target = ComputeTarget(
      name: address.name, kind: kind, attributes: bound.values,
      settings: berth ?? TargetSettings(), location: location, fieldLocations: bound.locations)
    guard isKnown, values.findings.errorCount == errorsBefore else { return }
    checkRemoval(target, root)
    let checks = kind.checks
    // By index: a check that is taken out of the list is counted.
    for index in checks.indices { checks[index].run(target, &values.findings) }
    rules.checkWorkspace(target, configuration.workspace, &values.findings)
    if let folded = kind.fold(kind, target.attributes, configuration.workspace) {
      target.attributes = folded
    }
    guard values.findings.errorCount == errorsBefore else { return }
    if kind.isInWorkspace {
      targets.append(target)
    } else {
      keysOutsideWorkspace.insert(address.nameKey)
    }
  }

  /// The targets, without dependencies on what is nowhere in the workspace.
  func finished() -> [ComputeTarget] {
    guard !keysOutsideWorkspace.isEmpty else { return targets }
    return targets.map { target in
      var target = target
      target.settings.dependsOn.removeAll { dependency in
        rules.catalog[dependency.kind]?.isInWorkspace == false
          && keysOutsideWorkspace.contains(dependency.nameKey)
      }
      return target
    }
  }

  /// The findings about a file, now that it is known which of its lines must not be shown.
  ///
  /// - Parameter file: nil for what is about none of the manifests.
  mutating func takeFindings(about file: ManifestFile? = nil) -> [Diagnostic] {
    defer {
      values.findings = DiagnosticList()
      if let file { values.secretLines[file.path] = nil }
    }
    guard !values.findings.isEmpty else { return [] }
    var hidden = hiddenLines
    if let file { hidden[file.path] = linesThatMayHoldSecrets(in: file.bytes) }
    return values.findings.findings.compactMap { finding in
      if file != nil, saidOfDefaults.contains(PlacedRule(finding)) { return nil }
      if isAboutUnknown(finding) { return nil }
      guard let place = finding.location?.file else { return finding }
      return finding.hidingSource(on: hidden[place] ?? [])
        .hidingSource(on: values.secretLines[place] ?? [])
    }
  }

  /// True for a mistake in a value that is not known: only why it is not known is told.
  private func isAboutUnknown(_ finding: Diagnostic) -> Bool {
    guard let place = finding.location, composition.unknownPlaces.contains(place) else {
      return false
    }
    let reasons: [Rule] = [
      .unknownVariable, .variableUnset, .variableReference, .expansionLimit,
    ]
    return !reasons.contains(finding.rule)
  }

  // MARK: Name and type

  private mutating func name(in root: YAMLNode) -> YAMLNode? {
    guard let node = root["name"] else {
      values.findings.append(.missingField("name", root.location.firstLine, nil))
      return nil
    }
    guard node.kind == .scalar, !node.isNull else {
      values.findings.append(.wrongType("name", "a text", node, nil))
      return nil
    }
    return node
  }

  private mutating func kind(in root: YAMLNode) -> KindDescriptor? {
    guard let node = root["type"] else {
      values.findings.append(.missingField("type", root.location.firstLine, nil))
      return nil
    }
    guard node.kind == .scalar, !node.isNull else {
      values.findings.append(.wrongType("type", "a text", node, nil))
      return nil
    }
    if let kind = rules.catalog[KindName(node.text)] { return kind }
    if let refusal = rules.refusal(node.text, { root.scalarText(at: $0) }, node.location) {
      values.findings.append(refusal)
      return nil
    }
    values.findings.append(
      .unknownType(node, rules.advice(node.text), rules.catalog.kinds.map(\.name.text)))
    return nil
  }

  private mutating func checkUnique(_ address: TargetAddress, at location: SourceLocation) {
    let name = address.nameKey
    // The name is hashed once: nearly all are new.
    guard let first = placeByName.updateValue((address, location), forKey: name) else { return }
    placeByName[name] = first
    values.findings.append(.duplicateName(address, location, first.address, first.location))
  }

  /// What is attached can't be deleted and what the service made can't be detached.
  private mutating func checkRemoval(_ target: ComputeTarget, _ root: YAMLNode) {
    let isWrong =
      switch target.settings.onRemove {
      case .delete: target.isAttached
      case .detach: !target.isAttached
      case .retain, nil: false
      }
    guard isWrong else { return }
    values.findings.append(.wrongRemoval(target, root["berth"]?["on_remove"] ?? root))
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
      detail: "'\(node.text.shortened)' is no type that Berth manages. \(way)", at: node.location)
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
