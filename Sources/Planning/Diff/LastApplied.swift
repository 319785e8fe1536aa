internal import TargetModel

/// Most fields of which it is tried out who moved them; each one more doubles the work.
private let mostFieldsTried = 8

/// True if what was last applied is what is live now, where the two differ: only the manifest moved.
func onlyManifestMoved(
  since applied: String, _ desired: ComputeTarget, _ observed: ObservedTarget,
  _ differing: [AttributePath]
) -> Bool {
  var values = desired.attributes
  for slot in differing.compactMap(desired.kind.slot) { values[slot] = observed.attributes[slot] }
  // A value that nobody is shown differs in its mark alone, and tells nothing here.
  guard values != desired.attributes else { return false }
  var guess = desired
  guess.attributes = values
  return guess.appliedDigest == applied
}

/// Which of the differing fields reality moved since a target was last applied; the others were
/// moved by the manifest.
///
/// The mark is a digest of all that was applied. For each differing field that was either what the
/// manifest says now (reality moved) or what is live now (the manifest moved): the combination with
/// the digest of the mark is the truth. Besides, a field that the manifest only just mentions, or no
/// longer does, may have been otherwise.
///
/// - Returns: nil if no combination fits: a field was moved on both sides, or too much was.
func fieldsMoved(
  since applied: String, _ desired: ComputeTarget, _ observed: ObservedTarget,
  _ differing: [AttributePath]
) -> Set<AttributePath>? {
  let slots = differing.compactMap(desired.kind.slot)
  guard slots.count <= mostFieldsTried else { return nil }
  for former in desired.formerStates(besides: Set(slots), observed) {
    for choice in 0..<(1 << slots.count) {
      var values = former.attributes
      var moved: Set<AttributePath> = []
      for (index, slot) in slots.enumerated() {
        if choice & (1 << index) == 0 {
          values[slot] = observed.attributes[slot]
        } else {
          moved.insert(desired.kind.fields[slot].path)
        }
      }
      var guess = former
      guess.attributes = values
      if guess.appliedDigest == applied { return moved }
    }
  }
  return nil
}

extension ComputeTarget {
  /// What the manifest may have said of the fields that do not differ: what it says now, and the
  /// same with one field mentioned or not.
  fileprivate func formerStates(
    besides differing: Set<Int>, _ observed: ObservedTarget
  ) -> [ComputeTarget] {
    var states = [self]
    for (slot, field) in kind.fields.enumerated()
    where field.setBy == .user && !field.isWriteOnly && field.defaultValue == nil
      && !differing.contains(slot)
    {
      var former = self
      former.attributes[slot] = attributes[slot] == nil ? observed.attributes[slot] : nil
      if former.attributes[slot] != attributes[slot] { states.append(former) }
    }
    return states
  }
}
