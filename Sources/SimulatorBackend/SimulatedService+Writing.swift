internal import TargetModel

/// Create, attach, update, delete, detach and the actions.
extension SimulatedService {
  // MARK: PUT and PATCH

  mutating func put(_ name: String, _ body: AttributeValue, at now: Int64) throws -> ServiceResponse {
    guard let type = body[.computeType]?.text else {
      return .error(400, "InvalidRequestContent", "properties.computeType is required.")
    }
    if let refusal = nameRefusal(name) { return refusal }
    guard let existing = try store.compute(name.lowercased()) else {
      return try make(name, body, type, at: now)
    }
    if let refusal = busyRefusal(existing) { return refusal }
    let existingType = existing.body[.computeType]?.text ?? ""
    guard existingType.lowercased() == type.lowercased() else {
      return .error(
        409, "Conflict", "A compute named '\(name)' of type '\(existingType)' exists already.")
    }
    if let resource = try resource(of: body), let held = existing.resource, resource.key != held.key {
      return try reattach(existing, body, resource, at: now)
    }
    return try update(existing, body, at: now)
  }

  private mutating func make(
    _ name: String, _ body: AttributeValue, _ type: String, at now: Int64
  ) throws -> ServiceResponse {
    let kind = configuration.catalog.kind(computeType: type)
    let resource = try resource(of: body)
    if let refusal = originRefusal(kind, hasResource: resource != nil, type) { return refusal }
    var compute = StoredCompute(name: name, body: body, resource: resource)
    if resource == nil, let orphan = try store.orphan(compute.key) {
      // The trap of api.md section 8: the name finds its former machines, and their size stays.
      compute.body["properties.properties.vmSize"] = orphan["properties.properties.vmSize"]
    }
    fillEnvelope(&compute, isAttached: resource != nil, at: now)
    compute.body[.provisioningState] = "Creating"
    let operation = try begin(resource == nil ? .create : .attach, on: compute, at: now)
    return ServiceResponse(
      201, shown(compute), operation: operation.id,
      retryAfter: configuration.operationMilliseconds)
  }

  /// A PUT with another resource on a used name is an attach.
  private mutating func reattach(
    _ existing: StoredCompute, _ body: AttributeValue, _ resource: ResourceIdentity, at now: Int64
  ) throws -> ServiceResponse {
    var compute = StoredCompute(name: existing.name, body: body, resource: resource)
    fillEnvelope(&compute, isAttached: true, at: now)
    compute.body[.provisioningState] = "Updating"
    let operation = try begin(.attach, on: compute, at: now)
    return ServiceResponse(
      200, shown(compute), operation: operation.id,
      retryAfter: configuration.operationMilliseconds)
  }

  private mutating func update(
    _ existing: StoredCompute, _ body: AttributeValue, at now: Int64
  ) throws -> ServiceResponse {
    var compute = existing
    let type = existing.body[.computeType]?.text ?? ""
    if let kind = configuration.catalog.kind(computeType: type) {
      let behaviour = ServiceBehaviour(computeType: type)
      if let refusal = apply(body, to: &compute, of: kind, behaviour) { return refusal }
    }
    compute.body["properties.modifiedOn"] = .text(Timestamp.text(now))
    compute.body[.provisioningState] = "Updating"
    let operation = try begin(.update, on: compute, at: now)
    return ServiceResponse(
      200, shown(compute), operation: operation.id,
      retryAfter: configuration.operationMilliseconds)
  }

  /// Applies what may change, keeps what is absent, and refuses or silently keeps what is fixed.
  private func apply(
    _ body: AttributeValue, to compute: inout StoredCompute, of kind: KindDescriptor,
    _ behaviour: ServiceBehaviour
  ) -> ServiceResponse? {
    if behaviour.ignoresPut { return nil }
    for wire in behaviour.alsoUpdates {
      if let sent = body[wire] { compute.body[wire] = sent }
    }
    for field in kind.fields where field.setBy == .user {
      guard let wire = field.wire, let sent = body[wire] else { continue }
      let held = compute.body[wire] ?? .null
      let isSame = field.normalised(field.decode(sent)) == field.normalised(field.decode(held))
      if isSame && !field.isWriteOnly { continue }
      switch field.onChange {
      case .inPlace: compute.body[wire] = sent
      case .inPlaceBy: continue
      case .recreate:
        if behaviour.updatesInPlace(wire) || field.path == "tags" {
          compute.body[wire] = sent
        } else if behaviour.keepsSilently(wire) || field.isWriteOnly {
          continue
        } else {
          return .error(
            400, "PropertyChangeNotAllowed", "Changing property '\(wire)' is not allowed.")
        }
      }
    }
    return nil
  }

  mutating func patch(
    _ name: String, _ body: AttributeValue, at now: Int64
  ) throws -> ServiceResponse {
    guard var compute = try store.compute(name.lowercased()) else {
      return .error(404, "ResourceNotFound", "The compute '\(name)' was not found.")
    }
    if let refusal = busyRefusal(compute) { return refusal }
    for wire in ServiceBehaviour.patchable {
      if let sent = body[wire] { compute.body[wire] = sent }
    }
    compute.body[.provisioningState] = "Updating"
    let operation = try begin(.update, on: compute, at: now)
    return ServiceResponse(
      200, shown(compute), operation: operation.id,
      retryAfter: configuration.operationMilliseconds)
  }

  // MARK: DELETE

