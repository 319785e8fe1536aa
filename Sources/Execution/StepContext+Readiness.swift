internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// Whether a step's request may be sent.
enum Readiness: Sendable {
  /// Yes, this one.
  case ready(WriteRequest)
  /// Not while something is under way; the words say what.
  case wait(String)
  /// There is nothing left to do.
  case alreadyDone
  /// No.
  case refused(StepFailure)
}

extension StepFailure {
  /// The code of a failure that is about a second attachment.
  static let attachOnce = "attach-once"
}

extension StepContext {
  /// Judges what was seen right before the write.
  ///
  /// - Parameter hasSent: true if a request of the step was sent already, and refused or lost.
  func readiness(_ sight: Sight, hasSent: Bool = false) -> Readiness {
    guard let request else {
      return .refused(refusal("The manifests given to this apply lack \(step.address)."))
    }
    return switch step.act {
    case .create, .attach: freedom(sight, for: request)
    case .update, .start, .stop, .mark, .detach, .delete:
      fitness(sight, for: request, hasSent: hasSent)
    }
  }

  // MARK: Something is to be made

  private func freedom(_ sight: Sight, for request: WriteRequest) -> Readiness {
    if let bearer = sight.target {
      if bearer.state == .deleting {
        return .wait("the name is free only when \(bearer.address) is gone")
      }
      return .refused(
        refusal(
          "The name is taken: \(bearer.address) exists, which was not there when the plan was "
            + "made. Plan again."))
    }
    let holders = holders(in: sight)
    if let holder = holders.first(where: { $0.state != .deleting }) {
      return .refused(heldElsewhere(by: holder))
    }
    if let holder = holders.first {
      return .wait("the resource is free only when \(holder.address) is gone")
    }
    return .ready(request)
  }

  func heldElsewhere(by holder: ObservedTarget) -> StepFailure {
    StepFailure(
      code: StepFailure.attachOnce,
      message: "\(holder.address) holds \(desired?.heldResource?.shown ?? "the resource"). "
        + "A second attachment breaks the first one. Detach that one, or leave the resource to it in "
        + "the manifests, and plan again.")
  }

  // MARK: Something is to be changed or removed

  private func fitness(
    _ sight: Sight, for request: WriteRequest, hasSent: Bool
  ) -> Readiness {
    guard let target = sight.target else {
      if step.act.isRemoval || change?.action == .forget { return .alreadyDone }
      return .refused(refusal("\(step.address) is gone. Plan again."))
    }
    if target.state.isTransitional {
      return .wait("the service is still at work on it (\(target.state.text))")
    }
    if let failure = misfit(target, hasSent: hasSent) ?? obstacle(sight) {
      return .refused(failure)
    }
    return .ready(request)
  }

  /// Why the second half of a re-attachment would fail, or nil.
  private func obstacle(_ sight: Sight) -> StepFailure? {
    guard isFirstHalf else { return nil }
    guard desired != nil else {
      return refusal(
        "The manifests given to this apply lack \(step.address), so it could not be attached again. "
          + "Nothing was removed.")
    }
    if let secret = desired.flatMap(unreadSecret) {
      return refusal(
        "\(step.address) needs '\(secret)' to be attached again, and its value was not read. Nothing "
          + "was removed. Make the reference readable here and apply again.")
    }
    if let obstacle = sight.obstacle {
      return StepFailure(
        code: obstacle.code,
        message: "\(step.address) could not be attached again: \(obstacle.message) Nothing was "
          + "removed.", requestID: obstacle.requestID)
    }
    let leaving = Set(knownHolders.map { $0.lowercased() })
    let holder = holders(in: sight).first {
      $0.state != .deleting && !leaving.contains($0.address.nameKey)
    }
    guard let holder else { return nil }
    var failure = heldElsewhere(by: holder)
    failure.message += " Nothing was removed."
    return failure
  }

  /// A secret that is set and was never read.
  private func unreadSecret(_ target: ComputeTarget) -> AttributePath? {
    for (slot, field) in target.kind.fields.enumerated() where field.isSecret {
      switch target.attributes[slot] {
      case .secret?, .null?, nil: continue
      case .bool?, .integer?, .number?, .text?, .list?, .map?: return field.path
      }
    }
    return nil
  }

  /// Why the live target is not the one that was planned for, or nil.
  private func misfit(_ target: ObservedTarget, hasSent: Bool) -> StepFailure? {
    guard target.isKnownKind else {
      return refusal("\(target.address) is of a kind that Berth does not know.")
    }
    if step.act == .detach, !target.isAttached {
      return refusal("\(target.address) was made by the service, so it can't be detached.")
    }
    if step.act == .delete, target.isAttached {
      return refusal("\(target.address) is an attachment, so it is never deleted.")
    }
    if isFirstOnTarget, let expected = change?.precondition {
      // The fingerprint speaks for kind, owner and every field.
      let planned = hasSent ? beforeOwnChanges(target) : target
      return planned.fingerprint(in: catalog) == expected ? nil : refusal(movement(of: target))
    }
    guard target.kind == step.address.kind else { return refusal(movement(of: target)) }
    return isOurs(target) ? nil : refusal(ownership(of: target))
  }

  /// The target without what the step's own requests have brought about: an update may take several,
  /// of which the first succeeds and the next one fails.
  private func beforeOwnChanges(_ target: ObservedTarget) -> ObservedTarget {
    guard step.act == .update, let desired, target.kind == desired.kind.name else { return target }
    let left = Set(differences(desired, target).map(\.path))
    var before = target
    for change in change?.attributes ?? [] where !change.isSensitive && !left.contains(change.path)
    {
      if let slot = desired.kind.slot(change.path) { before.attributes[slot] = change.before }
    }
    return before
  }

  private func isOurs(_ target: ObservedTarget) -> Bool {
    target.marks.stack == stack || (target.marks.stack == nil && desired?.settings.adopt == true)
  }

  private func ownership(of target: ObservedTarget) -> String {
    let owner = target.marks.stack.map { "the stack \"\($0)\"" } ?? "nobody"
    return "\(target.address) belongs to \(owner) by now. Plan again."
  }

  /// What moved since the plan was made, as precisely as the plan allows to say.
  private func movement(of target: ObservedTarget) -> String {
    if target.kind != step.address.kind, change?.address.kind == step.address.kind {
      return "\(step.address) is of the kind \(target.kind) by now. Plan again."
    }
    var moved: [String] = []
    for field in catalog[target.kind]?.fields ?? []
    where field.setBy == .user && !field.isWriteOnly {
      let planned = change?.before[field.path] ?? .null
      let found = catalog[target.kind]?.value(field.path, in: target.attributes) ?? .null
      if field.normalised(planned) != field.normalised(found), change?.before != .null {
        moved.append(
          "\(field.path) was \(planned.canonicalJSON) when the plan was made and is "
            + "\(found.canonicalJSON)")
      }
    }
    if moved.isEmpty, !isOurs(target), change?.action != .adopt { return ownership(of: target) }
    let details = moved.isEmpty ? "its state or its marks changed" : moved.joined(separator: "; ")
    return "\(step.address) is not as it was when the plan was made: \(details). Plan again."
  }
}
