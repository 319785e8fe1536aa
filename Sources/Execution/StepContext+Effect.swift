internal import ApplyJournal
internal import Planning
internal import TargetModel

/// How a step's effect shows on the target.
enum Effect: Hashable, Sendable {
  /// The target is as the step leaves it.
  case visible
  /// The service is still at work on it.
  case underWay
  /// The target came to rest, but not as wanted; the words say how.
  case missing(String)
  /// The target came to rest broken, or harm was done.
  case broken(StepFailure)
}

extension StepContext {
  /// Judges what was read back.
  func effect(in sight: Sight) -> Effect {
    switch step.act {
    case .create, .attach, .update: madeOrChanged(sight)
    case .detach, .delete: removed(sight)
    case .start: switched(to: .running, sight)
    case .stop: switched(to: .stopped, sight)
    case .mark: marked(sight)
    }
  }

  /// True if a target under the step's name came from a request of ours whose reply got lost.
  func isOurCreation(_ target: ObservedTarget) -> Bool {
    guard let desired, target.kind == desired.kind.name else { return false }
    let marks = desired.marks(of: stack)
    if target.marks.stack == marks.stack && target.marks.applied == marks.applied { return true }
    // Where the service holds no marks, the fields must speak.
    return target.marks.stack == nil && differences(desired, target).isEmpty
  }

  private func madeOrChanged(_ sight: Sight) -> Effect {
    guard let target = sight.target, let desired else { return .missing("it is not there") }
    if target.state.isTransitional { return .underWay }
    guard target.kind == desired.kind.name else {
      return .missing("it is of the kind \(target.kind)")
    }
    if let failure = failure(of: target) { return .broken(failure) }
    if let holder = holders(in: sight).first {
      return .broken(
        StepFailure(
          code: StepFailure.attachOnce,
          message: "\(holder.address) holds the same resource, and one of the two attachments is "
            + "broken now. Somebody attached it at the same time. Remove one of the two."))
    }
    if let stack = target.marks.stack, stack != self.stack {
      return .missing("it belongs to the stack \"\(stack)\"")
    }
    if target.marks.stack == nil, desired.kind.updatesMarks {
      return .missing("it does not carry this stack's mark")
    }
    let fields = differences(desired, target)
    return fields.isEmpty ? .visible : .missing(explanation(of: fields))
  }

  /// What is not as it was sent, and what to do about it.
  private func explanation(of fields: [AttributeChange]) -> String {
    let sentence = fields.map(Self.words).joined(separator: "; ")
    guard step.act == .create, fields.contains(where: { $0.effect != .inPlace }) else {
      return sentence
    }
    return sentence + ". What was deleted under its name before seems to have come back. Apply "
      + "again: the next plan replaces it, and waits until the name is free"
  }

  /// The fields that are not as the step was to leave them.
  func differences(
    _ desired: ComputeTarget, _ target: ObservedTarget
  ) -> [AttributeChange] {
    TargetComparison(desired, with: target).differences
      // What only a re-attachment changes is not an update's to bring about.
      .filter { step.act != .update || $0.effect == .inPlace }
  }

  /// A difference between what is wanted and what was read back: the field, and both values.
  private static func words(_ difference: AttributeChange) -> String {
    if difference.isSensitive { return "'\(difference.path)' is not what was sent" }
    let found = (difference.before ?? .null).canonicalJSON
    return "'\(difference.path)' is \(found) and should be "
      + (difference.after ?? .null).canonicalJSON
  }

  private func removed(_ sight: Sight) -> Effect {
    guard let target = sight.target else { return .visible }
    if target.state.isTransitional { return .underWay }
    // It may have been broken before, so its state alone proves nothing.
    let details = failure(of: target).map { ": " + $0.message } ?? ""
    return .missing("it is still there\(details)")
  }

  private func switched(to power: PowerState, _ sight: Sight) -> Effect {
    guard let target = sight.target else { return .missing("it is not there") }
    if target.state.isTransitional { return .underWay }
    guard let found = target.power else {
      return failure(of: target).map(Effect.broken) ?? .underWay
    }
    return found == power ? .visible : .missing("it is \(found.rawValue)")
  }

  private func marked(_ sight: Sight) -> Effect {
    guard let target = sight.target else {
      return marksAfterwards == nil ? .visible : .missing("it is not there")
    }
    if target.state.isTransitional { return .underWay }
    let wanted = MarkTags.tags(for: marksAfterwards ?? OwnershipMarks())
    return MarkTags.tags(for: target.marks) == wanted
      ? .visible : .missing("its marks are not as they should be")
  }

  private func failure(of target: ObservedTarget) -> StepFailure? {
    switch target.state {
    case .failed, .canceled:
      let reasons = target.errors.isEmpty ? "" : " " + target.errors.joined(separator: " ")
      return StepFailure(
        code: "target-\(target.state.text.lowercased())",
        message: "The service says \(target.state.text).\(reasons)")
    case .creating, .updating, .deleting, .succeeded, .unknown: return nil
    }
  }
}
