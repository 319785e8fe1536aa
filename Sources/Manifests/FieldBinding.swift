package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// What a mapping gave the fields of a table, by slot.
struct BoundFields {
  var values: Attributes
  /// Where each value stands.
  var locations: FieldLocations
  /// The slots whose value was refused, so that nothing more is said about them.
  var refused: Set<Int> = []

  /// Nothing yet, for a table with so many fields and a mapping with so many entries.
  init(slotCount: Int, entryCount: Int) {
    values = Attributes(slotCount: slotCount)
    values.reserveCapacity(entryCount)
    locations = FieldLocations(capacity: entryCount)
  }
}

extension ValueBinding {
  /// Reads a mapping by a table and reports every key and value in it that does not fit.
  ///
  /// - Parameters:
  ///   - owner: what has these fields, for findings: `amlcompute`; nil for the path of an object.
  ///   - besides: keys that somebody else reads.
  ///   - place: where to report a field that is missing.
  mutating func fields(
    of node: YAMLNode, by tree: FieldTree, table: [Field], owner: String?,
    besides: NameTable = .empty, missingAt place: SourceLocation
  ) -> BoundFields {
    // Name and type, which every document has, are read by somebody else.
    let entryCount = node.entryCount - (besides.names.isEmpty ? 0 : 2)
    var bound = BoundFields(slotCount: table.count, entryCount: max(0, entryCount))
    bind(node, tree, owner, besides, into: &bound)
    for slot in tree.requiredSlots
    where !bound.values.holds(slot) && !bound.refused.contains(slot) {
      let field = table[slot]
      let group = field.path.segments.count > 1 ? node.entry(field.path.segments[0])?.key : nil
      findings.append(
        .missingField(
          path(to: field.path.segments), bound.locations[slot] ?? group?.location ?? place,
          address))
    }
    return bound
  }

  private mutating func bind(
    _ node: YAMLNode, _ tree: FieldTree, _ owner: String?, _ besides: NameTable,
    into bound: inout BoundFields
  ) {
    node.forEachEntry { key, value in
      guard let child = tree[key] else {
        if key.withBytes({ besides[$0] }) == nil {
          refuse(
            key, value, in: tree, owner ?? path(to: tree.keys).description, besides.names)
        }
        return
      }
      if child.field != nil {
        bind(key, value, child, into: &bound)
      } else if value.kind == .mapping {
        bind(value, child, nil, .empty, into: &bound)
      } else if !value.isNull {
        bound.refused.formUnion(child.slots.map(\.slot))
        refuse(value, "a mapping", at: path(to: child.keys), mayHoldSecret: child.holdsSecret)
      }
    }
  }

  private mutating func bind(
    _ key: YAMLNode, _ node: YAMLNode, _ tree: FieldTree, into bound: inout BoundFields
  ) {
    guard let field = tree.field else { return }
    let slot = tree.slot
    guard field.setBy == .user else {
      findings.append(.setByService(field.path, key, address))
      return
    }
    if let currentName = tree.currentName {
      findings.append(.olderName(key, currentName, address))
    }
    if let first = bound.locations[slot] {
      findings.append(.givenTwice(field.path, key, first, address))
      if field.isKeptSecret { hideLines(of: node) }
      return
    }
    bound.locations.append(node.location, of: slot)
    let errorsBefore = findings.errorCount
    bound.values[slot] = value(node, of: field, tree, words: words(of: field, tree))
    if findings.errorCount > errorsBefore { bound.refused.insert(slot) }
  }

  /// Words of older clients are understood under older keys only, as by `az ml`; where the key
  /// stayed the same, they are understood with a warning.
  private func words(of field: Field, _ tree: FieldTree) -> OlderWords {
    if tree.currentName != nil { return .understood }
    return field.keepsItsName ? .toldOf : .unknown
  }

