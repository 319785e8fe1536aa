internal import ComputeService
internal import TargetModel

/// Create, attach, update, delete and detach.
extension SimulatedService {
  // MARK: PUT and PATCH

  mutating func put(
    _ name: String, _ body: AttributeValue, at now: Int64
  ) throws -> ServiceResponse {
    let kind = try kind(toPut: body, as: name)
    guard let existing = try store.compute(name.lowercased()) else {
      return try make(name, body, kind, at: now)
    }
    return try change(existing, body, kind, at: now)
  }

  private func kind(
    toPut body: AttributeValue, as name: String
  ) throws(ServiceRefusal) -> KindDescriptor {
    guard ComputeName.isValid(name) else { throw ServiceRefusal.badName(name) }
    guard let type = body[.computeType]?.text else {
      throw ServiceRefusal(
        400, "InvalidRequestContent", "The property 'properties.computeType' is required.",
        target: .computeType)
    }
    guard let kind = kind(of: body) else {
      throw ServiceRefusal(
        400, "InvalidParameter", "The compute type '\(type)' is not known.", target: .computeType)
    }
    return kind
  }

  /// Why a PUT of a target that is not there would be refused at once; nil if it would be taken.
  func refusal(ofMaking name: String, _ body: AttributeValue) -> ServiceResponse? {
    do throws(ServiceRefusal) {
      try checkMaking(body, try kind(toPut: body, as: name))
      return nil
    } catch {
      return error.response
    }
  }

  private func checkMaking(
    _ body: AttributeValue, _ kind: KindDescriptor
  ) throws(ServiceRefusal) {
    guard body["location"]?.text != nil else {
      throw ServiceRefusal(
        400, "LocationRequired", "The location property is required for this definition.",
        target: "location")
    }
    try checkOrigin(kind, body, resource(of: body))
    try BodyRules(kind).check(body, isNew: true)
  }

  private mutating func make(
    _ name: String, _ body: AttributeValue, _ kind: KindDescriptor, at now: Int64
  ) throws -> ServiceResponse {
    try checkMaking(body, kind)
    let resource = resource(of: body)
    var compute = StoredCompute(
      name: name, body: freshBody(name, body, kind, isAttached: resource != nil, at: now),
      resource: resource)
    compute.body[.provisioningState] = "Creating"
    if kind.hasPower { setPower(&compute, "Creating", "Create", "InProgress", now) }
    return try begin(resource == nil ? .create : .attach, on: compute, status: 201, at: now)
  }

  /// A PUT on a used name: an update, or with another resource an attach (reliability.md 5).
  private mutating func change(
    _ existing: StoredCompute, _ body: AttributeValue, _ kind: KindDescriptor, at now: Int64
  ) throws -> ServiceResponse {
    guard existing.body[.provisioningState] != "Deleting" else {
      return try reuse(existing, body, kind, at: now)
    }
    guard existing.operation == nil else { throw ServiceRefusal.busy(existing.name) }
    guard self.kind(of: existing.body)?.name == kind.name else {
      let type = existing.body[.computeType]?.text ?? ""
      throw ServiceRefusal(
        409, "Conflict",
        "A compute named '\(existing.name)' of type '\(type)' exists already.",
        target: .computeType)
    }
    let rules = BodyRules(kind)
    try rules.check(body, isNew: false)
    if rules.behaviour.ignoresWrites {
      return try finished(.update, on: existing, status: 200, at: now)
    }
    var compute = existing
    compute.body[.provisioningState] = "Updating"
    if let held = existing.resource, let wanted = resource(of: body), held.key != wanted.key {
      let fresh = freshBody(existing.name, body, kind, isAttached: true, at: now)
      return try begin(.attach, on: compute, change: fresh, status: 200, at: now)
    }
    let sent = rules.admitted(body)
    _ = try rules.put(sent, over: existing.body)
    return try begin(.update, on: compute, change: sent, status: 200, at: now)
  }

  /// A PUT on the name of what is being deleted: at best it is refused.
  ///
  /// An attachment leaves nothing that could come back.
  private mutating func reuse(
    _ leaving: StoredCompute, _ body: AttributeValue, _ kind: KindDescriptor, at now: Int64
  ) throws -> ServiceResponse {
    guard configuration.takesDeletingNames, leaving.isInEffect, leaving.resource == nil,
      resource(of: body) == nil, self.kind(of: leaving.body)?.name == kind.name
    else {
      throw ServiceRefusal(409, "Conflict", "The compute '\(leaving.name)' is being deleted.")
    }
    let response = try make(leaving.name, body, kind, at: now)
    try store.saveOrphan(leaving.key, leaving.body)
    return response
  }

  mutating func patch(
    _ name: String, _ body: AttributeValue, at now: Int64
  ) throws -> ServiceResponse {
    var compute = try living(name)
    guard compute.operation == nil else { throw ServiceRefusal.busy(compute.name) }
    guard let kind = kind(of: compute.body) else {
      throw ServiceRefusal(400, "BadRequest", "'\(compute.name)' is of a kind that can't change.")
    }
    let rules = BodyRules(kind)
    try rules.check(body, isNew: false)
    if rules.behaviour.ignoresWrites {
      return try finished(.patch, on: compute, status: 200, at: now)
    }
    compute.body[.provisioningState] = "Updating"
    return try begin(.patch, on: compute, change: rules.admitted(body), status: 200, at: now)
  }

