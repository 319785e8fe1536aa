internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import Digests
internal import Manifests
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// Whether a saved plan may be done: everything it relies on must still hold (conventions: plan
/// file).
struct SavedPlanCheck {
  let saved: PlanFile
  let stack: LoadedStack

  /// Why it may not, before anything was read; nil if nothing speaks against it.
  func misfit() -> Diagnostic? {
    let configuration = stack.configuration
    if saved.plan.stack != configuration.stack || saved.plan.workspace != configuration.workspace {
      return .planOfOtherStack(saved.plan, configuration.stack, configuration.workspace)
    }
    if saved.isErrored { return .planErrored() }
    if !saved.isRefreshed { return .planUnread() }
    if saved.plan.mode == .refreshOnly { return .planLooksOnly() }
    if saved.manifestsSHA256 != stack.manifestsSHA256 { return .manifestsMoved() }
    return nil
  }

  /// What moved since it was made; nil if nothing did that it touches.
  func staleness(seeing observed: Snapshot) -> Diagnostic? {
    let live = Dictionary(
      observed.targets.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    for change in saved.plan.changes {
      let target = live[change.address.nameKey]
      let isOther = target.map { $0.kind != change.address.kind } ?? false
      let fitting = isOther ? nil : target
      if fitting?.fingerprint(in: .azureML) != change.precondition {
        return .planStale(change, fitting, isBearer: isOther)
      }
    }
    return holder(seeing: observed)
  }

  /// Somebody who holds what the plan attaches, and whom the plan does not detach.
  private func holder(seeing observed: Snapshot) -> Diagnostic? {
    let released = Set(
      saved.plan.changes.filter { $0.action.release != nil }.map(\.address.nameKey))
    var holders: [String: [ObservedTarget]] = [:]
    for target in observed.targets where !released.contains(target.address.nameKey) {
      if let resource = target.resource { holders[resource.key, default: []].append(target) }
    }
    let desired = Dictionary(
      stack.targets.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    for change in saved.plan.changes where change.action.acquisition == .attach {
      guard let resource = desired[change.address]?.heldResource else { continue }
      let holder = holders[resource.key]?.first { $0.resource?.clashes(with: resource) == true }
      if let holder { return .planHeld(change, holder) }
    }
    return nil
  }

  /// What names this very file, not another plan of the same content: a plan that was made again
  /// may be applied again.
  var key: String { sha256(saved.digest + " " + saved.timestamp) }
}

extension Rule {
  static let planStale = Rule("plan-stale")
  static let planForeign = Rule("plan-foreign")
  static let planErrored = Rule("plan-errored")
  static let planApplied = Rule("plan-applied")
  static let planUnread = Rule("plan-unread")
}

extension Diagnostic {
  fileprivate static func planOfOtherStack(
    _ plan: Plan, _ stack: String, _ workspace: WorkspaceIdentity
  ) -> Diagnostic {
    // Workspaces of one name may be in different groups or subscriptions.
    let isSame = plan.workspace.resourceID == workspace.resourceID
    let isNameEnough = isSame || plan.workspace.name != workspace.name
    let (planned, present) =
      isNameEnough
      ? (plan.workspace.name, workspace.name) : (plan.workspace.resourceID, workspace.resourceID)
    return Diagnostic(
      .error, .planForeign, "Saved plan is for something else",
      detail: """
        The plan was made for the stack '\(plan.stack)' in the workspace '\(planned)', and this is \
        the stack '\(stack)' in the workspace '\(present)'. Nothing was done. Apply it where it \
        was made.
        """,
      findingClass: .stale)
  }

  fileprivate static func planErrored() -> Diagnostic {
    Diagnostic(
      .error, .planErrored, "Saved plan was refused",
      detail: """
        A safety rule refused the plan when it was made, so it is never applied. Mend what the \
        rule says and plan again.
        """,
      findingClass: .stale)
  }

  fileprivate static func planLooksOnly() -> Diagnostic {
    Diagnostic(
      .error, .planErrored, "Saved plan has nothing to apply",
      detail: "It was made with '--refresh-only', to look. Plan without it.",
      findingClass: .stale)
  }

  fileprivate static func manifestsMoved() -> Diagnostic {
    Diagnostic(
      .error, .planStale, "Saved plan is stale",
      detail: """
        The manifests are not those that the plan was made from. Nothing was done. Plan again, or \
        check out the commit of the plan.
        """,
      findingClass: .stale)
  }

  /// - Parameters:
  ///   - target: what is live under its address, if anything is.
  ///   - isBearer: true if its name belongs to a target of another kind.
  fileprivate static func planStale(
    _ change: Change, _ target: ObservedTarget?, isBearer: Bool
  ) -> Diagnostic {
    let what: String
    switch (change.precondition, target) {
    case (nil, _): what = "is in the workspace now, and was not when the plan was made"
    case (_?, nil) where isBearer: what = "is of another kind by now"
    case (_?, nil): what = "is gone, and was in the workspace when the plan was made"
    case (_?, let target?): what = "was changed after the plan was made: \(moved(change, target))"
    }
    return Diagnostic(
      .error, .planStale, "Saved plan is stale",
      detail: """
        \(change.address) \(what). Nothing was done. Plan again and review what is different.
        """,
      address: change.address.description, at: change.source, findingClass: .stale)
  }

  /// The fields that moved, as precisely as the plan allows to say.
  private static func moved(_ change: Change, _ target: ObservedTarget) -> String {
    guard let kind = KindCatalog.azureML[target.kind] else { return "its state changed" }
    let fields = kind.fields.compactMap { field -> String? in
      guard field.setBy == .user, !field.isWriteOnly else { return nil }
      let planned = change.before[field.path] ?? .null
      let found = kind.value(field.path, in: target.attributes) ?? .null
      guard field.normalised(planned) != field.normalised(found) else { return nil }
      return "'\(field.path)' was \(planned.canonicalJSON) and is \(found.canonicalJSON)"
    }
    if fields.isEmpty { return "its state, its owner or another mark is not what it was" }
    let shown = fields.prefix(5).joined(separator: ", ")
    return fields.count > 5 ? "\(shown) and \(fields.count - 5) more" : shown
  }

  fileprivate static func planHeld(_ change: Change, _ holder: ObservedTarget) -> Diagnostic {
    Diagnostic(
      .error, .planStale, "Saved plan is stale",
      detail: """
        \(change.address) is to be attached, and by now \(holder.address) holds what it would \
        take. A second attachment breaks the first one. Nothing was done. Plan again.
        """,
      address: change.address.description, at: change.source, findingClass: .stale)
  }

  static func planApplied() -> Diagnostic {
    Diagnostic(
      .error, .planApplied, "Saved plan was applied already",
      detail: """
        A plan is applied once, also if the workspace looks as it did before. Nothing was done. \
        Plan again and review that; to finish an apply that stopped half-way, run \
        'berth apply --resume'.
        """,
      findingClass: .stale)
  }

  fileprivate static func planUnread() -> Diagnostic {
    Diagnostic(
      .error, .planUnread, "Saved plan does not know the workspace",
      detail: """
        It was made with '--refresh=false', so nobody looked at what is there. Such a plan is never \
        applied. Plan without it.
        """,
      findingClass: .stale)
  }
}
