package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Reads what a document says under its `berth` key.
///
/// An unknown word is refused, never taken for a default: a misspelt policy must not become one
/// that destroys (reliability.md T7).
func settings(
  _ node: YAMLNode, of kind: KindDescriptor, among catalog: KindCatalog, _ address: String?,
  reporting findings: inout DiagnosticList
) -> TargetSettings {
  var reader = SettingsReader(kind: kind, catalog: catalog, address: address)
  if node.kind == .mapping {
    for (key, value) in node.entries { reader.read(key, value) }
  } else if node.scalar != .null {
    reader.findings.append(.wrongType("berth", "a mapping", node, address))
  }
  findings.append(contentsOf: reader.findings.findings)
  return reader.settings
}

private struct SettingsReader {
  let kind: KindDescriptor
  let catalog: KindCatalog
  let address: String?
  var settings = TargetSettings()
  var findings = DiagnosticList()

  private static let keys = [
    "adopt", "allow_replace", "depends_on", "ignore_changes", "on_remove", "power_state",
    "protect", "tls_update", "workloads",
  ]

  mutating func read(_ key: YAMLNode, _ value: YAMLNode) {
    if !kind.isInWorkspace, Self.keys.contains(key.text),
      !TargetSetting.keysOutsideWorkspace.contains(key.text)
    {
      findings.append(
        .wrongSetting(
          key, "nothing of type '\(kind.name)' is in the workspace, so there is nothing to do",
          address))
      return
    }
    switch key.text {
    case "protect":
      settings.protect = bool(key, value)
      settings.liftsProtection = value.scalar == .bool(false)
    case "allow_replace": settings.allowReplace = bool(key, value)
    case "adopt": settings.adopt = bool(key, value)
    case "on_remove":
      settings.onRemove = word(key, value, RemovalPolicy.allCases.map(\.rawValue))
        .flatMap(RemovalPolicy.init)
    case "tls_update":
      settings.updatesTLSInPlace = updatesTLSInPlace(key, value)
    case "power_state": readPower(key, value)
    case "ignore_changes":
      settings.ignoredChanges = ignoredChanges(key, value)
    case "workloads":
      settings.workloads = Set(texts(key, value).compactMap { workload($0) })
    case "depends_on": settings.dependsOn = texts(key, value).compactMap { dependency($0) }
    default:
      let known = kind.isInWorkspace ? Self.keys : TargetSetting.keysOutsideWorkspace
      findings.append(
        .unknownKey(
          key, meant: nearest(to: key.text, among: known), known: known, in: "'berth'", address))
    }
  }

  private mutating func bool(_ key: YAMLNode, _ value: YAMLNode) -> Bool {
    if case .bool(let bool) = value.scalar { return bool }
    findings.append(.wrongType(path(key), "true or false", value, address))
    return false
  }

  private mutating func word(_ key: YAMLNode, _ value: YAMLNode, _ words: [String]) -> String? {
    guard value.kind == .scalar, value.scalar != .null else {
      findings.append(
        .wrongType(
          path(key), "one of \(words.map { "'\($0)'" }.joined(separator: ", "))", value, address))
      return nil
    }
    if words.contains(value.text) { return value.text }
    findings.append(.unknownWord(path(key), value, words, nil, address))
    return nil
  }

  private mutating func updatesTLSInPlace(_ key: YAMLNode, _ value: YAMLNode) -> Bool {
    guard kind.fields.contains(where: { $0.path.segments.first == "tls" }) else {
      findings.append(.wrongSetting(key, "a \(kind.name) has no TLS of its own", address))
      return false
    }
    return word(key, value, ["in_place", "reattach"]) == "in_place"
  }

  private mutating func readPower(_ key: YAMLNode, _ value: YAMLNode) {
    guard kind.hasPower else {
      findings.append(
        .wrongSetting(key, "a target of type '\(kind.name)' can't be switched off", address))
      return
    }
    settings.power = word(key, value, PowerState.allCases.map(\.rawValue)).flatMap(PowerState.init)
  }

  private mutating func texts(_ key: YAMLNode, _ value: YAMLNode) -> [YAMLNode] {
    let nodes = value.kind == .scalar ? [value] : value.elements
    guard value.kind != .mapping, nodes.allSatisfy({ $0.kind == .scalar && $0.scalar != .null })
    else {
      findings.append(.wrongType(path(key), "a list of texts", value, address))
      return []
    }
    return nodes
  }

  /// Fields by themselves, or with words on who lets others change them, why and until when.
  private mutating func ignoredChanges(_ key: YAMLNode, _ value: YAMLNode) -> [IgnoredChange] {
    let nodes = value.kind == .sequence ? value.elements : [value]
    return nodes.compactMap { node in
      if node.kind == .mapping { return ignoredChange(node) }
      guard node.kind == .scalar, node.scalar != .null else {
        findings.append(
          .wrongType(path(key), "a list of fields, or of mappings with 'field'", value, address))
        return nil
      }
      return ignoredField(node).map { IgnoredChange($0, location: node.location) }
    }
  }

