package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// What a document is before it is read as a target: with the values of variables in it, over the
/// defaults of its kind, and under the overlays.
struct Composition {
  private var substitution: Substitution
  private let catalog: KindCatalog
  /// The defaults of each kind, with values of variables in them.
  private(set) var defaults: [KindName: YAMLNode] = [:]
  /// The kinds whose defaults are not wholly known.
  private var kindsWithFaults: Set<KindName> = []
  /// The documents of overlays by their target's name, in the order in which they count.
  private var overlays: [String: [Overlay]] = [:]
  private var namesWithTarget: [String: String] = [:]
  private var merges = 0
  /// Whether it was said that there is too much to merge.
  private var isExhausted = false

  /// The most entries that merging may look at in a stack.
  static let mergeLimit = 20_000_000

  /// A document of an overlay.
  private struct Overlay {
    let name: YAMLNode
    let type: YAMLNode?
    /// Nil if they can't be known.
    let fields: YAMLNode?
    var hasTarget = false
  }

  /// Nothing but the documents.
  init() {
    var findings = DiagnosticList()
    substitution = Substitution(Variables([], GivenVariables(), reporting: &findings))
    catalog = KindCatalog([])
  }

  init(
    _ configuration: StackConfiguration, _ given: GivenVariables, _ files: [ManifestFile],
    _ rules: KindRules, reporting findings: inout DiagnosticList
  ) {
    catalog = rules.catalog
    substitution = Substitution(
      Variables(configuration.variables, given, reporting: &findings))
    for entry in configuration.defaults {
      guard let kind = catalog[KindName(entry.kind.text)] else {
        findings.append(.defaultsOfUnknownKind(entry.kind, catalog, rules.advice(entry.kind.text)))
        continue
      }
      let (fields, isKnown) = substitution.applied(to: entry.fields, reporting: &findings)
      defaults[kind.name] = fields
      if !isKnown { kindsWithFaults.insert(kind.name) }
    }
    for file in files { read(file, reporting: &findings) }
  }

  /// The variables that documents refer to, with their values; sorted by name.
  var usedVariables: [(name: String, value: VariableValue)] {
    substitution.used.sorted().compactMap { name in
      substitution.variables.values[name].map { (name, $0) }
    }
  }

  private mutating func read(_ file: ManifestFile, reporting findings: inout DiagnosticList) {
    for document in readYAML(file.bytes, file: file.path, reporting: &findings) {
      guard let root = document.root, root.scalar != .null else { continue }
      guard root.kind == .mapping else {
        findings.append(.overlayWithoutName(root))
        continue
      }
      let known = substitution.apply(to: root, reporting: &findings)
      let node = known ?? root
      guard let name = node["name"], name.kind == .scalar, name.scalar != .null else {
        findings.append(.overlayWithoutName(node))
        continue
      }
      let own = ["$schema", "name", "type"]
      let fields = node.entries.filter { !own.contains($0.key.text) }
      overlays[name.text.lowercased(), default: []].append(
        Overlay(
          name: name, type: node["type"],
          fields: known.map { YAMLNode(entries: fields, at: $0.location) }))
    }
  }

  /// Where a value is not known because a reference in it can't be replaced, which is reported.
  var unknownPlaces: Set<SourceLocation> { substitution.unknownPlaces }

  /// A document as it counts, and whether all of it is known; nil if nothing is.
  ///
  /// Why is reported.
  ///
  /// - Parameter mayRefer: false if no value in the document refers to anything.
  mutating func composed(
    _ written: YAMLNode, mayRefer: Bool, reporting findings: inout DiagnosticList
  ) -> (root: YAMLNode, isKnown: Bool)? {
    var (document, isKnown) = (written, true)
    if mayRefer {
      (document, isKnown) = substitution.applied(to: written, reporting: &findings)
    }
    if isExhausted { return nil }
    if !defaults.isEmpty, let type = document["type"], let kind = catalog[KindName(type.text)] {
      if kindsWithFaults.contains(kind.name) { isKnown = false }
      if let fields = defaults[kind.name] {
        document = fields.merged(under: document, at: document.location, counting: &merges)
      }
    }
    if !overlays.isEmpty, let name = document["name"]?.text {
      namesWithTarget[name.lowercased()] = name
      guard let result = overlaid(document, name.lowercased(), reporting: &findings) else {
        return nil
      }
      document = result
    }
    if merges > Self.mergeLimit {
      isExhausted = true
      findings.append(
        .expansionLimit(
          "Defaults and overlays bring more than \(Self.mergeLimit) entries into the documents.",
          written.location.firstLine))
      return nil
    }
    return (document, isKnown)
  }

  private mutating func overlaid(
    _ document: YAMLNode, _ name: String, reporting findings: inout DiagnosticList
  ) -> YAMLNode? {
    guard let found = overlays[name] else { return document }
    var document: YAMLNode? = document
    for (index, overlay) in found.enumerated() {
      overlays[name]?[index].hasTarget = true
      if let type = overlay.type, let own = document?["type"], type.text != own.text {
        findings.append(.overlayOfOtherType(overlay.name, type, own))
        continue
      }
      guard let lower = document, let upper = overlay.fields else {
        document = nil
        continue
      }
      document = lower.merged(under: upper, at: lower.location, counting: &merges)
    }
    return document
  }

  /// Findings about overlays whose target has no document.
  var overlaysWithoutTarget: [Diagnostic] {
    let names = namesWithTarget.values.sorted()
    return overlays.values.joined().filter { !$0.hasTarget }
      .map { .overlayTarget($0.name, among: names) }.sorted()
  }
}

extension Rule {
  /// A document of an overlay that changes no target.
  package static let overlayTarget = Rule("overlay-target")
}

extension Diagnostic {
  fileprivate static func defaultsOfUnknownKind(
    _ kind: YAMLNode, _ catalog: KindCatalog, _ advice: String?
  ) -> Diagnostic {
    let known = catalog.kinds.map(\.name.text)
    let way =
      advice ?? nearest(to: kind.text, among: known).map { "Did you mean \"\($0)\"?" }
      ?? "It is one of \(known.map { "'\($0)'" }.joined(separator: ", "))."
    return Diagnostic(
      .error, .unknownType, "Type is not known",
      detail: """
        'defaults' has '\(kind.text.shortened)', and that is no type that Berth manages. \(way)
        """,
      at: kind.location)
  }

  fileprivate static func overlayWithoutName(_ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .overlayTarget, "Overlay names no target",
      detail: """
        A document of an overlay is a mapping with the 'name' of a target that a manifest \
        describes, and the fields that differ. Add its name.
        """,
      at: node.location.firstLine)
  }

  fileprivate static func overlayTarget(_ name: YAMLNode, among names: [String]) -> Diagnostic {
    let way =
      nearest(to: name.text, among: names).map { "Did you mean \"\($0)\"?" }
      ?? "Write a manifest for it, or remove it here."
    return Diagnostic(
      .error, .overlayTarget, "Overlay has no target",
      detail: """
        No manifest describes '\(name.text.shortened)', so this changes nothing. An overlay only \
        changes what is there. \(way)
        """,
      at: name.location)
  }

  fileprivate static func overlayOfOtherType(
    _ name: YAMLNode, _ type: YAMLNode, _ own: YAMLNode
  ) -> Diagnostic {
    Diagnostic(
      .error, .overlayTarget, "Overlay has another type",
      detail: """
        '\(name.text.shortened)' is of type '\(own.text.shortened)', and an overlay can't make it \
        a '\(type.text.shortened)'. Remove 'type' here.
        """,
      at: type.location, related: [.init("its own type", at: own.location)])
  }
}