  mutating func delete(
    _ name: String, _ action: ServiceRequest.UnderlyingResourceAction, at now: Int64
  ) throws -> ServiceResponse {
    guard var compute = try store.compute(name.lowercased()) else { return ServiceResponse(204) }
    if let refusal = busyRefusal(compute) { return refusal }
    compute.body[.provisioningState] = "Deleting"
    let operation = try begin(action == .delete ? .delete : .detach, on: compute, at: now)
    return ServiceResponse(
      202, operation: operation.id, retryAfter: configuration.operationMilliseconds)
  }

  // MARK: Actions

  mutating func perform(
    _ action: String, on name: String, _ body: AttributeValue, at now: Int64
  ) throws -> ServiceResponse {
    guard var compute = try store.compute(name.lowercased()) else {
      return .error(404, "ResourceNotFound", "The compute '\(name)' was not found.")
    }
    guard compute.body[.state]?.text != nil else {
      return .error(400, "BadRequest", "'\(action)' is not supported for this compute.")
    }
    if let refusal = busyRefusal(compute) { return refusal }
    switch action {
    case "updateSchedules":
      compute.body["properties.properties.schedules"] = body
      try store.save(compute)
      return ServiceResponse(200)
    case "updateIdleShutdownSetting":
      compute.body["properties.properties.idleTimeBeforeShutdown"] = body["idleTimeBeforeShutdown"]
      try store.save(compute)
      return ServiceResponse(200)
    case "start": return try changePower(&compute, .start, "Starting", at: now)
    case "stop": return try changePower(&compute, .stop, "Stopping", at: now)
    case "restart": return try changePower(&compute, .restart, "Restarting", at: now)
    default: return .error(404, "ResourceNotFound", "There is no action '\(action)'.")
    }
  }

  private mutating func changePower(
    _ compute: inout StoredCompute, _ effect: StoredOperation.Effect, _ state: String,
    at now: Int64
  ) throws -> ServiceResponse {
    compute.body[.state] = .text(state)
    let operation = try begin(effect, on: compute, at: now)
    return ServiceResponse(
      202, operation: operation.id, retryAfter: configuration.operationMilliseconds)
  }

  // MARK: Parts

  /// The resource that a body attaches.
  func resource(of body: AttributeValue) throws -> ResourceIdentity? {
    guard let type = body[.computeType]?.text,
      let kind = configuration.catalog.kind(computeType: type)
    else {
      let text = body[.resourceID]?.text
      return text.flatMap { try? ARMResourceID(parsing: $0) }.map { ResourceIdentity($0) }
    }
    var attributes = Attributes(for: kind)
    for (slot, field) in kind.fields.enumerated() {
      if let wire = field.wire, let value = body[wire], value != .null {
        attributes[slot] = field.decode(value)
      }
    }
    return kind.heldResource(of: attributes)
  }

  /// What every read shows of a target besides what was sent.
  func fillEnvelope(_ compute: inout StoredCompute, isAttached: Bool, at now: Int64) {
    let workspace = configuration.workspace
    compute.body["id"] = .text("\(workspace.resourceID)/computes/\(compute.name)")
    compute.body["name"] = .text(compute.name)
    compute.body["type"] = "Microsoft.MachineLearningServices/workspaces/computes"
    if compute.body["location"] == nil { compute.body["location"] = .text(workspace.location) }
    compute.body["properties.computeLocation"] = compute.body["location"]
    compute.body["properties.isAttachedCompute"] = .bool(isAttached)
    compute.body["properties.createdOn"] = .text(Timestamp.text(now))
    compute.body["properties.modifiedOn"] = .text(Timestamp.text(now))
    compute.body[.provisioningErrors] = .null
    if compute.body[.resourceID] == nil { compute.body[.resourceID] = .null }
    if compute.body["properties.properties"] == nil {
      compute.body["properties.properties"] = .map([:])
    }
    fillDefaults(&compute)
  }

  /// The kind's defaults, where nothing was sent.
  private func fillDefaults(_ compute: inout StoredCompute) {
    guard let type = compute.body[.computeType]?.text,
      let kind = configuration.catalog.kind(computeType: type)
    else { return }
    for field in kind.fields where field.setBy == .user && !field.isWriteOnly {
      guard let wire = field.wire, let value = field.defaultValue, value != .null,
        value != .map([:]), compute.body[wire] == nil
      else { continue }
      compute.body[wire] = field.encode(value)
    }
  }

  private func nameRefusal(_ name: String) -> ServiceResponse? {
    let pattern = /[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9\-]{2,23}/
    guard name.wholeMatch(of: pattern) == nil else { return nil }
    return .error(400, "InvalidParameter", "The compute name '\(name)' is not valid.")
  }

  private func busyRefusal(_ compute: StoredCompute) -> ServiceResponse? {
    guard compute.operation != nil else { return nil }
    return .error(
      409, "AnotherOperationInProgress",
      "There is already an active operation submitted for '\(compute.name)'.")
  }

  private func originRefusal(
    _ kind: KindDescriptor?, hasResource: Bool, _ type: String
  ) -> ServiceResponse? {
    switch kind?.origin {
    case .created? where hasResource:
      .error(400, "BadRequest", "A compute of type '\(type)' can't be attached.")
    case .attached? where !hasResource:
      .error(400, "BadRequest", "A compute of type '\(type)' needs properties.resourceId.")
    case .created?, .attached?, .createdOrAttached?: nil
    case nil: .error(400, "InvalidParameter", "The compute type '\(type)' is not known.")
    }
  }
}
