internal import Planning
internal import TargetModel

/// `name-free`, as it is carried out: names that are used again.
///
/// Services are known to bring back the machines of a cluster whose name is used again too soon, in
/// their former size (api.md section 8). So absence counts when it was seen twice with some time in
/// between, and a while after the removal; and what came back is compared field by field.
///
/// Law: a plan that uses no name again waits for nothing here.
extension ApplyMachine {
  /// A name is free when enough reads in a row say so; false, with another read on its way, if
  /// they do not yet.
  mutating func isConvincedOfAbsence(_ index: Int) -> Bool {
    guard runs[index].step.act.isMaking else { return true }
    runs[index].absences += 1
    if runs[index].foundBeingDeleted {
      // By an earlier apply, or by somebody else: it ended at some time before this read.
      runs[index].foundBeingDeleted = false
      removals[runs[index].step.address.nameKey] = now
    }
    let certainAt = isReuse(index) ? windowEnd(index) : .zero
    // Where nobody used the name, the plan's list was the first to say so.
    let needed =
      isReuse(index) ? max(limits.reuseConfirmations, limits.absenceConfirmations) : 1
    if runs[index].absences >= needed, now >= certainAt {
      return true
    }
    let delay = max(limits.absenceSpacing, certainAt - now)
    if delay >= limits.progressInterval {
      noteWaiting(index, "Waiting until its name is free for certain.")
    }
    callLater(index, after: delay)
    return false
  }

  /// True if what stands under a name may be what was removed: a read that lags behind.
  func mayStillShow(_ index: Int, _ sight: Sight) -> Bool {
    runs[index].step.act.isMaking && sight.target != nil && now < windowEnd(index)
  }

  /// Remembers that a removal was asked for.
  mutating func noteRemoval(_ index: Int) {
    guard runs[index].context.step.act.isRemoval else { return }
    removals[runs[index].step.address.nameKey] = now
  }

  /// Remembers that what was deleted is gone: only from then on nothing may be left of it.
  ///
  /// A detached resource leaves nothing behind, and each second without its attachment counts.
  mutating func noteEndOfRemoval(_ index: Int) {
    guard runs[index].step.act == .delete else { return }
    removals[runs[index].step.address.nameKey] = now
  }

  /// Remembers what bears the name that the step wants.
  mutating func noteNameInUse(_ index: Int, by target: ObservedTarget) {
    runs[index].foundNameInUse = true
    runs[index].foundBeingDeleted = target.state == .deleting && !target.isAttached
  }

  private func isReuse(_ index: Int) -> Bool {
    runs[index].context.reusesName || runs[index].foundNameInUse
  }

  /// From when on the absence of what was removed under the step's name counts.
  func windowEnd(_ index: Int) -> Duration {
    removals[runs[index].step.address.nameKey].map { $0 + limits.absenceWindow } ?? .zero
  }
}