  /// Reports a key that nothing reads.
  ///
  /// What stands there may be a secret under a misspelt name, so such lines are not shown.
  private mutating func refuse(
    _ key: YAMLNode, _ value: YAMLNode, in tree: FieldTree, _ owner: String, _ besides: [String]
  ) {
    let suggestion = nearest(
      to: key.text,
      among: tree.children.filter { !$0.tree.slots.isEmpty }.map(\.key) + besides)
    let meant = suggestion.flatMap { tree[$0] }
    if meant?.holdsSecret == true || key.text.soundsSecret {
      hideLines(of: key)
      hideLines(of: value)
    }
    let glued = gluedKey(key.text, in: tree)
    let elsewhere = tree.path(endingWith: key.text)
    findings.append(
      .unknownKey(
        key, meant: meant?.currentName?.description ?? suggestion ?? elsewhere,
        known: tree.names + besides, in: owner, advice: glued ?? advice(on: key.text), address))
  }

  /// What to tell about a key that its value is glued to: `admin_password:hunter2`.
  private func gluedKey(_ text: String, in tree: FieldTree) -> String? {
    let name = text.untilSeparator
    guard name != text, tree[name] != nil else { return nil }
    return "Write '\(name): ' with a colon and a blank behind it, then the value."
  }
}

extension String {
  /// The text up to the first `:` or `=`, behind which somebody may have meant the value to be.
  fileprivate var untilSeparator: String { String(prefix { $0 != ":" && $0 != "=" }) }

  /// The text as messages show it as a key: without what may be a secret behind it.
  fileprivate var asKey: String {
    let name = untilSeparator
    return name != self && name.soundsSecret ? "\(name.shortened)..." : shortened
  }
}

extension FieldTree {
  /// The way to a field deeper down whose last key this is: `ssh_settings.admin_username`.
  fileprivate func path(endingWith key: String) -> String? {
    for name in names {
      guard let child = self[name] else { continue }
      if child[key]?.field != nil { return "\(name).\(key)" }
      if let deeper = child.path(endingWith: key) { return "\(name).\(deeper)" }
    }
    return nil
  }
}

extension YAMLNode {
  /// The entry of a key.
  func entry(_ key: String) -> (key: YAMLNode, value: YAMLNode)? {
    entries.first { $0.key.reads(key) }
  }
}

extension Rule {
  /// A name that older clients used.
  package static let olderName = Rule("older-name")
  /// A field that only the service sets.
  package static let setByService = Rule("set-by-service")
  /// A field that is given under two names.
  package static let givenTwice = Rule("given-twice")
  /// A key that nothing reads.
  package static let unknownKey = Rule("unknown-key")
  /// Something that must be said and is not.
  package static let missingField = Rule("missing-field")
}

extension Diagnostic {
  static func unknownKey(
    _ key: YAMLNode, meant: String?, known: [String], in place: String, advice: String? = nil,
    _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .unknownKey, "Key is not known",
      detail: "There is no '\(key.text.asKey)' in \(place). "
        + (advice ?? meant.map { "Did you mean \"\($0)\"?" }
          ?? "It knows \(known.map { "'\($0)'" }.joined(separator: ", "))."),
      address: address, at: key.location)
  }

  static func missingField(
    _ path: AttributePath, _ place: SourceLocation, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .missingField, "Field is missing", detail: "'\(path)' must be given. Add it.",
      address: address, at: place)
  }

  fileprivate static func olderName(
    _ key: YAMLNode, _ current: AttributePath, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .warning, .olderName, "Field has another name now",
      detail: "'\(key.text)' is understood. Its name is '\(current)' now; write that.",
      address: address, at: key.location)
  }

  static func olderWord(
    _ word: String, _ current: String, _ place: SourceLocation, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .warning, .olderName, "Value has another name now",
      detail: "'\(word)' is understood. Its name is '\(current)' now; write that.",
      address: address, at: place)
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
    _ path: AttributePath, _ key: YAMLNode, _ first: SourceLocation, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .givenTwice, "Field is given twice",
      detail: "'\(key.text)' and another key both set '\(path)'. Keep '\(path)'.",
      address: address, at: key.location, related: [.init("first given here", at: first)])
  }
}
