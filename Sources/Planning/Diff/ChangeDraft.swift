internal import TargetModel

/// A change in the making: what is shown, the acts it takes, and what it was made from.
struct ChangeDraft: Sendable {
  var change: Change
  /// The acts in their order; each waits for the one before it.
  var acts: [Act]
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
  var mends: [TargetAddress] = []

  var address: TargetAddress { change.address }

  /// What the target will hold when the change is done.
  var acquiredResource: ResourceIdentity? {
    change.action.acquisition == .attach ? desired?.heldResource : nil
  }

  /// What the live target gives up by the change.
  var releasedResource: ResourceIdentity? {
    change.action.release == nil ? nil : observed?.resource
  }
}
