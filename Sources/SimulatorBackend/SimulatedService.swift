package import TargetModel

/// The compute service of one workspace as a pure state machine: a request and the time go in, a
/// response comes out, rows of the store change.
///
/// It behaves as the service's description and its users' reports say (api.md), the damage
/// included: a second attachment of one resource is accepted and breaks the first. Whatever is not
/// known of the real service is done the dangerous way, so that nothing passes here only by luck.
public struct SimulatedService<Store: WorldStore> {
  /// The rows.
  public var store: Store
  let configuration: SimulatorConfiguration

  /// A service over some rows.
  public init(store: Store, configuration: SimulatorConfiguration) {
    self.store = store
    self.configuration = configuration
  }

  /// Answers a request at a time, in milliseconds since 1970.
  public mutating func handle(
    _ request: ServiceRequest, at now: Int64
  ) throws -> ServiceResponse {
    try settle(at: now)
    switch request {
    case .list:
      return ServiceResponse(200, ["value": .list(try store.computes().map(shown))])
    case .get(let name):
      guard let compute = try store.compute(name.lowercased()) else { return notFound(name) }
      return ServiceResponse(200, shown(compute))
    case .put(let name, let body): return try put(name, body, at: now)
    case .patch(let name, let body): return try patch(name, body, at: now)
    case .delete(let name, let action): return try delete(name, action, at: now)
    case .action(let name, let action, let body):
      return try perform(action, on: name, body, at: now)
    case .operation(let id): return try operationStatus(id, at: now)
    }
  }

  // MARK: Reading

  /// The body that a read shows: no secrets, and never a null page link.
  func shown(_ compute: StoredCompute) -> AttributeValue {
    var body = compute.body
    let type = body[AttributePath("properties.computeType")]?.text ?? ""
    for field in configuration.catalog.kind(computeType: type)?.fields ?? [] where field.isWriteOnly {
      if let wire = field.wire { body[wire] = nil }
    }
    return body
  }

  /// The bodies of the targets that hold a resource, by its canonical key.
  package func bodies(holding key: String) throws -> [AttributeValue] {
    try store.holders(ofResource: key).map(shown)
  }

  private func notFound(_ name: String) -> ServiceResponse {
    .error(
      404, "ResourceNotFound",
      "The resource '\(configuration.workspace.name)/computes/\(name)' was not found.")
  }

  private func operationStatus(_ id: String, at now: Int64) throws -> ServiceResponse {
    guard let operation = try store.operation(id) else {
      return .error(404, "ResourceNotFound", "The operation '\(id)' was not found.")
    }
    guard operation.isDone else {
      return ServiceResponse(
        200, ["name": .text(id), "status": "InProgress"],
        retryAfter: max(1, operation.endsAt - now))
    }
    return ServiceResponse(200, ["name": .text(id), "status": "Succeeded"])
  }

  // MARK: Operations

  /// Brings about whatever had to happen up to now.
  mutating func settle(at now: Int64) throws {
    for var operation in try store.operationsDue(at: now) {
      operation.isDone = true
      try store.save(operation)
      try complete(operation)
    }
  }

  /// Begins an operation on a target that was just saved.
  mutating func begin(
    _ effect: StoredOperation.Effect, on compute: StoredCompute, at now: Int64
  ) throws -> StoredOperation {
    let operation = StoredOperation(
      id: "op-\(try store.nextNumber())", name: compute.name, effect: effect,
      endsAt: now + configuration.operationMilliseconds)
    var busy = compute
    busy.operation = operation.id
    try store.save(busy)
    try store.save(operation)
    return operation
  }

  private mutating func complete(_ operation: StoredOperation) throws {
    guard var compute = try store.compute(operation.name.lowercased()),
      compute.operation == operation.id
    else { return }
    compute.operation = nil
    let time = operation.endsAt
    switch operation.effect {
    case .create:
      becomeReady(&compute)
      try finish(compute, "created", at: time)
    case .attach:
      try attach(&compute, at: time)
    case .update:
      compute.body[.provisioningState] = compute.isBroken ? "Failed" : "Succeeded"
      try finish(compute, "updated", at: time)
    case .delete:
      try store.saveOrphan(compute.key, nil)
      try remove(compute, "deleted", at: time)
    case .detach:
      if compute.resource == nil { try store.saveOrphan(compute.key, compute.body) }
      try remove(compute, "detached", at: time)
    case .start, .restart:
      compute.setPower("Running", operation: "Start")
      try finish(compute, "started", at: time)
    case .stop:
      compute.setPower("Stopped", operation: "Stop")
      try finish(compute, "stopped", at: time)
    }
  }

  private mutating func finish(
    _ compute: StoredCompute, _ event: String, at time: Int64
  ) throws {
    try store.save(compute)
    try store.append(
      HistoryEntry(time: time, event: event, name: compute.name, resource: compute.resource?.shown))
  }

  private mutating func remove(
    _ compute: StoredCompute, _ event: String, at time: Int64
  ) throws {
    try store.remove(compute.key)
    try store.append(
      HistoryEntry(time: time, event: event, name: compute.name, resource: compute.resource?.shown))
  }

  /// An attachment takes effect, and breaks every other one of its resource (domain.md R10).
  mutating func attach(_ compute: inout StoredCompute, at time: Int64) throws {
    becomeReady(&compute)
    try finish(compute, "attached", at: time)
    guard let resource = compute.resource else { return }
    for var other in try store.holders(ofResource: resource.key)
    where other.key != compute.key && other.resource?.clashes(with: resource) == true {
      other.isBroken = true
      other.body[.provisioningState] = "Failed"
      other.body[.provisioningErrors] = [
        [
          "error": [
            "code": "AttachmentBroken",
            "message": .text(
              "The resource was attached again as '\(compute.name)', which broke this attachment."),
          ]
        ]
      ]
      try store.save(other)
      try store.append(
        HistoryEntry(
          time: time, event: "attachment-broken", name: other.name, resource: resource.shown))
    }
  }

  private func becomeReady(_ compute: inout StoredCompute) {
    compute.body[.provisioningState] = "Succeeded"
    ServiceBehaviour.fillIn(&compute.body)
  }
}

extension AttributePath {
  static let provisioningState: AttributePath = "properties.provisioningState"
  static let provisioningErrors: AttributePath = "properties.provisioningErrors"
  static let computeType: AttributePath = "properties.computeType"
  static let resourceID: AttributePath = "properties.resourceId"
  static let state: AttributePath = "properties.properties.state"
}

extension StoredCompute {
  /// Puts a machine into a state, as the service tells it.
  mutating func setPower(_ state: String, operation name: String) {
    body[.state] = .text(state)
    body["properties.properties.lastOperation"] = [
      "operationName": .text(name), "operationStatus": "Succeeded", "operationTrigger": "User",
    ]
    body[.provisioningState] = "Succeeded"
  }
}
