internal import ComputeService
internal import TargetModel

/// The ends of operations, where their effects come about.
extension SimulatedService {
  /// Brings about whatever had to happen up to now, in the order of its time.
  mutating func settle(at now: Int64) throws {
    for var operation in try store.operationsDue(at: now) {
      operation.isDone = true
      if var compute = try store.compute(operation.name.lowercased()),
        compute.operation == operation.id
      {
        compute.operation = nil
        try complete(&operation, on: &compute)
      }
      // It has had its effect; kept, it would take room for nothing.
      operation.change = nil
      try store.save(operation)
    }
  }

  private mutating func complete(
    _ operation: inout StoredOperation, on compute: inout StoredCompute
  ) throws {
    let time = operation.endsAt
    if let failure = operation.failure { return try fail(&compute, operation, failure) }
    switch operation.effect {
    case .create:
      try adoptOrphan(into: &compute, operation)
      compute.isInEffect = true
      try finish(&compute, .created, .ready, at: time)
    case .attach:
      if let change = operation.change { try reattach(&compute, as: change, at: time) }
      try takeHold(&compute, at: time)
    case .update, .patch:
      if let refusal = merge(operation, into: &compute) {
        operation.failure = refusal
        return try fail(&compute, operation, refusal)
      }
      try finish(&compute, .updated, .updated, at: time)
    case .delete: try delete(compute, at: time)
    case .detach: try detach(compute, at: time)
    case .start: try switched(&compute, "Running", operation, .started)
    case .stop: try switched(&compute, "Stopped", operation, .stopped)
    case .restart: try switched(&compute, "Running", operation, .restarted)
    }
  }

  // MARK: Success

  /// What was sent, laid over what is there now.
  ///
  /// It was checked when it came; what a colleague did in the portal since then may not go with it.
  private func merge(
    _ operation: StoredOperation, into compute: inout StoredCompute
  ) -> StoredOperation.Failure? {
    guard let kind = kind(of: compute.body), let change = operation.change else { return nil }
    let rules = BodyRules(kind)
    do throws(ServiceRefusal) {
      compute.body =
        operation.effect == .patch
        ? rules.patch(change, over: compute.body) : try rules.put(change, over: compute.body)
      return nil
    } catch {
      let error = error.response.body["error"]
      return StoredOperation.Failure(
        code: error?["code"]?.text ?? "Conflict", message: error?["message"]?.text ?? "")
    }
  }

  private mutating func adoptOrphan(
    into compute: inout StoredCompute, _ operation: StoredOperation
  ) throws {
    guard let orphan = try store.orphan(compute.key), let kind = kind(of: compute.body),
      self.kind(of: orphan)?.name == kind.name
    else { return }
    try store.saveOrphan(compute.key, nil)
    if let end = orphan[.remainsUntil]?.integer, operation.beganAt >= end { return }
    BodyRules(kind).adopt(orphan, into: &compute.body)
    try record(.orphanAdopted, compute, at: operation.endsAt)
  }

  /// The attachment under this name gives up what it held for what it is to hold.
  private mutating func reattach(
    _ compute: inout StoredCompute, as change: AttributeValue, at time: Int64
  ) throws {
    if compute.isInEffect { try record(.detached, compute, at: time) }
    compute.body = change
    compute.resource = resource(of: change)
    compute.isBroken = false
  }

  /// An attachment takes effect, and breaks every other one of its resource (domain.md R10).
  mutating func takeHold(_ compute: inout StoredCompute, at time: Int64) throws {
    compute.isInEffect = true
    try finish(&compute, .attached, .ready, at: time)
    try breakOthers(holding: compute.resource, but: compute, at: time) {
      "The resource '\($0)' was attached again as '\(compute.name)', which broke this attachment. "
        + "Detach both, then attach the resource once."
    }
  }

  mutating func breakOthers(
    holding resource: ResourceIdentity?, but compute: StoredCompute, at time: Int64,
    message: (String) -> String
  ) throws {
    guard let resource else { return }
    for var other in try store.holders(ofResource: resource.key)
    where other.key != compute.key && other.isInEffect && !other.isBroken
      && other.resource?.clashes(with: resource) == true
    {
      other.isBroken = true
      other.body[.provisioningErrors] = errors("AttachmentBroken", message(resource.shown))
      // One that is being worked on shows it when that is over.
      if other.operation == nil { other.body[.provisioningState] = "Failed" }
      try store.save(other)
      try record(.attachmentBroken, other, at: time)
    }
  }

