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
  ///
  /// - Parameters:
  ///   - stranded: the names of targets that an apply took away and did not bring back.
  ///   - canResume: true if an apply did not come to its end, and its plan is at hand.
  func staleness(
    seeing observed: Snapshot, stranded: Set<String>, canResume: Bool
  ) -> Diagnostic? {
    let staleness = saved.plan.staleness(
      desired: stack.targets, seeing: observed, stranded: stranded, in: .azureML)
    return switch staleness {
    case .moved(let change, let target)?: .planMoved(change, target)
    case .taken(let change, let bearer)?: .planTaken(change, bearer)
    case .held(let change, let holder)?: .planHeld(change, holder)
    case .stranded(let address)?: .planStranded(address, canResume: canResume)
    case nil: nil
    }
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
  static let planGone = Rule("plan-gone")
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

  /// - Parameter target: what is live under its address, if anything is.
  fileprivate static func planMoved(_ change: Change, _ target: ObservedTarget?) -> Diagnostic {
    switch (change.precondition, target) {
    case (nil, _):
      planStale(change, "is in the workspace now, and was not when the plan was made")
    case (_?, nil):
      planStale(change, "is gone, and was in the workspace when the plan was made")
    case (_?, let target?):
      planStale(change, "was changed after the plan was made: \(moved(change, target))")
    }
  }

  /// - Parameter bearer: the target of another kind to which its name belongs by now.
  fileprivate static func planTaken(_ change: Change, _ bearer: ObservedTarget) -> Diagnostic {
    let name = "can't be made any more, since its name belongs to \(bearer.address) by now"
    return planStale(change, change.precondition == nil ? name : "is of another kind by now")
  }

  private static func planStale(_ change: Change, _ what: String) -> Diagnostic {
    Diagnostic(
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

  fileprivate static func planStranded(
    _ address: TargetAddress, canResume: Bool
  ) -> Diagnostic {
    let way = canResume ? "Run 'berth apply --resume', or plan again." : "Plan again."
    return Diagnostic(
      .error, .planStale, "Saved plan is stale",
      detail: """
        An apply took \(address) away after the plan was made, and the plan does not bring it back, \
        which comes before anything else. Nothing was done. \(way)
        """,
      address: address.description, findingClass: .stale)
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

  /// What somebody approved is unknown, even whether it was an apply or a destroy.
  static func planGone(_ run: String) -> Diagnostic {
    Diagnostic(
      .error, .planGone, "Run can't be resumed",
      detail: """
        The plan of the run \(run.visible) is not at hand: it is gone, was damaged, or has more than \
        \(PlanFile.sizeLimit >> 20) MiB. Nothing was done. Run 'berth apply' again, or \
        'berth destroy' if that is what stopped: it settles what was begun, then plans and asks.
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
