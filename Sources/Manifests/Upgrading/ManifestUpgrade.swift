package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Writes today's names and words in place of those that older clients used.
///
/// Comments stay. What can't be rewritten by rule is reported and stays as it is, and so does a
/// text that is wrong in any way; the binder tells why.
///
/// Law: what the fields come to is the same before and after.
package func upgradeManifest(
  _ bytes: [UInt8], file: String, rules: KindRules, reporting findings: inout DiagnosticList
) -> [UInt8] {
  guard let before = BoundDocuments(bytes, file: file, rules: rules) else { return bytes }
  var plan = UpgradePlan(bytes)
  for document in before.documents {
    if let kind = document.kind { plan.visit(document.root, by: FieldTree(kind.fields)) }
  }
  for finding in plan.findings.findings { findings.append(finding) }
  guard !plan.isEmpty else { return bytes }
  let upgraded = plan.upgraded
  guard let after = BoundDocuments(upgraded, file: file, rules: rules),
    after.values == before.values
  else {
    findings.append(.wouldDiffer(file))
    return bytes
  }
  return upgraded
}

/// The documents of a file, or the defaults of kinds in `berth.yaml`, with the values that their
/// fields come to.
struct BoundDocuments {
  struct Document {
    let root: YAMLNode
    let kind: KindDescriptor?
  }

  struct Values: Equatable {
    let fields: [AttributeValue?]
    /// What does not depend on the kind.
    let common: [YAMLValue?]
    let errorCount: Int
  }

  let documents: [Document]
  let values: [Values]

  /// Nil if the text is no YAML.
  init?(_ bytes: [UInt8], file: String, rules: KindRules) {
    var findings = DiagnosticList()
    let read = readYAML(bytes, file: file, reporting: &findings)
    guard !findings.hasErrors else { return nil }
    documents = read.compactMap(\.root).flatMap { root -> [Document] in
      if root["type"] == nil, let defaults = root["defaults"], defaults.kind == .mapping {
        return defaults.entries.map { kind, fields in
          Document(root: fields, kind: rules.catalog[KindName(kind.text)])
        }
      }
      let type = root["type"]
      return [Document(root: root, kind: type.flatMap { rules.catalog[KindName($0.text)] })]
    }
    values = documents.map { document in
      let common = ["$schema", "berth", "name", "type"]
      var binding = ValueBinding(secrets: UnresolvedSecrets())
      let bound = document.kind.map { kind in
        binding.fields(
          of: document.root, by: FieldTree(kind.fields), table: kind.fields,
          owner: kind.name.text, besides: NameTable(common), missingAt: document.root.location)
      }
      return Values(
        fields: bound.map { bound in bound.values.indices.map { bound.values[$0] } } ?? [],
        common: document.kind == nil
          ? [document.root.value] : common.map { document.root[$0]?.value },
        errorCount: binding.findings.errorCount)
    }
  }
}

/// What is to be rewritten in a file.
private struct UpgradePlan {
  private(set) var findings = DiagnosticList()
  private let bytes: [UInt8]
  /// Tokens to be replaced, by the offset at which they begin.
  private var tokens: [Int: (end: Int, text: String)] = [:]
  private var moves = EntryMoves()

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isEmpty: Bool { tokens.isEmpty && moves.isEmpty }

  /// The whole text, rewritten.
  var upgraded: [UInt8] {
    var result: [UInt8] = []
    var position = 0
    for (start, token) in tokens.sorted(by: { $0.key < $1.key }) {
      result += bytes[position..<start] + Array(token.text.utf8)
      position = token.end
    }
    return moves.applied(to: result + bytes[position...])
  }

  // MARK: Finding older names

  mutating func visit(_ node: YAMLNode, by tree: FieldTree, at path: [String] = []) {
    for (key, value) in node.entries {
      guard let child = tree[key.text] else { continue }
      if let field = child.field {
        if let current = child.currentName {
          upgrade(key, value, field, to: current.segments, of: node, at: path, child.olderShape)
        } else if field.keepsItsName, let word = field.type.currentWord(for: value) {
          upgrade(value, below: key, to: word)
        }
        if let object = child.object { visit(value, holding: object, field.type) }
      } else {
        visit(value, by: child, at: path + [key.text])
      }
    }
  }

  private mutating func visit(_ node: YAMLNode, holding tree: FieldTree, _ type: FieldType) {
    switch type {
    case .object: visit(node, by: tree)
    case .list(let element, _):
      for item in node.elements { visit(item, holding: tree, element) }
    case .map(let element):
      for entry in node.entries { visit(entry.value, holding: tree, element) }
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region, .secretFile,
      .anything:
      break
    }
  }