  private mutating func finish(
    _ compute: inout StoredCompute, _ event: HistoryEvent, _ moment: ServiceBehaviour.Moment,
    at time: Int64
  ) throws {
    if let kind = kind(of: compute.body) {
      ServiceBehaviour.of(kind.computeType).report(&compute.body, moment)
      if kind.hasPower, moment == .ready {
        setPower(&compute, "Running", "Create", "Succeeded", time)
      }
    }
    compute.body[.modifiedOn] = .text(Timestamp.text(time))
    comeToRest(&compute)
    try store.save(compute)
    try record(event, compute, at: time)
  }

  /// Broken, or never come into being, a target stays `Failed` until it is removed.
  private func comeToRest(_ compute: inout StoredCompute) {
    guard compute.isInEffect, !compute.isBroken else {
      compute.body[.provisioningState] = "Failed"
      return
    }
    compute.body[.provisioningState] = "Succeeded"
    compute.body[.provisioningErrors] = .null
  }

  private mutating func delete(_ compute: StoredCompute, at time: Int64) throws {
    try store.remove(compute.key)
    if compute.resource == nil { try leaveRemains(of: compute, at: time) }
    try record(.deleted, compute, at: time)
    guard compute.resource != nil else { return }
    try record(.resourceDestroyed, compute, at: time)
    try breakOthers(holding: compute.resource, but: compute, at: time) {
      "The resource '\($0)' was deleted together with '\(compute.name)'."
    }
  }

  /// Machines are slow to go: until then a creation of the name finds them.
  private mutating func leaveRemains(of compute: StoredCompute, at time: Int64) throws {
    guard compute.isInEffect, configuration.remainsMilliseconds > 0 else {
      return try store.saveOrphan(compute.key, nil)
    }
    var body = compute.body
    body[.remainsUntil] = .integer(Int(time + configuration.remainsMilliseconds))
    try store.saveOrphan(compute.key, body)
  }

  private mutating func detach(_ compute: StoredCompute, at time: Int64) throws {
    try store.remove(compute.key)
    try record(.detached, compute, at: time)
    guard compute.resource == nil, compute.isInEffect else { return }
    try store.saveOrphan(compute.key, compute.body)
    try record(.orphaned, compute, at: time)
  }

  private mutating func switched(
    _ compute: inout StoredCompute, _ state: String, _ operation: StoredOperation,
    _ event: HistoryEvent
  ) throws {
    setPower(&compute, state, operation.effect.rawValue.capitalised, "Succeeded", operation.endsAt)
    try finish(&compute, event, .updated, at: operation.endsAt)
  }

  /// Puts a machine into a state, as the service tells it.
  func setPower(
    _ compute: inout StoredCompute, _ state: String, _ operation: String, _ status: String,
    _ time: Int64
  ) {
    compute.body[.state] = .text(state)
    compute.body[.lastOperation] = [
      "operationName": .text(operation), "operationStatus": .text(status),
      "operationTime": .text(Timestamp.text(time)), "operationTrigger": "User",
    ]
  }

  // MARK: Failure

  private mutating func fail(
    _ compute: inout StoredCompute, _ operation: StoredOperation,
    _ failure: StoredOperation.Failure
  ) throws {
    let name = operation.effect.rawValue.capitalised
    switch operation.effect {
    case .start: setPower(&compute, "Stopped", name, "StartFailed", operation.endsAt)
    case .stop: setPower(&compute, "Running", name, "StopFailed", operation.endsAt)
    case .restart: setPower(&compute, "Running", name, "RestartFailed", operation.endsAt)
    case .create where kind(of: compute.body)?.hasPower == true:
      setPower(&compute, "CreateFailed", name, "CreateFailed", operation.endsAt)
    case .create, .attach, .update, .patch, .delete, .detach: break
    }
    compute.body[.provisioningState] = "Failed"
    compute.body[.provisioningErrors] = errors(failure.code, failure.message)
    try store.save(compute)
    try record(.failed, compute, at: operation.endsAt)
  }

  private func errors(_ code: String, _ message: String) -> AttributeValue {
    [["error": ["code": .text(code), "message": .text(message)]]]
  }
}

extension String {
  /// The first letter large.
  var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
