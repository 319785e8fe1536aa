internal import BackendInterface
internal import Diagnostics
internal import Planning
internal import TargetModel

/// The rules of applying.
extension Rule {
  static let stateLock = Rule("state-lock")
  static let notApproved = Rule("not-approved")
  static let planStale = Rule("plan-stale")
  static let planForeign = Rule("plan-foreign")
  static let planErrored = Rule("plan-errored")
  static let digestDiffers = Rule("digest-differs")
  static let notConverged = Rule("not-converged")
}

extension Diagnostic {
  static func locked(_ whose: String, _ holder: [String]) -> Diagnostic {
    Diagnostic(
      .error, .stateLock, "Error acquiring the state lock",
      detail: (["Another apply \(whose) is running on this machine. Wait until it is done."]
        + (holder.isEmpty ? [] : ["Lock Info:"] + holder.map { "  \($0)" })).joined(separator: "\n")
    )
  }

  static func notApproved() -> Diagnostic {
    Diagnostic(
      .error, .notApproved, "Nobody can approve the plan",
      detail: """
        There is no terminal to ask on, or questions are switched off. Nothing was done. Review \
        the plan and run the command with '--auto-approve', or apply a saved plan.
        """)
  }

  static func planOfOtherStack(
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

  static func planErrored() -> Diagnostic {
    Diagnostic(
      .error, .planErrored, "Saved plan was refused",
      detail: """
        A safety rule refused the plan when it was made, so it is never applied. Mend what the \
        rule says and plan again.
        """,
      findingClass: .stale)
  }

  static func planLooksOnly() -> Diagnostic {
    Diagnostic(
      .error, .planErrored, "Saved plan has nothing to apply",
      detail: "It was made with '--refresh-only', to look. Plan without it.",
      findingClass: .stale)
  }

  static func manifestsMoved() -> Diagnostic {
    Diagnostic(
      .error, .planStale, "Saved plan is stale",
      detail: """
        The manifests are not those that the plan was made from. Nothing was done. Plan again, or \
        check out the commit of the plan.
        """,
      findingClass: .stale)
  }

  static func planStale(_ change: Change, isThere: Bool) -> Diagnostic {
    let what: String =
      switch (change.precondition == nil, isThere) {
      case (true, _): "is in the workspace now, and was not when the plan was made"
      case (false, true): "was changed after the plan was made"
      case (false, false): "is gone, and was in the workspace when the plan was made"
      }
    return Diagnostic(
      .error, .planStale, "Saved plan is stale",
      detail: """
        \(change.address) \(what). Nothing was done. Plan again and review what is different.
        """,
      address: change.address.description, at: change.source, findingClass: .stale)
  }

  static func digestDiffers(_ expected: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .error, .digestDiffers, "Plan has another digest",
      detail: """
        '--expect-digest' says \(expected), and the plan has \(found). What would be done is not \
        what was reviewed. Nothing was done. Review the plan again.
        """,
      findingClass: .stale)
  }

  static func notConverged(_ left: [Change]) -> Diagnostic {
    let fields = left.prefix(5).map { change in
      let paths = change.attributes.prefix(3).map { "'\($0.path)'" }.joined(separator: ", ")
      return paths.isEmpty ? "\(change.address)" : "\(change.address) (\(paths))"
    }.joined(separator: ", ")
    return Diagnostic(
      .error, .notConverged, "Workspace is not as desired",
      detail: """
        Every step succeeded, and a plan made afterwards still wants to change \(fields). Somebody \
        else changed it meanwhile, or the service keeps another value. Run 'berth plan' to see.
        """)
  }

  static func notVerified(_ failure: BackendFailure) -> Diagnostic {
    Diagnostic(
      .error, .notConverged, "Applied, not verified",
      detail: """
        Every step succeeded, and the workspace could not be read afterwards: \
        \(failure.message.sentence(withCode: failure.code)) Run 'berth plan' to see whether anything is left.
        """)
  }
}
