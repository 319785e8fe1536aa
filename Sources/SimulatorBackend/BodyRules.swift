internal import TargetModel

/// What becomes of a body that a client sends: what is kept, checked, filled in and merged, as the
/// field table of its kind and the service's own habits say.
struct BodyRules {
  let kind: KindDescriptor
  let behaviour: ServiceBehaviour

  init(_ kind: KindDescriptor) {
    self.kind = kind
    behaviour = ServiceBehaviour.of(kind.computeType)
  }

  // MARK: At the door

  /// The body without what a client can't set and without what is never told.
  ///
  /// A secret goes no further than this: it is neither shown nor stored.
  func admitted(_ body: AttributeValue) -> AttributeValue {
    var admitted = body
    for path in Self.setByService + behaviour.secrets { admitted.remove(path) }
    for field in kind.fields {
      guard let wire = field.wire, let value = admitted[wire] else { continue }
      let isOurs = field.setBy == .server && !behaviour.changesByPut.contains(where: wire.isWithin)
      if field.isWriteOnly || isOurs {
        admitted.remove(wire)
      } else if field.type.hasSecrets {
        admitted[wire] = field.type.withoutSecrets(value)
      }
    }
    return admitted
  }

  private static let setByService: [AttributePath] = [
    "id", "name", "type", "systemData", .principalID, .tenantID,
    .provisioningState, .provisioningErrors, .createdOn, .modifiedOn,
    .isAttached, .state, .lastOperation,
  ]

  // MARK: A new target

  /// The kind's defaults, where nothing was sent.
  func fillDefaults(_ body: inout AttributeValue) {
    for field in kind.fields where field.setBy == .user && !field.isWriteOnly {
      guard let wire = field.wire, let value = field.defaultValue, value != .null,
        value != .map([:])
      else { continue }
      body.fill(wire, field.encode(value))
    }
    for path in behaviour.alwaysShown where body[path] == nil { body[path] = .null }
  }

  /// What a later creation of a name finds of machines that a `Detach` left behind: whatever is
  /// fixed stays as it was (api.md section 8).
  func adopt(_ orphan: AttributeValue, into body: inout AttributeValue) {
    for field in kind.fields
    where field.setBy == .user && field.onChange == .recreate && field.path != "tags" {
      if let wire = field.wire, let value = orphan[wire] { body[wire] = value }
    }
  }

  // MARK: A living target

  /// The body after a PUT: what is sent and may change is applied, what is absent is kept, null
  /// takes a value back to its default, and what is fixed is refused or silently kept.
  func put(
    _ sent: AttributeValue, over body: AttributeValue
  ) throws(ServiceRefusal) -> AttributeValue {
    guard !behaviour.ignoresWrites else { return body }
    var merged = body
    for path in behaviour.changesByPut {
      if let value = sent[path] { merged[path] = (merged[path] ?? .null).overlaid(by: value) }
    }
    for (field, wire, value) in changes(sent, over: body) {
      if behaviour.keepsSilently.contains(wire) { continue }
      guard field.onChange == .inPlace else {
        // A word that says neither, such as `NotSpecified`, asks for nothing.
        if field.onChange == .recreate, field.decode(value) != .null { throw .fixed(wire) }
        continue
      }
      merged.apply(value, at: wire, of: field)
    }
    finish(&merged, sent)
    return merged
  }

  /// The body after a PATCH: only what may change in place; the rest is not looked at.
  ///
  /// An entry of a map that is sent as null goes.
  func patch(_ sent: AttributeValue, over body: AttributeValue) -> AttributeValue {
    guard !behaviour.ignoresWrites else { return body }
    var sent = sent
    if let identities = sent[.userAssignedIdentities] {
      sent[.userAssignedIdentities] =
        (body[.userAssignedIdentities] ?? .map([:])).overlaid(by: identities)
    }
    var merged = body
    for (field, wire, value) in changes(sent, over: body) where field.onChange == .inPlace {
      merged.apply(value, at: wire, of: field)
    }
    finish(&merged, sent)
    return merged
  }

  /// What differs between what is sent and what is there, as the fields compare.
  private func changes(
    _ sent: AttributeValue, over body: AttributeValue
  ) -> [(field: Field, wire: AttributePath, value: AttributeValue)] {
    kind.fields.compactMap { field in
      guard field.setBy == .user, !field.isWriteOnly, field.path != "tags", let wire = field.wire,
        !behaviour.changesByPut.contains(where: wire.isWithin), let value = sent[wire],
        comparable(value, field) != comparable(body[wire] ?? .null, field)
      else { return nil }
      return (field, wire, value)
    }
  }

  private func comparable(_ value: AttributeValue, _ field: Field) -> AttributeValue {
    let manifest = value == .null ? field.defaultValue ?? .null : field.decode(value)
    return manifest == .null ? .null : field.normalised(manifest)
  }

  /// Tags are replaced as a whole where the kind lets them change at all; elsewhere what is sent
  /// is dropped without a word.
  private func finish(_ body: inout AttributeValue, _ sent: AttributeValue) {
    if kind.updatesMarks || behaviour.replacesTags, let tags = sent["tags"] {
      body["tags"] = tags == .null ? .map([:]) : tags
    }
    IdentityReport.fill(&body)
  }
}

extension ServiceRefusal {
  fileprivate static func fixed(_ wire: AttributePath) -> ServiceRefusal {
    ServiceRefusal(
      400, "PropertyChangeNotAllowed", "Changing property '\(wire)' is not allowed.", target: wire)
  }
}

extension AttributeValue {
  /// Takes the entry at a path away, without making maps on the way to it.
  mutating func remove(_ path: AttributePath) {
    if self[path] != nil { self[path] = nil }
  }

  /// The value with another laid over it: maps entry by entry, an entry of null going.
  fileprivate func overlaid(by other: AttributeValue) -> AttributeValue {
    guard case .map(let entries) = self, case .map(let others) = other else { return other }
    var merged = entries
    for (key, value) in others {
      merged[key] = value == .null ? nil : entries[key]?.overlaid(by: value) ?? value
    }
    return .map(merged)
  }

  fileprivate mutating func apply(_ value: AttributeValue, at wire: AttributePath, of field: Field)
  {
    guard value == .null else {
      self[wire] = value
      return
    }
    if let usual = field.defaultValue, usual != .null {
      self[wire] = field.encode(usual)
    } else {
      remove(wire)
    }
  }
}

extension FieldType {
  /// True if a value of the type may have a secret somewhere inside.
  fileprivate var hasSecrets: Bool {
    switch self {
    case .object(let fields): fields.contains { $0.isWriteOnly || $0.type.hasSecrets }
    case .list(let element, _), .map(let element): element.hasSecrets
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region, .secretFile,
      .anything:
      false
    }
  }

  fileprivate func withoutSecrets(_ value: AttributeValue) -> AttributeValue {
    switch (self, value) {
    case (.list(let element, _), .list(let values)):
      return .list(values.map(element.withoutSecrets))
    case (.map(let element), .map(let values)):
      return .map(values.mapValues(element.withoutSecrets))
    case (.object(let fields), .map):
      var kept = value
      for field in fields {
        guard let wire = field.wire, let inner = kept[wire] else { continue }
        if field.isWriteOnly {
          kept.remove(wire)
        } else {
          kept[wire] = field.type.withoutSecrets(inner)
        }
      }
      return kept
    default: return value
    }
  }
}
