internal import TargetModel

/// How much of a JSON value a stranger may see.
///
/// It is an allow-list: what no part of it names is hidden.
indirect enum Disclosure: Sendable {
  /// The names of entries, how many elements there are, truth values and nulls; no text and no
  /// number.
  case names
  /// Not even how it is built.
  case nothing
  /// One text, number or truth value.
  case scalar
  /// All of it.
  case whole
  /// A list.
  case each(Disclosure)
  /// A map of these entries; of others their names.
  case entries([String: Disclosure])
  /// A map of any entries that are not named like a secret.
  case anyEntry(Disclosure)

  static let placeholder = AttributeValue.text("(redacted)")

  /// What is shown of a value.
  func shown(_ value: AttributeValue) -> AttributeValue {
    switch (self, value) {
    case (_, .null): .null
    case (.nothing, _), (_, .secret): Self.placeholder
    case (.whole, _): value
    case (.scalar, .text), (.scalar, .integer), (.scalar, .number): value
    case (.each(let inner), .list(let elements)): .list(elements.map(inner.shown))
    case (.entries(let known), .map(let entries)):
      .map(entries.mapWithKeys { (known[$0] ?? .names).shown($1) })
    case (.anyEntry(let inner), .map(let entries)):
      .map(entries.mapWithKeys { (SecretNames.contain($0) ? .nothing : inner).shown($1) })
    // Whatever else it is, it is not what is known to be harmless.
    case (_, .map(let entries)): .map(entries.mapValues(Disclosure.names.shown))
    case (_, .list(let elements)): .list(elements.map(Disclosure.names.shown))
    case (_, .bool): value
    case (_, .text), (_, .integer), (_, .number): Self.placeholder
    }
  }

  /// Says what holds of a part; where two say different things of it, the stricter holds.
  mutating func say(_ part: Disclosure, at path: ArraySlice<String>) {
    guard let first = path.first else { return self = stricter(part) }
    guard case .entries(var known) = self else { return self = stricter(.names) }
    if path.count == 1 {
      known[first] = known[first]?.stricter(part) ?? part
    } else {
      var inner = known[first] ?? .entries([:])
      inner.say(part, at: path.dropFirst())
      known[first] = inner
    }
    self = .entries(known)
  }

  private func stricter(_ other: Disclosure) -> Disclosure {
    switch (self, other) {
    case (.nothing, _), (_, .nothing): .nothing
    case (.names, _), (_, .names): .names
    case (.entries(let own), .entries(let others)):
      .entries(own.merging(others) { $0.stricter($1) })
    case (.scalar, .scalar), (.each, .each), (.anyEntry, .anyEntry): self
    default: .names
    }
  }
}

extension AttributeMap {
  fileprivate func mapWithKeys(
    _ change: (String, AttributeValue) -> AttributeValue
  ) -> AttributeMap {
    AttributeMap(uniqueKeysWithValues: map { ($0.key, change($0.key, $0.value)) })
  }
}

extension Disclosure {
  /// What a field's type shows; nothing where it is a secret, or whatever YAML can say.
  init(_ field: Field) {
    self = field.isSecret ? .nothing : field.isWriteOnly ? .names : Disclosure(field.type)
  }

  private init(_ type: FieldType) {
    switch type {
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region:
      self = .scalar
    case .secretFile: self = .nothing
    case .anything: self = .names
    case .list(let element, _): self = .each(Disclosure(element))
    case .map(let element): self = .anyEntry(Disclosure(element))
    case .object(let fields):
      var parts = Disclosure.entries([:])
      for field in fields {
        if let wire = field.wire { parts.say(Disclosure(field), at: wire.segments[...]) }
      }
      self = parts
    }
  }
}

/// Names that a secret has, whatever it is part of.
enum SecretNames {
  private static let words = [
    "password", "passphrase", "secret", "token", "privatekey", "connectionstring", "kubeconfig",
    "accountkey", "accesskey", "sharedkey", "apikey", "credential", "assertion", "authorization",
    "sas", "signature",
  ]
  private static let names: Set<String> = ["key", "cert", "certificate", "pwd", "sig"]

  /// True for the name of a tag or label that may hold one; Berth's own marks hold none.
  static func contain(_ name: String) -> Bool {
    guard !MarkTags.isMark(name) else { return false }
    let name = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return names.contains(name) || words.contains { name.contains($0) }
  }
}
