internal import TargetModel

/// Most fields of which it is tried out who moved them; each one more doubles the work.
private let mostFieldsTried = 8

/// Which of the differing fields reality moved since a target was last applied; the others were
/// moved by the manifest.
///
/// The mark is a digest of all that was applied. For each differing field that was either what the
/// manifest says now (reality moved) or what is live now (the manifest moved): the combination with
/// the digest of the mark is the truth. Besides, a field that the manifest only just mentions, or no
/// longer does, may have been otherwise.
///
/// - Returns: nil if no combination fits: a field was moved on both sides, too much was, or the
///   document began or ceased to mention several fields at once.
func fieldsMoved(
  since applied: String, _ desired: ComputeTarget, _ observed: ObservedTarget,
  _ differing: [AttributePath]
) -> Set<AttributePath>? {
  let slots = differing.compactMap(desired.kind.slot)
  // Mostly one side moved alone, and digests are dear: these two tell it, of any number of fields.
  let moved = desired.with(slots, of: observed)
  // Values that nobody is shown differ in their marks alone: with no others the two are one.
  if moved.attributes != desired.attributes, moved.appliedDigest == applied { return [] }
  if desired.appliedDigest == applied { return Set(differing) }
  guard slots.count <= mostFieldsTried else { return nil }
  let all = 0..<(1 << slots.count)
  // Of what the manifest says now, the first and the last choice were asked above.
  for (number, former) in desired.formerStates(besides: Set(slots), observed).enumerated() {
    for choice in number == 0 ? all.dropFirst().dropLast() : all {
      let fromLife = slots.indices.filter { choice & (1 << $0) == 0 }.map { slots[$0] }
      guard former.with(fromLife, of: observed).appliedDigest == applied else { continue }
      return Set(slots.filter { !fromLife.contains($0) }.map { desired.kind.fields[$0].path })
    }
  }
  return nil
}

extension ComputeTarget {
  /// The same with what is live in some slots.
  fileprivate func with(_ slots: [Int], of observed: ObservedTarget) -> ComputeTarget {
    var target = self
    for slot in slots { target.attributes[slot] = observed.attributes[slot] }
    return target
  }

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
