package import Diagnostics
internal import TargetModel

/// The drafts for each target that is not as it should be, sorted by address.
///
/// Every difference gets a draft, also one that a guard refuses later: people see what was refused.
func changeDrafts(
  in world: PlanningWorld, reporting findings: inout DiagnosticList
) -> [ChangeDraft] {
  var drafts: [ChangeDraft] = []
  for pair in world.pairs {
    reportTransition(of: pair, &findings)
    switch (pair.desired, pair.observed) {
    case (_, let observed?) where world.request.mode == .destroy:
      if pair.standing == .ours,
        let draft = destroying(observed, pair.desired, in: world, &findings)
      {
        drafts.append(draft)
      }
    case (let desired?, nil) where world.request.mode != .destroy:
      drafts.append(
        .making(desired, Reason(.notInWorkspace, "it is not in the workspace"), .ours))
    case (let desired?, let observed?):
      if let comparison = pair.comparison {
        let draft = changing(
          desired, observed, comparison, pair.standing, in: world, &findings)
        if let draft { drafts.append(draft) }
      } else {
        drafts += changingKind(desired, observed, pair.standing, in: world)
      }
    case (nil, let observed?):
      if let draft = removing(observed, in: world, &findings) { drafts.append(draft) }
    case (_, nil): break
    }
  }
  return drafts.sorted(byKey: \.address)
}

/// The change of a living target into what its document wants; nil if it is as it should be.
private func changing(
  _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
  _ standing: Standing, in world: PlanningWorld, _ findings: inout DiagnosticList
) -> ChangeDraft? {
  let crossesOver = desired.isAttached != observed.isAttached
  if comparison.needsRecreation || observed.isBroken || crossesOver {
    return .recreating(desired, observed, comparison, standing, in: world)
  }
  if world.isToBeReplaced(desired) {
    return .recreating(desired, observed, comparison, standing, in: world)
      .because(Reason(.replaceRequested, "its replacement was requested"), isRequested: true)
  }
  if let path = comparison.unknowableSecrets.first, standing != .foreign {
    findings.append(.secretUnknowable(desired, path))
  }
  if standing != .foreign, let setting = unkeptSetting(of: desired, on: observed) {
    findings.append(.settingNotKept(desired, setting))
  }
  return .updating(desired, observed, comparison, standing, in: world)
}

/// What `berth:` says for the day the document goes away, and the live target's marks do not and
/// can't be made to; nil if nothing would be lost by it.
private func unkeptSetting(of desired: ComputeTarget, on observed: ObservedTarget) -> String? {
  guard !desired.kind.updatesMarks else { return nil }
  if desired.settings.onRemove == .retain, !observed.isRetained { return "on_remove: retain" }
  if desired.settings.protect, !observed.marks.isProtected { return "protect: true" }
  return nil
}

/// Another kind under the name: a removal, then a creation.
///
/// A bearer of the name that can't be removed is the guard's affair (`name-taken`).
private func changingKind(
  _ desired: ComputeTarget, _ observed: ObservedTarget, _ standing: Standing,
  in world: PlanningWorld
) -> [ChangeDraft] {
  let making = ChangeDraft.making(
    desired, Reason(.kindChanged, "the name belongs to \(observed.address)"), standing)
  guard world.knows(observed), !observed.isRetained else { return [making] }
  let reason = Reason(.kindChanged, "the name is to be \(desired.address)")
  return [
    .removing(observed, reason, document: desired, standing, in: world), making,
  ]
}

/// What becomes of a live target that no document names; nil if it stays as it is.
private func removing(
  _ observed: ObservedTarget, in world: PlanningWorld, _ findings: inout DiagnosticList
) -> ChangeDraft? {
  guard world.owns(observed), world.knows(observed) else { return nil }
  let reason = Reason(.notInConfiguration, "\(observed.address) is not in configuration")
  guard observed.isRetained else {
    return .removing(observed, reason, document: nil, .ours, in: world)
  }
  guard world.kind(of: observed)?.updatesMarks == true else {
    findings.append(.retainedWithMark(observed))
    return nil
  }
  return .forgetting(observed, reason, in: world)
}

