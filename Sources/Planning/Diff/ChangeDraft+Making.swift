internal import Diagnostics
internal import TargetModel

/// How each sort of draft is made.
extension ChangeDraft {
  /// A target that is to be made.
  static func making(_ desired: ComputeTarget, _ reason: Reason, _ standing: Standing)
    -> ChangeDraft
  {
    let act: Act = desired.isAttached ? .attach : .create
    let change = Change(
      making: desired, by: act == .attach ? .attach : .create, because: reason,
      resource: desired.heldResource?.shown)
    let power = desired.powerActsAfterMaking
    return ChangeDraft(
      change: change, acts: power.isEmpty ? alone(act) : [act] + power, desired: desired,
      observed: nil, document: desired, standing: standing)
  }

  private static let (creation, attachment): ([Act], [Act]) = ([.create], [.attach])

  /// The one act that most targets take: the same list for all of them.
  private static func alone(_ act: Act) -> [Act] { act == .attach ? attachment : creation }

  /// A live target that is to go, the way it came to be: what was attached is only ever detached,
  /// and what the service made is only ever deleted.
  ///
  /// The other way round the service leaves an orphan or takes more than was given (api.md section
  /// 8, reliability.md F31).
  static func removing(
    _ observed: ObservedTarget, _ reason: Reason, document: ComputeTarget?, _ standing: Standing,
    in world: PlanningWorld
  ) -> ChangeDraft {
    let change = Change(
      address: observed.address, action: observed.isAttached ? .detach : .delete, reason: reason,
      source: document?.location, resource: observed.resource?.shown,
      before: world.nested(observed), precondition: world.fingerprint(of: observed))
    return ChangeDraft(
      change: change, acts: [observed.isAttached ? .detach : .delete], desired: nil,
      observed: observed, document: document, standing: standing)
  }

  /// A live target that stays and is no longer ours.
  static func forgetting(
    _ observed: ObservedTarget, _ reason: Reason, in world: PlanningWorld
  ) -> ChangeDraft {
    let nested = world.nested(observed)
    let change = Change(
      address: observed.address, action: .forget, reason: reason,
      resource: observed.resource?.shown, before: nested, after: nested,
      precondition: world.fingerprint(of: observed))
    return ChangeDraft(
      change: change, acts: [.mark], desired: nil, observed: observed, document: nil,
      standing: .ours)
  }

  /// A living target that is to be taken away and made again.
  static func recreating(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
    _ standing: Standing, in world: PlanningWorld
  ) -> ChangeDraft {
    let action: Action =
      switch (observed.isAttached, desired.isAttached) {
      case (true, true): .detachThenAttach
      case (false, false): .deleteThenCreate
      case (true, false): .detachThenCreate
      case (false, true): .deleteThenAttach
      }
    let power = desired.powerAfterMaking(observed.power)
    let change = Change(
      address: desired.address, action: action,
      reason: recreationReason(comparison, observed),
      attributes: comparison.differences + [power].compactMap(\.self),
      unchangedAttributeCount: comparison.unchangedCount, source: desired.location,
      resource: desired.heldResource?.shown ?? observed.resource?.shown,
      before: world.nested(observed), after: desired.nestedWithDefaults,
      sensitivePaths: desired.setSecrets, precondition: world.fingerprint(of: observed))
    let acts = [action.release, action.acquisition].compactMap(\.self)
    return ChangeDraft(
      change: change, acts: acts + desired.powerActsAfterMaking, desired: desired,
      observed: observed, document: desired, standing: standing)
  }

  /// A living attachment that stays as it is wanted, and is attached anew because another one may
  /// have broken it.
  static func mending(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
    besides others: [TargetAddress], in world: PlanningWorld
  ) -> ChangeDraft {
    let names = others.map(\.description).joined(separator: ", ")
    let (verb, noun) = (others.count == 1 ? "holds" : "hold", desired.heldResource?.noun)
    let reason = Reason(
      .doubleAttachment,
      "\(names) \(verb) the same \(noun ?? "resource"), and the later attachment broke the earlier")
    return recreating(desired, observed, comparison, .ours, in: world)
      .because(reason).mending(others)
  }

  private static func recreationReason(
    _ comparison: TargetComparison, _ observed: ObservedTarget
  ) -> Reason {
    if observed.isBroken {
      return Reason(.provisioningFailed, "the service says '\(observed.state.text)' of it")
    }
    guard let forcing = comparison.differences.first(where: { $0.effect != .inPlace }) else {
      return Reason(
        .originChanged,
        observed.isAttached
          ? "it is attached and is to be created" : "it was created and is to be attached")
    }
    if forcing.path.segments.first == "tls", forcing.effect == .forcesReattachment {
      return Reason(.tlsNeedsDetach, "TLS of an attachment changes by detaching it first")
    }
    return Reason(.cannotUpdate, "'\(forcing.path)' can't be changed on a living target")
  }
}

extension ObservedTarget {
  /// True if the service gave up on it.
  ///
  /// The documented remedy is to take it away and make it again.
  var isBroken: Bool { state == .failed || state == .canceled }
}

extension ComputeTarget {
  /// A machine runs once it is made; one that should not is stopped.
  fileprivate var powerActsAfterMaking: [Act] {
    kind.hasPower && settings.power == .stopped ? [.stop] : []
  }

  /// The change of power that making the target, from this state of power, brings with it.
  func powerAfterMaking(_ live: PowerState?) -> AttributeChange? {
    guard kind.hasPower, let wanted = settings.power, wanted != live,
      live != nil || wanted == .stopped
    else { return nil }
    return AttributeChange(
      path: "berth.power_state", before: live.map { .text($0.rawValue) },
      after: .text(wanted.rawValue), effect: .inPlace)
  }
}

extension PlanningWorld {
  /// What is known of a live target, nested and without secrets.
  func nested(_ observed: ObservedTarget) -> AttributeValue {
    kind(of: observed)?.nested(observed.attributes) ?? .map([:])
  }

  /// What a change to a live target relies on.
  func fingerprint(of observed: ObservedTarget) -> String {
    observed.fingerprint(in: request.catalog)
  }
}
