internal import Planning
internal import TargetModel

extension StepContext {
  /// One for each step of a request's plan, in the plan's order.
  static func contexts(of request: ApplyRequest) -> [StepContext] {
    let changes = Dictionary(
      request.plan.changes.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    // What gives way to another kind under its name is told by that one's change.
    let changesByName = request.plan.changes.byName(of: \.address)
    let holders = plannedHolders(in: request.plan)
    var touched: Set<String> = []
    var freed = request.freedNames
    return request.plan.steps.map { step in
      let context = StepContext(
        step: step, change: changes[step.address] ?? changesByName[step.address.nameKey],
        desired: request.desired[step.address], catalog: request.catalog,
        stack: request.plan.stack,
        isFirstOnTarget: touched.insert(step.address.nameKey).inserted,
        reusesName: freed.contains(step.address.nameKey), holders: holders)
      if step.act.isRemoval { freed.insert(step.address.nameKey) }
      return context
    }
  }

  /// The names that give up each resource.
  private static func plannedHolders(in plan: Plan) -> [String: [String]] {
    var holders: [String: [String]] = [:]
    for step in plan.steps {
      guard let resource = step.resource else { continue }
      switch step.act {
      case .detach, .delete: holders[key(of: resource), default: []].append(step.address.name)
      case .create, .attach, .update, .start, .stop, .mark: break
      }
    }
    return holders
  }

  private static func key(of resource: String) -> String {
    (try? ARMResourceID(parsing: resource)).map { ResourceIdentity($0).key }
      ?? ResourceIdentity(host: resource).key
  }
}
