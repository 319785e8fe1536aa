package import Diagnostics
internal import ManifestSyntax
package import TargetModel

/// What a document is to say of a target, since it is so.
package struct AcceptedTarget: Sendable {
  /// The target concerned.
  package var address: TargetAddress
  /// Live values by field, and `berth.power_state`; nil where nothing is live.
  package var values: [AttributePath: AttributeValue?]

  package init(_ address: TargetAddress, _ values: [AttributePath: AttributeValue?]) {
    self.address = address
    self.values = values
  }
}

/// Writes live values into the documents of a file, in place.
///
/// Comments and everything else stay. A document in which a value can't be written without touching
/// more is reported and stays as it is; so does the whole file if, read again, it would say
/// anything else than what was accepted.
package func acceptLiveValues(
  _ accepted: [AcceptedTarget], in bytes: [UInt8], file: String, rules: KindRules,
  reporting findings: inout DiagnosticList
) -> [UInt8] {
  guard let before = BoundDocuments(bytes, file: file, rules: rules) else { return bytes }
  let byName = accepted.byName(of: \.address)
  var edits = DocumentEdits(bytes)
  var expected: [Int: AcceptedTarget] = [:]
  for (index, document) in before.documents.enumerated() {
    guard let kind = document.kind, let name = document.root["name"]?.text,
      let target = byName[name.lowercased()], target.address.kind == kind.name
    else { continue }
    var whole = edits
    var refused: AttributePath?
    for (path, value) in target.values.sorted(by: { $0.key.description < $1.key.description })
    where refused == nil {
      if !whole.accept(path, value, in: document.root, kind) { refused = path }
    }
    if let refused {
      findings.append(.notAccepted(target.address, refused, document.root.location.firstLine))
    } else {
      edits = whole
      expected[index] = target
    }
  }
  let edited = edits.applied
  guard edited != bytes else { return bytes }
  guard let after = BoundDocuments(edited, file: file, rules: rules),
    after.documents.count == before.documents.count,
    before.values.indices.allSatisfy({ index in
      after.values[index].saysSame(
        as: before.values[index], but: expected[index], kind: before.documents[index].kind)
    })
  else {
    findings.append(.wouldSayOther(file))
    return bytes
  }
  return edited
}

extension DocumentEdits {
  /// Writes a field under the name that the document has for it.
  fileprivate mutating func accept(
    _ path: AttributePath, _ value: AttributeValue?, in root: YAMLNode, _ kind: KindDescriptor
  ) -> Bool {
    guard path.segments.first != "berth" else {
      return set(value.map { YAMLValue.text($0.text ?? "") }, at: path.segments[...], in: root)
    }
    guard let slot = kind.slot(path) else { return false }
    let field = kind.fields[slot]
    let names = [path] + field.olderNames
    let name = names.first { root.node(at: $0) != nil } ?? path
    // Nothing live is the default; where there is none, nobody's wish.
    return set(value.map(field.type.written), at: name.segments[...], in: root)
  }
}

extension BoundDocuments.Values {
  /// True if a document says what it said, and of the accepted fields what was accepted.
  fileprivate func saysSame(
    as before: BoundDocuments.Values, but accepted: AcceptedTarget?, kind: KindDescriptor?
  ) -> Bool {
    guard errorCount == before.errorCount else { return false }
    guard let accepted, let kind else { return self == before }
    let slots = Set(accepted.values.keys.compactMap(kind.slot))
    for slot in kind.fields.indices {
      let field = kind.fields[slot]
      guard slots.contains(slot) else {
        if fields[slot] != before.fields[slot] { return false }
        continue
      }
      let wanted = (accepted.values[field.path] ?? nil) ?? field.defaultValue ?? .null
      let found = fields[slot] ?? field.defaultValue ?? .null
      if field.normalised(wanted) != field.normalised(found) { return false }
    }
    // `$schema`, `berth`, `name` and `type`, in this order.
    let isPower = accepted.values.keys.contains { $0.segments.first == "berth" }
    return common.indices.allSatisfy { (isPower && $0 == 1) || common[$0] == before.common[$0] }
  }
}

extension YAMLNode {
  fileprivate func node(at path: AttributePath) -> YAMLNode? {
    path.segments.reduce(Optional(self)) { $0?[$1] }
  }
}

extension Rule {
  /// What is live could not be written into a manifest.
  package static let notAccepted = Rule("not-accepted")
}

extension Diagnostic {
  fileprivate static func notAccepted(
    _ address: TargetAddress, _ path: AttributePath, _ place: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .warning, .notAccepted, "Live value was not written",
      detail: """
        '\(path)' of \(address) can't be written here without touching more than its own lines: an \
        alias, a merged key, or a comment within. Nothing of this document was changed; write it \
        yourself.
        """,
      address: address.description, at: place)
  }

  fileprivate static func wouldSayOther(_ file: String) -> Diagnostic {
    Diagnostic(
      .warning, .notAccepted, "Live values were not written",
      detail: """
        With the live values, \(file) would say something else besides, perhaps because of an \
        alias. It was left as it is; write them yourself.
        """,
      at: SourceLocation(startOf: file))
  }
}
