internal import ComputeService
internal import TargetModel

/// The POST actions of a compute instance (api.md section 9).
extension SimulatedService {
  mutating func perform(
    _ action: String, on name: String, _ body: AttributeValue, at now: Int64
  ) throws -> ServiceResponse {
    var compute = try living(name)
    guard let kind = kind(of: compute.body) else { throw ServiceRefusal.unsupported(action, name) }
    guard compute.operation == nil else { throw ServiceRefusal.busy(compute.name) }
    switch action {
    case "start" where kind.hasPower:
      return try power(.start, "Starting", &compute, unless: "Running", at: now)
    case "stop" where kind.hasPower:
      return try power(.stop, "Stopping", &compute, unless: "Stopped", at: now)
    case "restart" where kind.hasPower:
      guard compute.body[.state] == "Running" else {
        throw ServiceRefusal(
          409, "Conflict", "The compute '\(compute.name)' is not running.")
      }
      return try power(.restart, "Restarting", &compute, unless: nil, at: now)
    default:
      try set(by: action, body, in: &compute, of: kind)
      compute.body[.modifiedOn] = .text(Timestamp.text(now))
      try store.save(compute)
      try record(.updated, compute, at: now)
      return ServiceResponse(200)
    }
  }

  private mutating func power(
    _ effect: StoredOperation.Effect, _ state: String, _ compute: inout StoredCompute,
    unless already: String?, at now: Int64
  ) throws -> ServiceResponse {
    guard compute.isInEffect else {
      throw ServiceRefusal(409, "Conflict", "The compute '\(compute.name)' was never made.")
    }
    if let already, compute.body[.state]?.text == already {
      var response = try finished(effect, on: compute, status: 202, at: now)
      response.body = .null
      return response
    }
    setPower(&compute, state, effect.rawValue.capitalised, "InProgress", now)
    compute.body[.provisioningState] = "Updating"
    var response = try begin(effect, on: compute, status: 202, at: now)
    response.body = .null
    return response
  }

  /// Sets the fields that change by an action of this name.
  ///
  /// The action's body has them by the last part of their wire path; one that is missing there is
  /// taken away.
  private func set(
    by action: String, _ body: AttributeValue, in compute: inout StoredCompute,
    of kind: KindDescriptor
  ) throws(ServiceRefusal) {
    let fields = kind.fields.filter { $0.onChange == .inPlaceBy(action: action) }
    let others = ServiceBehaviour.of(kind.computeType).setByActions[action]
    let paths = fields.compactMap(\.wire) + [others].compactMap(\.self)
    guard !paths.isEmpty else { throw .unsupported(action, compute.name) }
    for wire in paths {
      guard let key = wire.segments.last else { continue }
      let value = body[key: key] ?? .null
      if value == .null { compute.body.remove(wire) } else { compute.body[wire] = value }
    }
  }
}

extension ServiceRefusal {
  fileprivate static func unsupported(_ action: String, _ name: String) -> ServiceRefusal {
    ServiceRefusal(400, "BadRequest", "'\(action)' is not supported for the compute '\(name)'.")
  }
}
