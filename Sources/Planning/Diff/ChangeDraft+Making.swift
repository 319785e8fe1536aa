internal import Diagnostics
internal import TargetModel

/// How each sort of draft is made.
extension ChangeDraft {
  /// A target that is to be made.
  static func making(_ desired: ComputeTarget, _ reason: Reason) -> ChangeDraft {
    let act: Act = desired.isAttached ? .attach : .create
    let change = Change(
      address: desired.address, action: act == .attach ? .attach : .create, reason: reason,
      attributes: desired.attributesFromNothing, source: desired.location,
      resource: desired.heldResource?.shown, after: desired.nestedWithDefaults,
      sensitivePaths: desired.setSecrets)
    return ChangeDraft(
      change: change, acts: [act] + desired.powerActsAfterMaking, desired: desired, observed: nil)
  }

  /// A live target that is to go.
  static func removing(
    _ observed: ObservedTarget, by act: Act, _ reason: Reason, known world: PlanningWorld
  ) -> ChangeDraft {
    let change = Change(
      address: observed.address, action: act == .detach ? .detach : .delete, reason: reason,
      resource: observed.resource?.shown, before: world.nested(observed),
      precondition: observed.fingerprint(in: world.request.catalog))
    return ChangeDraft(change: change, acts: [act], desired: nil, observed: observed)
  }

  /// A live target that stays and is no longer ours.
  static func forgetting(
    _ observed: ObservedTarget, _ reason: Reason, known world: PlanningWorld
  ) -> ChangeDraft {
    let nested = world.nested(observed)
    let change = Change(
      address: observed.address, action: .forget, reason: reason,
      resource: observed.resource?.shown, before: nested, after: nested,
      precondition: observed.fingerprint(in: world.request.catalog))
    return ChangeDraft(change: change, acts: [.mark], desired: nil, observed: observed)
  }

  /// A living target that is to be taken away and made again.
  static func recreating(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
    isBroken: Bool, known world: PlanningWorld
  ) -> ChangeDraft {
    let action: Action =
      switch (observed.isAttached, desired.isAttached) {
      case (true, true): .detachThenAttach
      case (false, false): .deleteThenCreate
      case (true, false): .detachThenCreate
      case (false, true): .deleteThenAttach
      }
    let change = Change(
      address: desired.address, action: action,
      reason: recreationReason(comparison, observed, isBroken: isBroken),
      attributes: comparison.differences, unchangedAttributeCount: comparison.unchangedCount,
      source: desired.location, resource: desired.heldResource?.shown ?? observed.resource?.shown,
      before: desired.kind.nested(observed.attributes), after: desired.nestedWithDefaults,
      sensitivePaths: desired.setSecrets, precondition: observed.fingerprint(in: world.request.catalog))
    let acts = [action.release, action.acquisition].compactMap { $0 }
    return ChangeDraft(
      change: change, acts: acts + desired.powerActsAfterMaking, desired: desired,
      observed: observed)
  }

  /// A living target whose differences can be brought about on it; without acts if there are none.
  static func updating(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
    known world: PlanningWorld
  ) -> ChangeDraft {
    var change = Change(
      address: desired.address, action: .update,
      reason: Reason(.fieldChanged, "the manifest and the workspace differ"),
      attributes: comparison.differences, unchangedAttributeCount: comparison.unchangedCount,
      source: desired.location, resource: observed.resource?.shown,
      before: desired.kind.nested(observed.attributes), after: desired.nestedWithDefaults,
      sensitivePaths: desired.setSecrets, precondition: observed.fingerprint(in: world.request.catalog))
    var acts: [Act] = comparison.differences.isEmpty ? [] : [.update]
    if let wanted = desired.settings.power, wanted != observed.power {
      if acts.isEmpty {
        change.action = wanted == .running ? .start : .stop
        change.reason = Reason(.powerState, "it is to be \(wanted.rawValue)")
      }
      acts.append(wanted == .running ? .start : .stop)
      change.attributes.append(
        AttributeChange(
          path: "berth.power_state", before: observed.power.map { .text($0.rawValue) },
          after: .text(wanted.rawValue), effect: .inPlace))
    }
    return ChangeDraft(change: change, acts: acts, desired: desired, observed: observed)
  }

  /// Adds what differs in the marks, for kinds whose marks can be written on a living target.
  mutating func addMarkChanges(adopts: Bool, stack: String) {
    guard let desired, let observed else { return }
    let marks = observed.marks
    if desired.settings.onRemove != marks.onRemove {
      change.attributes.append(
        AttributeChange(
          path: "berth.on_remove", before: marks.onRemove.map { .text($0.rawValue) },
          after: desired.settings.onRemove.map { .text($0.rawValue) }, effect: .inPlace))
    }
    if desired.settings.protect != marks.isProtected {
      change.attributes.append(
        AttributeChange(
          path: "berth.protect", before: marks.isProtected ? true : nil,
          after: desired.settings.protect ? true : nil, effect: .inPlace))
    }
    if adopts {
      change.reason = Reason(.adopted, "the document adopts it and nobody owns it")
      if !acts.contains(.update) { change.action = .adopt }
    }
    // An update writes the marks with the fields; otherwise they need an act of their own.
    let differs = adopts || change.attributes.contains { $0.path.segments.first == "berth" && $0.path != "berth.power_state" }
    if differs, !acts.contains(.update) {
      if !adopts, acts.isEmpty {
        change.reason = Reason(.marksChanged, "what 'berth:' says is kept as a mark")
      }
      acts.insert(.mark, at: 0)
    }
  }

  private static func recreationReason(
    _ comparison: TargetComparison, _ observed: ObservedTarget, isBroken: Bool
  ) -> Reason {
    if let forcing = comparison.differences.first(where: { $0.effect != .inPlace }) {
      if forcing.path.segments.first == "tls" {
        return Reason(.tlsNeedsDetach, "TLS of an attachment changes by detaching it first")
      }
      return Reason(.cannotUpdate, "'\(forcing.path)' can't be changed on a living target")
    }
    if isBroken {
      return Reason(.provisioningFailed, "the service says '\(observed.state.text)' of it")
    }
    return Reason(.originChanged, "it comes to be in another way")
  }
}

extension ComputeTarget {
  /// A machine runs once it is made; one that should not is stopped.
  fileprivate var powerActsAfterMaking: [Act] { settings.power == .stopped ? [.stop] : [] }
}

extension PlanningWorld {
  /// What is known of a live target, nested and without secrets.
  func nested(_ observed: ObservedTarget) -> AttributeValue {
    request.catalog[observed.kind]?.nested(observed.attributes) ?? .map([:])
  }
}
