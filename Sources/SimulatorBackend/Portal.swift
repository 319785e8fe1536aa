public import TargetModel

/// What a colleague does behind Berth's back, at once and without asking.
extension SimulatedService {
  /// Why a change in the portal is not possible, as a sentence.
  public struct PortalRefusal: Error, Hashable, Sendable {
    /// The sentence.
    public let reason: String
  }

  /// Gives fields of a target other values, by the paths that manifests use; `state` switches a
  /// machine on or off, `tags.KEY` sets a tag. A `.null` takes a value away.
  public mutating func set(
    _ name: String, _ values: [(path: AttributePath, value: AttributeValue)], at now: Int64
  ) throws {
    try settle(at: now)
    guard var compute = try store.compute(name.lowercased()) else {
      throw PortalRefusal(reason: "There is no target '\(name)' in the workspace.")
    }
    let type = compute.body[.computeType]?.text ?? ""
    guard let kind = configuration.catalog.kind(computeType: type) else {
      throw PortalRefusal(reason: "'\(type)' is no kind that the embedded workspace knows.")
    }
    for (path, value) in values {
      guard let wire = wirePath(path, of: kind) else {
        throw PortalRefusal(reason: "A \(kind.name) has no field '\(path)'.")
      }
      let encoded = wire.field.map { $0.encode(value) } ?? value
      compute.body[wire.path] = value == .null ? nil : encoded
    }
    compute.resource = try resource(of: compute.body) ?? compute.resource
    try store.save(compute)
    try store.append(
      HistoryEntry(
        time: now, event: "changed-in-portal", name: compute.name,
        resource: compute.resource?.shown))
  }

  private func wirePath(
    _ path: AttributePath, of kind: KindDescriptor
  ) -> (path: AttributePath, field: Field?)? {
    if path == "provisioning_state" { return (.provisioningState, nil) }
    if path.segments.first == "tags", path.segments.count == 2 { return (path, nil) }
    guard let slot = kind.slot(path), let wire = kind.fields[slot].wire else { return nil }
    return (wire, kind.fields[slot])
  }

  /// Attaches a resource. A resource that is held already is attached nevertheless, and the
  /// earlier attachment breaks.
  public mutating func attach(
    _ name: String, _ kind: KindDescriptor, _ resourceID: String, at now: Int64
  ) throws {
    try settle(at: now)
    guard try store.compute(name.lowercased()) == nil else {
      throw PortalRefusal(reason: "There is a target '\(name)' in the workspace already.")
    }
    guard kind.resource != nil else {
      throw PortalRefusal(reason: "A \(kind.name) is made by the service and can't be attached.")
    }
    let body: AttributeValue = [
      "properties": [
        "computeType": .text(kind.computeType), "resourceId": .text(resourceID),
      ]
    ]
    guard let resource = try resource(of: body) else {
      throw PortalRefusal(reason: "'\(resourceID)' is no resource id.")
    }
    var compute = StoredCompute(name: name, body: body, resource: resource)
    fillEnvelope(&compute, isAttached: true, at: now)
    try attach(&compute, at: now)
  }

  /// Removes a target; an attachment's resource lives on.
  public mutating func remove(_ name: String, at now: Int64) throws {
    try settle(at: now)
    guard let compute = try store.compute(name.lowercased()) else {
      throw PortalRefusal(reason: "There is no target '\(name)' in the workspace.")
    }
    try store.remove(compute.key)
    try store.append(
      HistoryEntry(
        time: now, event: "removed-in-portal", name: compute.name,
        resource: compute.resource?.shown))
  }
}
