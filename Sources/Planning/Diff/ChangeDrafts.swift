package import Diagnostics
internal import TargetModel

/// A draft for each target that is not as it should be.
func changeDrafts(
  in world: PlanningWorld, reporting findings: inout DiagnosticList
) -> [ChangeDraft] {
  var drafts: [ChangeDraft] = []
  for pair in world.pairs {
    if world.request.mode == .destroy {
      drafts.append(contentsOf: removal(of: pair, in: world, reporting: &findings))
    } else if let desired = pair.desired {
      drafts.append(contentsOf: drafting(desired, pair.observed, in: world, reporting: &findings))
    } else {
      drafts.append(contentsOf: removal(of: pair, in: world, reporting: &findings))
    }
  }
  return drafts
}

/// What a document needs, given what stands under its name.
private func drafting(
  _ desired: ComputeTarget, _ observed: ObservedTarget?, in world: PlanningWorld,
  reporting findings: inout DiagnosticList
) -> [ChangeDraft] {
  guard let observed else {
    return [.making(desired, Reason(.notInWorkspace, "it is not in the workspace"))]
  }
  if observed.state.isTransitional {
    findings.append(.stillInTransition(desired, observed))
  }
  guard observed.kind == desired.kind.name else {
    let reason = Reason(.kindChanged, "the name belongs to \(observed.address)")
    return [
      .removing(
        observed, by: observed.isAttached ? .detach : .delete,
        Reason(.kindChanged, "the name is to be a \(desired.kind.name)"), known: world),
      .making(desired, reason),
    ]
  }
  let comparison = TargetComparison(desired, with: observed)
  if let path = comparison.unknowableSecrets.first, world.owns(observed) {
    findings.append(.secretUnknowable(desired, path))
  }
  return changing(desired, observed, comparison, in: world).map { [$0] } ?? []
}

/// The change of a living target into what its document wants; nil if it is as it should be.
private func changing(
  _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
  in world: PlanningWorld
) -> ChangeDraft? {
  let isBroken = observed.state == .failed || observed.state == .canceled
  let crossesOver = desired.isAttached != observed.isAttached
  if comparison.needsRecreation || isBroken || crossesOver {
    return .recreating(desired, observed, comparison, isBroken: isBroken, known: world)
  }
  var draft = ChangeDraft.updating(desired, observed, comparison, known: world)
  let adopts = !world.owns(observed)
  if desired.kind.updatesMarks {
    draft.addMarkChanges(adopts: adopts, stack: world.request.stack)
  }
  return draft.acts.isEmpty ? nil : draft
}

/// What becomes of a live target that no document names, or that is to be destroyed.
private func removal(
  of pair: TargetPair, in world: PlanningWorld, reporting findings: inout DiagnosticList
) -> [ChangeDraft] {
  guard let observed = pair.observed, world.owns(observed), observed.isKnownKind else { return [] }
  let policy = pair.desired?.settings.onRemove ?? observed.marks.onRemove
  let reason =
    world.request.mode == .destroy
    ? Reason(.destroyRequested, "everything the stack owns is to be removed")
    : Reason(.notInConfiguration, "\(observed.address) is not in configuration")
  if policy == .retain {
    guard world.request.catalog[observed.kind]?.updatesMarks == true else {
      findings.append(.retainedWithMark(observed))
      return []
    }
    return [.forgetting(observed, reason, known: world)]
  }
  // What was attached is only ever detached, and what the service made is only ever deleted: the
  // other way round the service leaves an orphan or takes more than was given (api.md section 8).
  return [
    .removing(observed, by: observed.isAttached ? .detach : .delete, reason, known: world)
  ]
}

extension Rule {
  static let notInWorkspace = Rule("not-in-workspace")
  static let notInConfiguration = Rule("not-in-configuration")
  static let kindChanged = Rule("kind-changed")
  static let destroyRequested = Rule("destroy-requested")
  static let fieldChanged = Rule("field-changed")
  static let cannotUpdate = Rule("cannot-update")
  static let tlsNeedsDetach = Rule("tls-needs-detach")
  static let provisioningFailed = Rule("provisioning-failed")
  static let originChanged = Rule("origin-changed")
  static let adopted = Rule("adopted")
  static let marksChanged = Rule("marks-changed")
  static let powerState = Rule("power-state")
  /// The service is still at work on a target.
  package static let stillInTransition = Rule("still-in-transition")
  /// Whether a secret changed can't be told.
  package static let secretUnknowable = Rule("secret-unknowable")
  /// A target that was to be retained keeps its mark.
  package static let retainedWithMark = Rule("retained-with-mark")
}

extension Diagnostic {
  fileprivate static func stillInTransition(
    _ desired: ComputeTarget, _ observed: ObservedTarget
  ) -> Diagnostic {
    Diagnostic(
      .warning, .stillInTransition, "Target is still changing",
      detail: """
        The service says '\(observed.state.text)' of \(observed.address). The plan compares with \
        what is shown now; an apply waits until the service is done and plans again.
        """,
      address: desired.address.description, at: desired.location)
  }

  fileprivate static func secretUnknowable(
    _ desired: ComputeTarget, _ path: AttributePath
  ) -> Diagnostic {
    Diagnostic(
      .note, .secretUnknowable, "A changed secret would not be seen",
      detail: """
        The mark on \(desired.address) does not tell whether '\(path)' is the secret last applied: \
        it was made with another fingerprint key, or by none. It is taken as unchanged. If it was \
        rotated, detach the target and apply again; keep the key in BERTH_FINGERPRINT_KEY to share \
        it between machines.
        """,
      address: desired.address.description, at: desired.location(of: path), hidesSource: true)
  }

  fileprivate static func retainedWithMark(_ observed: ObservedTarget) -> Diagnostic {
    Diagnostic(
      .warning, .retainedWithMark, "Retained target keeps its mark",
      detail: """
        \(observed.address) is to be retained, and its document is gone. The service can't take a \
        mark from a living \(observed.kind), so it goes on saying that this stack owns it. Nothing \
        is done; restore the document if that is not what you want.
        """,
      address: observed.address.description)
  }
}
