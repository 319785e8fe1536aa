public import ComputeService
internal import TargetModel

/// The compute service of one workspace as a pure state machine: a request and the time go in, a
/// response comes out, rows of the store change.
///
/// It behaves as the service's description and its users' reports say (api.md), the damage
/// included: a second attachment of one resource is accepted and breaks the first. Whatever is not
/// known of the real service is done the dangerous way, so that nothing passes here only by luck.
///
/// Nothing happens between requests: each one first brings about what was due by its time.
public struct SimulatedService<Store: WorldStore> {
  /// The rows.
  public var store: Store
  let configuration: SimulatorConfiguration
  /// How the operation goes that the request in hand begins.
  var fate: OperationFate = .succeeds

  /// A service over some rows.
  public init(store: Store, configuration: SimulatorConfiguration) {
    self.store = store
    self.configuration = configuration
  }

  /// Answers a request at a time, in milliseconds since 1970.
  ///
  /// - Parameter fate: how the operation will go that the request begins, if it begins one.
  /// - Throws: only what the store throws.
  public mutating func handle(
    _ request: ServiceRequest, at now: Int64, fate: OperationFate = .succeeds
  ) throws -> ServiceResponse {
    try settle(at: now)
    self.fate = fate
    do {
      return try answer(request, at: now)
    } catch let refusal as ServiceRefusal {
      return refusal.response
    }
  }

  private mutating func answer(_ request: ServiceRequest, at now: Int64) throws -> ServiceResponse {
    switch request {
    case .list: ServiceResponse(200, ["value": .list(try store.computes().map(\.body))])
    case .page(let key, let limit):
      ServiceResponse(
        200, ["value": .list(try store.computes(after: key, limit: limit).map(\.body))])
    case .holders(let key):
      ServiceResponse(200, ["value": .list(try store.holders(ofResource: key).map(\.body))])
    case .get(let name): ServiceResponse(200, try living(name).body)
    case .put(let name, let body): try put(name, body, at: now)
    case .patch(let name, let body): try patch(name, body, at: now)
    case .delete(let name, let action): try delete(name, action, at: now)
    case .action(let name, let action, let body): try perform(action, on: name, body, at: now)
    case .operation(let id): try operationStatus(id, at: now)
    }
  }

  /// The target of a name, or the service's word that there is none.
  func living(_ name: String) throws -> StoredCompute {
    guard let compute = try store.compute(name.lowercased()) else {
      throw ServiceRefusal.notFound(name, in: configuration.workspace)
    }
    return compute
  }

  func kind(of body: AttributeValue) -> KindDescriptor? {
    body[.computeType]?.text.flatMap { configuration.catalog.kind(computeType: $0) }
  }

  private func operationStatus(_ id: String, at now: Int64) throws -> ServiceResponse {
    guard let operation = try store.operation(id) else {
      throw ServiceRefusal(404, "ResourceNotFound", "The operation '\(id)' was not found.")
    }
    var body: AttributeValue = [
      "name": .text(id), "startTime": .text(Timestamp.text(operation.beganAt)),
      "status": "InProgress",
    ]
    guard operation.isDone else {
      // Of one that hangs nobody can say when to ask again.
      let rest = operation.endsAt == .max ? nil : max(1, operation.endsAt - now)
      return ServiceResponse(200, body, retryAfter: rest)
    }
    body["endTime"] = .text(Timestamp.text(operation.endsAt))
    body["status"] = operation.failure == nil ? "Succeeded" : "Failed"
    if let failure = operation.failure {
      body["error"] = ["code": .text(failure.code), "message": .text(failure.message)]
    }
    return ServiceResponse(200, body)
  }

  // MARK: Beginning an operation

  /// Begins an operation on a target and answers with it.
  mutating func begin(
    _ effect: StoredOperation.Effect, on compute: StoredCompute, change: AttributeValue? = nil,
    status: Int, at now: Int64
  ) throws -> ServiceResponse {
    var operation = StoredOperation(
      id: operationID(try store.nextNumber()), name: compute.name, effect: effect, beganAt: now,
      endsAt: end(of: effect, from: now), change: change)
    if case .fails(let code, let message, _) = fate {
      operation.failure = StoredOperation.Failure(code: code, message: message)
    }
    var busy = compute
    busy.operation = operation.id
    try store.save(busy)
    try store.save(operation)
    let wait = operation.endsAt == .max ? nil : operation.endsAt - now
    return ServiceResponse(
      status, brief(busy.body), operation: operation.id, retryAfter: wait.map { max(1, $0) })
  }

  /// Answers with an operation that is over already: there was nothing to do.
  mutating func finished(
    _ effect: StoredOperation.Effect, on compute: StoredCompute, status: Int, at now: Int64
  ) throws -> ServiceResponse {
    let operation = StoredOperation(
      id: operationID(try store.nextNumber()), name: compute.name, effect: effect, beganAt: now,
      endsAt: now, isDone: true)
    try store.save(operation)
    return ServiceResponse(status, brief(compute.body), operation: operation.id)
  }

  /// Ids sort in the order in which they were given out.
  private func operationID(_ number: Int64) -> String {
    let digits = String(number)
    return "op-" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  }

  private func end(of effect: StoredOperation.Effect, from now: Int64) -> Int64 {
    let duration: Int64
    switch fate {
    case .succeeds, .fails(_, _, nil): duration = configuration.duration(of: effect)
    case .takes(let milliseconds), .fails(_, _, let milliseconds?): duration = milliseconds
    case .hangs: return .max
    }
    let (sum, overflow) = now.addingReportingOverflow(max(0, duration))
    return overflow ? .max : sum
  }

  /// While an operation runs, the official examples show only the outer properties.
  private func brief(_ body: AttributeValue) -> AttributeValue {
    var brief = AttributeValue.map([:])
    for path in AttributePath.shownWhileBusy {
      if let value = body[path] { brief[path] = value }
    }
    return brief
  }

  // MARK: History

  mutating func record(
    _ event: HistoryEvent, _ compute: StoredCompute, at time: Int64
  ) throws {
    try store.append(
      HistoryEntry(
        time: time, event: event.rawValue, name: compute.name, resource: compute.resource?.shown))
  }
}

extension AttributePath {
  fileprivate static let shownWhileBusy: [AttributePath] = [
    "id", "name", "type", "location", "tags", .computeType, .ownDescription, .resourceID,
    .provisioningState,
  ]
}
