/// The way of targets into the service's JSON and back, told by the fields' wire paths.
///
/// Bodies have the shape of api.md section 3 for requests and responses alike. A backend moves the
/// JSON; nothing in it knows a kind.
public struct WireMapping: Sendable {
  /// The kinds there are.
  public let catalog: KindCatalog

  /// Makes a wire mapping of its parts.
  public init(catalog: KindCatalog) {
    self.catalog = catalog
  }

  // MARK: Requests

  /// The body of a create or an attach.
  public func body(
    for target: ComputeTarget, marks: OwnershipMarks, in workspace: WorkspaceIdentity
  ) -> AttributeValue {
    var body: AttributeValue = [
      "location": .text(workspace.location),
      "properties": ["computeType": .text(target.kind.computeType)],
    ]
    for (slot, field) in target.kind.fields.enumerated() where field.setBy == .user {
      guard let value = target.attributes[slot] ?? field.defaultValue, value != .null,
        let wire = field.wire
      else { continue }
      body[wire] = field.encode(value)
    }
    for addition in target.kind.addsToBody(target) {
      body[addition.path] = addition.value
    }
    body["tags"] = .map(tags(of: target).merging(markTags(marks)) { _, mark in mark })
    return body
  }

  /// The user's own tags.
  private func tags(of target: ComputeTarget) -> AttributeMap {
    (target["tags"]?.map ?? [:]).filter { !MarkTags.isMark($0.key) }
  }

  private func markTags(_ marks: OwnershipMarks) -> AttributeMap {
    AttributeMap(MarkTags.tags(for: marks).mapValues(AttributeValue.text))
  }

  // MARK: Responses

  /// The target that a body shows; nil where it has no name.
  public func target(in body: AttributeValue) -> ObservedTarget? { target(shownBy: body) }

  func target<Body: ServiceBody>(
    shownBy body: Body
  ) throws(Body.Failure) -> ObservedTarget? {
    guard let name = try body.value(.name)?.text else { return nil }
    let computeType = try body.value(.computeType)?.text ?? "Unknown"
    let kind = catalog.kind(computeType: computeType)
    let tags = try body.value(.tags)?.map ?? [:]
    var attributes = Attributes(slotCount: kind?.fields.count ?? 0)
    if let kind { try read(&attributes, of: kind, from: body, tags: tags) }
    let resourceID = try body.value(.resourceID)?.text
    return ObservedTarget(
      name: name, kind: kind?.name ?? KindName(computeType), isKnownKind: kind != nil,
      attributes: attributes,
      state: ProvisioningState(try body.value(.state)?.text ?? "Unknown"),
      errors: (try body.value(.errors)?.list ?? []).map(Self.message),
      isAttached: try body.value(.isAttached)?.bool ?? (resourceID != nil),
      resource: kind.map { $0.heldResource(of: attributes) } ?? unknownKindResource(resourceID),
      marks: MarkTags.marks(in: tags),
      power: Self.power(try body.value(.power)?.text))
  }

  private func read<Body: ServiceBody>(
    _ attributes: inout Attributes, of kind: KindDescriptor, from body: Body, tags: AttributeMap
  ) throws(Body.Failure) {
    try body.forEachField(of: kind, into: &attributes) { attributes, place, value in
      let decoded = place.isSpelledAlike ? value : kind.fields[place.slot].decode(value)
      if decoded != .null { attributes[place.slot] = decoded }
    }
    if let slot = kind.wireLayout.tags {
      let own = tags.filter { !MarkTags.isMark($0.key) }
      if !own.isEmpty { attributes[slot] = .map(own) }
    }
    kind.pruneObserved(kind, &attributes)
    attributes.giveRoomBack()
  }

  /// A target of a kind we do not know still holds what it names.
  private func unknownKindResource(_ text: String?) -> ResourceIdentity? {
    text.flatMap { try? ARMResourceID(parsing: $0) }.map { ResourceIdentity($0) }
  }

  private static func message(of error: AttributeValue) -> String {
    let error = error["error"] ?? error
    let code = error["code"]?.text
    let message = error["message"]?.text ?? error.canonicalJSON
    return code.map { "\($0): \(message)" } ?? message
  }

  private static func power(_ state: String?) -> PowerState? {
    switch state?.lowercased() {
    case "running", "jobrunning": .running
    case "stopped": .stopped
    default: nil
    }
  }
}

extension Field {
  /// The value as the service's JSON has it.
  public func encode(_ value: AttributeValue) -> AttributeValue {
    shape.map { $0.encode(value) } ?? type.encode(value)
  }

  /// The value as a manifest has it.
  public func decode(_ value: AttributeValue) -> AttributeValue {
    shape.map { $0.decode(value) } ?? type.decode(value)
  }

  /// True if every value is the same there and in a manifest.
  var isSpelledAlike: Bool { shape == nil && type.isSpelledAlike }
}

extension FieldType {
  fileprivate var isSpelledAlike: Bool {
    switch self {
    case .text, .boolean, .integer, .resourceID, .region, .secretFile, .anything: true
    case .toggle, .duration, .choice, .list, .object, .map: false
    }
  }

  fileprivate func encode(_ value: AttributeValue) -> AttributeValue {
    switch (self, value) {
    case (_, .secret(let secret)): return .text(secret.reveal())
    case (.toggle(let on, let off), .bool(let bool)): return .text(bool ? on : off)
    // Minutes stay minutes: the official client shows no other form of them.
    case (.duration(.minutes, _), .integer(let count)): return .text("PT\(count)M")
    case (.duration(let unit, _), .integer(let count)):
      return .text(ISODuration.text(seconds: count * unit.rawValue))
    case (.choice(let choices), .text(let word)):
      return .text(choices.first { $0.isMeant(by: word) }?.wire ?? word)
    case (.list(let element, _), .list(let values)): return .list(values.map(element.encode))
    case (.map(let element), .map(let values)): return .map(values.mapValues(element.encode))
    case (.object(let fields), .map):
      var body = AttributeValue.map([:])
      for field in fields {
        guard let wire = field.wire, let entry = value[field.path] ?? field.defaultValue,
          entry != .null
        else { continue }
        body[wire] = field.encode(entry)
      }
      return body
    default: return value
    }
  }

  fileprivate func decode(_ value: AttributeValue) -> AttributeValue {
    switch (self, value) {
    case (.toggle(let on, let off), .text(let word)):
      // A third word, such as `NotSpecified`, says neither.
      if word == on { return true }
      if word == off { return false }
      let word = word.lowercased()
      return word == on.lowercased() ? true : word == off.lowercased() ? false : .null
    case (.duration(let unit, _), .text(let text)):
      // A span that the unit can't say stays as it is: it differs from whatever is wanted.
      guard let seconds = ISODuration.seconds(in: text), seconds.isMultiple(of: unit.rawValue)
      else { return value }
      return .integer(seconds / unit.rawValue)
    case (.choice(let choices), .text(let word)):
      if let choice = choices.first(where: { $0.wire == word }) { return .text(choice.name) }
      let key = word.lowercased()
      return .text(choices.first { $0.wire.lowercased() == key }?.name ?? word)
    case (.list(let element, _), .list(let values)): return .list(values.map(element.decode))
    case (.map(let element), .map(let values)): return .map(values.mapValues(element.decode))
    case (.object(let fields), .map):
      var entries = AttributeValue.map([:])
      for field in fields {
        guard let wire = field.wire, let entry = value[wire], entry != .null else { continue }
        entries[field.path] = field.decode(entry)
      }
      return entries
    default: return value
    }
  }
}
