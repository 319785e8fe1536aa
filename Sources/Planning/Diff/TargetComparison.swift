internal import Digests
package import TargetModel

/// What differs between a target as desired and as observed.
package struct TargetComparison: Sendable {
  /// The fields that differ, in the order of the kind's table.
  package private(set) var differences: [AttributeChange] = []
  package private(set) var unchangedCount = 0
  /// Secrets of which nobody can tell whether they changed.
  package private(set) var unknowableSecrets: [AttributePath] = []

  /// True if a difference can't be brought about on the living target.
  package var needsRecreation: Bool { differences.contains { $0.effect != .inPlace } }

  /// Compares two targets of one kind, slot by slot.
  ///
  /// Both sides are normalised first and nothing is filtered afterwards.
  package init(_ desired: ComputeTarget, with observed: ObservedTarget) {
    let (wanted, live) = (desired.attributes, observed.attributes)
    let ignoresSome = !desired.settings.ignoredChanges.isEmpty
    // By slot: a row of the table is large to copy.
    let fields = desired.kind.fields
    for slot in desired.kind.comparedSlots {
      if ignoresSome, desired.ignoresChanges(of: fields[slot].path) { continue }
      if fields[slot].isWriteOnly {
        compareByFingerprint(fields[slot], wanted[slot], desired, observed)
      } else if wanted.agrees(with: live, in: slot) {
        unchangedCount += 1
      } else if wanted.holds(slot) || live.holds(slot) {
        compare(fields[slot], wanted[slot], live[slot], desired)
      } else if let usual = fields[slot].defaultValue, usual != .null {
        // Both have the default.
        unchangedCount += 1
      }
    }
  }

  private mutating func compare(
    _ field: Field, _ desired: AttributeValue?, _ observed: AttributeValue?,
    _ target: ComputeTarget
  ) {
    // Neither the manifest nor the kind's table has an opinion: whatever is live stays.
    guard let wanted = desired ?? field.defaultValue else { return }
    // What the service leaves out has its default.
    let live = observed ?? field.defaultValue ?? .null
    if wanted == live || field.comparable(wanted) == field.comparable(live) {
      if wanted != .null { unchangedCount += 1 }
      return
    }
    differences.append(
      AttributeChange(
        path: field.path, before: observed, after: wanted == .null ? nil : wanted,
        effect: target.effect(of: field)))
  }

  /// The service never tells such a value; fingerprints tell whether it is the one last applied.
  private mutating func compareByFingerprint(
    _ field: Field, _ value: AttributeValue?, _ desired: ComputeTarget, _ observed: ObservedTarget
  ) {
    let isSet = value.map { $0 != .null } ?? false
    let wanted = desired.secretFingerprints[field.path]
    let live = observed.secretMarks[field.path]
    switch (wanted, live) {
    case (nil, nil) where !isSet: return
    // Set, and without a key to make a fingerprint: nothing to compare with.
    case (nil, _) where isSet:
      unknowableSecrets.append(field.path)
      return
    case (let wanted?, let live?):
      if wanted == live {
        unchangedCount += 1
        return
      }
      guard SecretFingerprinter.areComparable(wanted, live) else {
        unknowableSecrets.append(field.path)
        return
      }
    case (_?, nil):
      // Without any mark (a target that was adopted) nobody can tell; beside other marks, the
      // absence of this one says that it was not set.
      guard observed.marks.stack != nil, observed.marks.applied != nil else {
        unknowableSecrets.append(field.path)
        return
      }
    // The mark tells of a secret that the manifest does not set any more.
    case (nil, _): break
    }
    differences.append(
      AttributeChange(
        path: field.path, before: nil, after: field.isSecret ? nil : value,
        isSensitive: field.isSecret, effect: desired.effect(of: field)))
  }
}

extension Field {
  /// The form in which values compare; an empty map or list is the same as none.
  func comparable(_ value: AttributeValue) -> AttributeValue {
    let normal = normalised(value)
    switch normal {
    case .map(let entries) where entries.isEmpty: return .null
    case .list(let elements) where elements.isEmpty: return .null
    case .null, .bool, .integer, .number, .text, .list, .map, .secret: return normal
    }
  }
}

extension ComputeTarget {
  /// What it costs to change a field of this target.
  func effect(of field: Field) -> AttributeChange.Effect {
    switch isAttached ? field.onChange : field.onChangeIfCreated ?? field.onChange {
    case .inPlace, .inPlaceBy: return .inPlace
    case .recreate:
      if settings.updatesTLSInPlace, field.path.segments.first == "tls" { return .inPlace }
      return isAttached ? .forcesReattachment : .forcesReplacement
    }
  }

  /// True if `berth.ignore_changes` covers a field.
  func ignoresChanges(of path: AttributePath) -> Bool {
    settings.ignoreChanges.contains { path.segments.starts(with: $0.segments) }
  }
}