  private static let ignoreKeys = ["field", "owner", "reason", "until"]

  private mutating func ignoredChange(_ node: YAMLNode) -> IgnoredChange? {
    for (key, _) in node.entries where !Self.ignoreKeys.contains(key.text) {
      findings.append(
        .unknownKey(
          key, meant: nearest(to: key.text, among: Self.ignoreKeys), known: Self.ignoreKeys,
          in: "'berth.ignore_changes'", address))
    }
    guard let field = node["field"], field.kind == .scalar, field.scalar != .null else {
      findings.append(
        .wrongType("berth.ignore_changes.field", "a field", node["field"] ?? node, address))
      return nil
    }
    let texts = ["owner", "reason", "until"].map { ignoreText($0, in: node) }
    if let until = texts[2], CalendarDay(until) == nil, let place = node["until"] {
      findings.append(
        .wrongValue(
          "berth.ignore_changes.until", "a day looks like '2027-03-31'", place, address))
    }
    return ignoredField(field).map {
      IgnoredChange(
        $0, owner: texts[0], reason: texts[1], until: texts[2], location: node.location.firstLine)
    }
  }

  private mutating func ignoreText(_ key: String, in node: YAMLNode) -> String? {
    guard let value = node[key] else { return nil }
    guard value.kind == .scalar, value.scalar != .null else {
      findings.append(
        .wrongType(AttributePath("berth.ignore_changes.\(key)"), "a text", value, address))
      return nil
    }
    return value.text
  }

  /// A field, or a part of the table that holds several: `ssh_settings`.
  private mutating func ignoredField(_ node: YAMLNode) -> AttributePath? {
    let path = AttributePath(node.text)
    if kind.fields.contains(where: { $0.path.segments.starts(with: path.segments) }) { return path }
    let suggestion =
      kind.fields.first { $0.everyOlderName.contains(path) }?.path.description
      ?? nearest(to: node.text, among: kind.fields.map(\.path.description))
    findings.append(
      .wrongValue(
        "berth.ignore_changes",
        "\(kind.name) has no such field" + (suggestion.map { ". Did you mean \"\($0)\"?" } ?? ""),
        node, address))
    return nil
  }

  private mutating func dependency(_ node: YAMLNode) -> TargetAddress? {
    guard let dependency = TargetAddress(node.text) else {
      findings.append(
        .wrongValue("berth.depends_on", "an address looks like 'amlcompute.base'", node, address))
      return nil
    }
    if let kind = catalog[dependency.kind] {
      return TargetAddress(kind: kind.name, name: dependency.name)
    }
    let meant = nearest(to: dependency.kind.text, among: catalog.kinds.map(\.name.text))
    findings.append(
      .wrongValue(
        "berth.depends_on",
        "there is no type '\(dependency.kind.text.shortened)'"
          + (meant.map { ". Did you mean \"\($0).\(dependency.name)\"?" } ?? ""),
        node, address))
    return nil
  }

  /// What the target is meant to run, if its kind can.
  private mutating func workload(_ node: YAMLNode) -> Workload? {
    guard let workload = Workload(rawValue: node.text) else {
      let words = Workload.allCases.map(\.rawValue)
      findings.append(.unknownWord("berth.workloads", node, words, nil, address))
      return nil
    }
    if let known = kind.workloads, !known.contains(workload) {
      // Somebody's own computer is no answer to who wants a target in the workspace.
      let others = catalog.kinds.filter {
        $0.isInWorkspace && $0.workloads?.contains(workload) == true
      }
      findings.append(.unsupportedWorkload(workload, kind, others, node, address))
    }
    return workload
  }

  private func path(_ key: YAMLNode) -> AttributePath { AttributePath(["berth", key.text]) }
}

extension Rule {
  /// A setting that has no meaning for a kind.
  package static let wrongSetting = Rule("wrong-setting")
  /// A workload that targets of a kind can't run (domain.md section 11).
  package static let unsupportedWorkload = Rule("unsupported-workload")
}

extension Diagnostic {
  fileprivate static func unsupportedWorkload(
    _ workload: Workload, _ kind: KindDescriptor, _ others: [KindDescriptor], _ node: YAMLNode,
    _ address: String?
  ) -> Diagnostic {
    let way =
      others.isEmpty
      ? "" : " These can: \(others.map { "'\($0.name)'" }.joined(separator: ", "))."
    return Diagnostic(
      .error, .unsupportedWorkload, "Workload can't run there",
      detail: """
        A target of type '\(kind.name)' can't run '\(workload.rawValue)'.\(way) Use one of them, \
        or take the word away.
        """,
      address: address, at: node.location)
  }

  fileprivate static func wrongSetting(
    _ key: YAMLNode, _ why: String, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .wrongSetting, "Setting does not fit the type",
      detail: "'berth.\(key.text)' has no meaning here: \(why). Remove it.", address: address,
      at: key.location)
  }
}
