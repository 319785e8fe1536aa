internal import TargetModel

/// A change in the making: what is shown, the acts it takes, and what it was made from.
///
/// A class only so that guards share it, which look at each draft many times; it never changes.
final class ChangeDraft: Sendable {
  let change: Change
  /// The acts in their order; each waits for the one before it.
  let acts: [Act]
  /// What the manifest wants; nil for a removal.
  let desired: ComputeTarget?
  /// The live target concerned; nil if there is none.
  let observed: ObservedTarget?
  /// What a manifest says under the name, for a removal too: a target that is to be destroyed, or
  /// that gives way to another kind, has a document that may protect it.
  let document: ComputeTarget?
  /// Whose the live target is; a draft for somebody else's is shown and refused.
  let standing: Standing
  /// The other holders of the resource that this re-attachment mends; all of them go.
  let mends: [TargetAddress]
  /// What the target will hold when the change is done.
  let acquiredResource: ResourceIdentity?

  init(
    change: Change, acts: [Act], desired: ComputeTarget?, observed: ObservedTarget?,
    document: ComputeTarget?, standing: Standing, mends: [TargetAddress] = []
  ) {
    self.change = change
    self.acts = acts
    self.desired = desired
    self.observed = observed
    self.document = document
    self.standing = standing
    self.mends = mends
    acquiredResource = change.action.acquisition == .attach ? desired?.heldResource : nil
  }

  /// The same draft for another reason.
  func because(_ reason: Reason, isRequested: Bool = false) -> ChangeDraft {
    var change = change
    change.reason = reason
    change.isRequested = isRequested
    return ChangeDraft(
      change: change, acts: acts, desired: desired, observed: observed, document: document,
      standing: standing, mends: mends)
  }

  /// The same draft, which mends what others broke.
  func mending(_ others: [TargetAddress]) -> ChangeDraft {
    ChangeDraft(
      change: change, acts: acts, desired: desired, observed: observed, document: document,
      standing: standing, mends: others)
  }

  var address: TargetAddress { change.address }

  /// What the live target gives up by the change.
  var releasedResource: ResourceIdentity? {
    change.action.release == nil ? nil : observed?.resource
  }
}