  // MARK: DELETE

  mutating func delete(
    _ name: String, _ action: ServiceRequest.UnderlyingResourceAction, at now: Int64
  ) throws -> ServiceResponse {
    guard var compute = try store.compute(name.lowercased()) else { return ServiceResponse(204) }
    let effect: StoredOperation.Effect = action == .delete ? .delete : .detach
    if let running = try compute.operation.flatMap(store.operation) {
      // A repeated order joins the one that is being carried out.
      guard running.effect == effect else { throw ServiceRefusal.busy(compute.name) }
      return ServiceResponse(202, operation: running.id)
    }
    if action == .delete, compute.resource != nil, !configuration.deletesAttachedResources {
      throw ServiceRefusal(
        400, "BadRequest", "The compute '\(compute.name)' is attached: detach it instead.")
    }
    compute.body[.provisioningState] = "Deleting"
    if compute.body[.state]?.text != nil {
      setPower(&compute, "Deleting", "Delete", "InProgress", now)
    }
    var response = try begin(effect, on: compute, status: 202, at: now)
    response.body = .null
    return response
  }

  // MARK: Parts

  /// The resource that a body attaches.
  ///
  /// Of an unknown kind it is what the envelope names.
  func resource(of body: AttributeValue) -> ResourceIdentity? {
    guard let kind = kind(of: body) else {
      return body[.resourceID]?.text.flatMap { try? ARMResourceID(parsing: $0) }
        .map { ResourceIdentity($0) }
    }
    guard let held = kind.resource else { return nil }
    var attributes = Attributes(for: kind)
    for path in [held.idField, held.hostField, held.shareField].compactMap(\.self) {
      guard let slot = kind.slot(path), let wire = kind.fields[slot].wire,
        let value = body[wire], value != .null
      else { continue }
      attributes[slot] = kind.fields[slot].decode(value)
    }
    return kind.heldResource(of: attributes)
  }

  /// The body of a new target: what was sent and may be, the envelope, and the defaults.
  func freshBody(
    _ name: String, _ sent: AttributeValue, _ kind: KindDescriptor, isAttached: Bool,
    at now: Int64
  ) -> AttributeValue {
    let rules = BodyRules(kind)
    var body = rules.admitted(sent)
    fillEnvelope(&body, name, isAttached: isAttached, at: now)
    body[.computeType] = .text(kind.computeType)
    rules.fillDefaults(&body)
    IdentityReport.fill(&body)
    rules.behaviour.report(&body, .begun)
    return body
  }

  /// What every read shows of a target besides what was sent; null where older clients read
  /// without asking (api.md section 18).
  func fillEnvelope(
    _ body: inout AttributeValue, _ name: String, isAttached: Bool, at now: Int64
  ) {
    let workspace = configuration.workspace
    let time = AttributeValue.text(Timestamp.text(now))
    body["id"] = .text("\(workspace.resourceID)/computes/\(name)")
    body["name"] = .text(name)
    body["type"] = "Microsoft.MachineLearningServices/workspaces/computes"
    body.fill("location", .text(workspace.location))
    body.fill("tags", .map([:]))
    body["systemData"] = ["createdAt": time]
    body.fill(.computeLocation, body["location"] ?? .null)
    body[.isAttached] = .bool(isAttached)
    body[.createdOn] = time
    body[.modifiedOn] = time
    body[.provisioningErrors] = .null
    body.fill(.resourceID, .null)
    body.fill(.ownDescription, .null)
    if body[.inner]?.map == nil { body[.inner] = .map([:]) }
  }

  private func checkOrigin(
    _ kind: KindDescriptor, _ body: AttributeValue, _ resource: ResourceIdentity?
  ) throws(ServiceRefusal) {
    guard kind.isInWorkspace else {
      throw ServiceRefusal(
        400, "BadRequest", "The compute type '\(kind.computeType)' is not supported.",
        target: .computeType)
    }
    switch kind.origin {
    case .created where body[.resourceID]?.text != nil:
      throw ServiceRefusal(
        400, "BadRequest", "A compute of type '\(kind.computeType)' can't be attached.",
        target: .resourceID)
    case .attached where resource == nil:
      throw ServiceRefusal(
        400, "BadRequest",
        "A compute of type '\(kind.computeType)' is attached: it needs properties.resourceId.",
        target: .resourceID)
    case .created, .attached, .createdOrAttached: break
    }
  }
}

extension ServiceRefusal {
  static func badName(_ name: String) -> ServiceRefusal {
    ServiceRefusal(
      400, "InvalidParameter",
      "The compute name '\(name)' is not valid: 3 to 24 letters, digits and hyphens, the first a "
        + "letter, and no hyphen before digits at the end.")
  }
}