  private mutating func upgrade(
    _ key: YAMLNode, _ value: YAMLNode, _ field: Field, to current: [String], of node: YAMLNode,
    at path: [String], _ olderShape: OlderForm.Shape?
  ) {
    guard current.starts(with: path), (1...2).contains(current.count - path.count),
      isWritten(key), let name = current.last
    else {
      findings.append(.notUpgraded(key, current))
      return
    }
    if olderShape == .texts, !canWrap(value) {
      findings.append(.notUpgraded(key, current))
      return
    }
    let word =
      olderShape == .fileName
      ? "${file:\(value.text)}" : currentWord(for: value, of: field)
    let isElsewhere = value.location.start.offset < key.location.start.offset
    if word != nil, isElsewhere || !isWritten(value) {
      findings.append(.notUpgraded(key, current))
      return
    }
    if current.count - path.count == 2 {
      let group = current[path.count]
      guard moves.add(key, value, isAlias: isElsewhere, to: group, of: node, in: bytes) else {
        findings.append(.notUpgraded(key, current))
        return
      }
    }
    replace(key, by: name)
    if let word { replace(value, by: word) }
    if olderShape == .texts { wrap(value, in: field.type) }
  }

  /// True for a list of texts each of which stands at its place and on one line.
  private func canWrap(_ list: YAMLNode) -> Bool {
    list.kind == .sequence
      && list.elements.allSatisfy {
        isWritten($0) && $0.location.start.line == $0.location.end.line
          && list.location.start.offset <= $0.location.start.offset
          && $0.location.start.offset < list.location.end.offset
      }
  }

  /// Makes each text of a list an object with that text as its one field.
  private mutating func wrap(_ list: YAMLNode, in type: FieldType) {
    guard case .list(.object(let fields), _) = type, let name = fields.first?.path else { return }
    let isFlow = bytes[list.location.start.offset] == UInt8(ascii: "[")
    for item in list.elements {
      let (start, end) = (item.location.start.offset, item.location.end.offset)
      let text = String(decoding: bytes[start..<end], as: UTF8.self)
      tokens[start] = (end, isFlow ? "{ \(name): \(text) }" : "\(name): \(text)")
    }
  }

  /// Writes today's word behind a key that stays.
  private mutating func upgrade(_ value: YAMLNode, below key: YAMLNode, to word: String) {
    guard value.location.start.offset > key.location.start.offset, isWritten(value) else {
      findings.append(.notUpgraded(value, [word]))
      return
    }
    replace(value, by: word)
  }

  /// True if a node's own text stands at its place: no alias, and nothing that belongs to it before
  /// it.
  private func isWritten(_ node: YAMLNode) -> Bool {
    let offset = node.location.start.offset
    return node.kind == .scalar && offset < bytes.count
      && !"&*!|>".utf8.contains(bytes[offset])
  }

  private mutating func replace(_ node: YAMLNode, by text: String) {
    tokens[node.location.start.offset] = (node.location.end.offset, text)
  }

  /// The word of today's clients, where the value has another.
  private func currentWord(for node: YAMLNode, of field: Field) -> String? {
    guard node.kind == .scalar else { return nil }
    let word = node.text.lowercased()
    switch field.type {
    case .choice(let choices):
      if choices.contains(where: { $0.name.lowercased() == word }) { return nil }
      return choices.first { $0.isMeant(by: word) || $0.wire.lowercased() == word }?.name
    case .toggle(let on, let off):
      if word == on.lowercased() { return "true" }
      return word == off.lowercased() ? "false" : nil
    case .duration(let unit, _):
      guard let seconds = ISODuration.seconds(in: node.text), seconds.isMultiple(of: unit.rawValue)
      else { return nil }
      return "\(seconds / unit.rawValue)"
    case .text, .boolean, .integer, .resourceID, .region, .secretFile, .list, .object, .map,
      .anything:
      return nil
    }
  }
}

extension FieldType {
  /// The word of today's clients for an older one.
  fileprivate func currentWord(for node: YAMLNode) -> String? {
    guard case .choice(let choices) = self, node.kind == .scalar,
      !choices.contains(where: { $0.name.lowercased() == node.text.lowercased() })
    else { return nil }
    return choices.first { $0.isMeant(by: node.text) }?.name
  }
}

extension Rule {
  /// An older name that can't be rewritten by rule.
  static let notUpgraded = Rule("not-upgraded")
}

extension Diagnostic {
  fileprivate static func notUpgraded(_ key: YAMLNode, _ current: [String]) -> Diagnostic {
    Diagnostic(
      .warning, .notUpgraded, "Older name was kept",
      detail: """
        '\(key.text)' is '\(current.joined(separator: "."))' now, and can't be rewritten here \
        without your eyes. Write it yourself.
        """,
      at: key.location)
  }

  fileprivate static func wouldDiffer(_ file: String) -> Diagnostic {
    Diagnostic(
      .warning, .notUpgraded, "Older names were kept",
      detail: """
        With today's names, \(file) would say something else: perhaps a field is given under both \
        names, or an alias would come before its anchor. Write them yourself; 'berth validate' \
        lists them.
        """,
      at: SourceLocation(startOf: file))
  }
}