/// What `destroy` does to a live target of ours; nil if it is to be retained.
private func destroying(
  _ observed: ObservedTarget, _ document: ComputeTarget?, in world: PlanningWorld,
  _ findings: inout DiagnosticList
) -> ChangeDraft? {
  guard world.knows(observed) else { return nil }
  let ownDocument = document?.kind.name == observed.kind ? document : nil
  let policy = ownDocument.map(\.settings.onRemove) ?? observed.marks.onRemove
  if policy == .retain {
    findings.append(.retained(observed, ownDocument))
    return nil
  }
  return .removing(
    observed, Reason(.destroyRequested, "everything the stack owns is to be removed"),
    document: document, .ours, in: world)
}

private func reportTransition(
  of pair: TargetPair, _ findings: inout DiagnosticList
) {
  guard let observed = pair.observed, pair.standing != .foreign, observed.state.isTransitional
  else { return }
  findings.append(.stillInTransition(observed, pair.desired))
}

extension ObservedTarget {
  /// True if it is to stay when its document goes away.
  var isRetained: Bool { marks.onRemove == .retain }
}

extension Rule {
  static let notInWorkspace = Rule("not-in-workspace")
  static let notInConfiguration = Rule("not-in-configuration")
  static let kindChanged = Rule("kind-changed")
  static let destroyRequested = Rule("destroy-requested")
  static let fieldChanged = Rule("field-changed")
  static let cannotUpdate = Rule("cannot-update")
  static let tlsNeedsDetach = Rule("tls-needs-detach")
  static let replaceRequested = Rule("replace-requested")
  static let provisioningFailed = Rule("provisioning-failed")
  static let originChanged = Rule("origin-changed")
  static let adopted = Rule("adopted")
  static let marksChanged = Rule("marks-changed")
  static let powerState = Rule("power-state")
  /// The service is still at work on a target.
  package static let stillInTransition = Rule("still-in-transition")
  /// Whether a secret changed can't be told.
  package static let secretUnknowable = Rule("secret-unknowable")
  /// What the document says of its own end is not on the live target.
  package static let settingNotKept = Rule("setting-not-kept")
  /// A target that was to be retained keeps its mark.
  package static let retainedWithMark = Rule("retained-with-mark")
  /// A target stays although everything is to be destroyed.
  package static let retained = Rule("retained")
}

extension Diagnostic {
  fileprivate static func stillInTransition(
    _ observed: ObservedTarget, _ document: ComputeTarget?
  ) -> Diagnostic {
    Diagnostic(
      .warning, .stillInTransition, "Target is still changing",
      detail: """
        The service says '\(observed.state.text)' of \(observed.address). The plan compares with \
        what is shown now; an apply waits until the service is done and plans again.
        """,
      address: observed.address.description, at: document?.location)
  }

  fileprivate static func secretUnknowable(
    _ desired: ComputeTarget, _ path: AttributePath
  ) -> Diagnostic {
    Diagnostic(
      .note, .secretUnknowable, "A changed secret would not be seen",
      detail: """
        The mark on \(desired.address) does not tell whether '\(path)' is the secret last applied: \
        it was made with another fingerprint key, or by none. It is taken as unchanged. If it was \
        rotated, \(desired.isAttached ? "detach" : "delete") the target and apply again; keep the \
        key in BERTH_FINGERPRINT_KEY to share it between machines.
        """,
      address: desired.address.description, at: desired.location(of: path), hidesSource: true)
  }

  fileprivate static func settingNotKept(
    _ desired: ComputeTarget, _ setting: String
  ) -> Diagnostic {
    let loss = desired.isAttached ? "detached" : "deleted"
    return Diagnostic(
      .warning, .settingNotKept, "Setting counts only while its document stands",
      detail: """
        \(desired.address) says '\(setting)', and the service can't add that mark to a living \
        \(desired.kind.name). If the document goes away, Berth can't know of it, and plans the \
        target to be \(loss). Keep the document; the next time that the target is \
        \(desired.isAttached ? "attached" : "created"), the mark is written with it.
        """,
      address: desired.address.description, at: desired.location)
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

  fileprivate static func retained(
    _ observed: ObservedTarget, _ document: ComputeTarget?
  ) -> Diagnostic {
    Diagnostic(
      .note, .retained, "Target is retained",
      detail: """
        \(observed.address) stays: 'berth: {on_remove: retain}' stands for it. To destroy it too, \
        take that away, apply, and destroy again.
        """,
      address: observed.address.description, at: document?.location)
  }
}
