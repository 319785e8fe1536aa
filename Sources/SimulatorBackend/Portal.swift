internal import Diagnostics
public import TargetModel

/// Why a change in the portal is not possible, as a sentence.
public struct PortalRefusal: Error, Hashable, Sendable {
  /// The sentence.
  public let reason: String
}

/// What a colleague does behind Berth's back, at once and without asking.
extension SimulatedService {
  /// Gives fields of a target other values, as `FIELD=VALUE`: numbers and truth values as they are
  /// written, lists and maps as JSON, and nothing after the `=` to take a value away.
  public mutating func set(_ name: String, assignments: [String], at now: Int64) throws {
    try settle(at: now)
    let kind = try knownKind(of: try target(name))
    try set(name, assignments.map { try PortalText.parse($0, kind) }, at: now)
  }

  /// Gives fields of a target other values, by the paths that manifests use.
  ///
  /// `state` (or `berth.power_state`) switches a machine on or off, `tags.KEY` sets a tag, and
  /// `provisioning_state` what it says. A `.null` takes a value away.
  public mutating func set(
    _ name: String, _ values: [(path: AttributePath, value: AttributeValue)], at now: Int64
  ) throws {
    try settle(at: now)
    var compute = try target(name)
    let kind = try knownKind(of: compute)
    for (path, value) in values { try set(path, to: value, in: &compute, of: kind, at: now) }
    compute.body[.modifiedOn] = .text(Timestamp.text(now))
    let resource = resource(of: compute.body)
    let moved = resource != nil && resource != compute.resource
    compute.resource = resource ?? compute.resource
    try store.save(compute)
    try record(.changedInPortal, compute, at: now)
    if moved, compute.isInEffect { try takeHold(&compute, at: now) }
  }

  private func set(
    _ path: AttributePath, to value: AttributeValue, in compute: inout StoredCompute,
    of kind: KindDescriptor, at now: Int64
  ) throws(PortalRefusal) {
    if kind.hasPower, PortalText.powerPaths.contains(path), let state = value.text {
      let word = state.lowercased().capitalised
      setPower(&compute, word, word == "Stopped" ? "Stop" : "Start", "Succeeded", now)
    } else if path == "provisioning_state" {
      compute.body[.provisioningState] = value
    } else if path.segments.first == "tags", path.segments.count > 1 {
      // A tag's own name may have full stops.
      let tag = path.segments.dropFirst().joined(separator: ".")
      compute.body[AttributePath(["tags", tag])] = value == .null ? nil : value
    } else {
      let field = try PortalText.field(path, of: kind)
      guard let wire = field.wire else { throw PortalText.unknown(path, kind) }
      guard !field.isWriteOnly else {
        throw PortalRefusal(reason: "'\(path)' is never shown, so nobody would see the change.")
      }
      if value == .null {
        compute.body.remove(wire)
      } else {
        compute.body[wire] = field.encode(value)
      }
    }
  }

  /// Attaches a resource.
  ///
  /// A resource that is held already is attached nevertheless, and the earlier attachment breaks.
  public mutating func attach(
    _ name: String, _ kind: KindDescriptor, _ resourceID: String, at now: Int64
  ) throws {
    try settle(at: now)
    guard kind.resource != nil else {
      throw PortalRefusal(
        reason: "The type '\(kind.name)' is made by the service and can't be attached.")
    }
    try attach(
      name, try attachment(kind.computeType, kind.resource, kind, resourceID), at: now)
  }

  /// Attaches a resource as a kind that Berth may not know.
  public mutating func attach(
    _ name: String, computeType: String, _ resourceID: String, at now: Int64
  ) throws {
    if let kind = configuration.catalog.kind(computeType: computeType) {
      return try attach(name, kind, resourceID, at: now)
    }
    try settle(at: now)
    try attach(name, try attachment(computeType, nil, nil, resourceID), at: now)
  }

  private mutating func attach(_ name: String, _ sent: AttributeValue, at now: Int64) throws {
    guard ComputeName.isValid(name) else {
      throw PortalRefusal(
        reason: "'\(name)' can't be a name: 3 to 24 letters, digits and hyphens are due.")
    }
    guard try store.compute(name.lowercased()) == nil else {
      throw PortalRefusal(reason: "There is a target '\(name)' in the workspace already.")
    }
    var body = sent
    if let kind = kind(of: sent) {
      body = freshBody(name, sent, kind, isAttached: true, at: now)
    } else {
      fillEnvelope(&body, name, isAttached: true, at: now)
    }
    var compute = StoredCompute(name: name, body: body, resource: resource(of: body))
    try takeHold(&compute, at: now)
  }

  /// The body that attaches a resource by its id, or by its address where the kind has one.
  private func attachment(
    _ computeType: String, _ held: KindDescriptor.HeldResource?, _ kind: KindDescriptor?,
    _ resource: String
  ) throws(PortalRefusal) -> AttributeValue {
    var body: AttributeValue = ["properties": ["computeType": .text(computeType)]]
    let isID = (try? ARMResourceID(parsing: resource)) != nil
    let hostSlot = held?.hostField.flatMap { kind?.slot($0) }
    if isID {
      body[.resourceID] = .text(resource)
    } else if !resource.hasPrefix("/"), let kind,
      let wire = hostSlot.flatMap({ kind.fields[$0].wire })
    {
      body[wire] = .text(resource)
    } else {
      throw PortalRefusal(reason: "'\(resource)' is no resource id.")
    }
    return body
  }

  /// Removes a target; an attachment's resource lives on.
  public mutating func remove(_ name: String, at now: Int64) throws {
    try settle(at: now)
    let compute = try target(name)
    try store.remove(compute.key)
    try record(.removedInPortal, compute, at: now)
  }

  // MARK: Parts

  private func target(_ name: String) throws -> StoredCompute {
    if let compute = try store.compute(name.lowercased()) { return compute }
    let names = try store.computes().map(\.name)
    let hint = nearest(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
    throw PortalRefusal(reason: "There is no target '\(name)' in the workspace.\(hint)")
  }

  private func knownKind(of compute: StoredCompute) throws(PortalRefusal) -> KindDescriptor {
    if let kind = kind(of: compute.body) { return kind }
    let type = compute.body[.computeType]?.text ?? ""
    throw PortalRefusal(reason: "'\(type)' is no kind that the embedded workspace knows.")
  }
}
