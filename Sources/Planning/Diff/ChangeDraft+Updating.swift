internal import Diagnostics
internal import TargetModel

/// How a living target is changed without taking it away.
extension ChangeDraft {
  /// What differs, brought about on the living target; nil if nothing does.
  ///
  /// The fields are one act, marks without fields another, and power comes last.
  static func updating(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ comparison: TargetComparison,
    _ standing: Standing, in world: PlanningWorld
  ) -> ChangeDraft? {
    let fields = comparison.differences
    let marks = markDifferences(desired, observed, standing)
    let power = powerDifference(desired, observed)
    var acts: [Act] = []
    if !fields.isEmpty {
      // An update writes the marks with the fields.
      acts.append(.update)
    } else if standing == .adopting || !marks.isEmpty {
      acts.append(.mark)
    }
    if let power { acts.append(power.after == .text("running") ? .start : .stop) }
    guard let summary = summary(acts, fields, power, standing) else { return nil }

    let before = world.nested(observed)
    let change = Change(
      address: desired.address, action: summary.action, reason: summary.reason,
      attributes: fields + marks + [power].compactMap(\.self),
      unchangedAttributeCount: comparison.unchangedCount, source: desired.location,
      resource: observed.resource?.shown, before: before, after: before.changed(by: fields),
      sensitivePaths: desired.setSecrets, precondition: world.fingerprint(of: observed))
    return ChangeDraft(
      change: change, acts: acts, desired: desired, observed: observed, document: desired,
      standing: standing)
  }

  /// What to call these acts together; nil if there are none.
  private static func summary(
    _ acts: [Act], _ fields: [AttributeChange], _ power: AttributeChange?, _ standing: Standing
  ) -> (action: Action, reason: Reason)? {
    guard let first = acts.first else { return nil }
    let adopted = Reason(.adopted, "its document adopts it and nobody owns it")
    if acts == [.mark], standing == .adopting { return (.adopt, adopted) }
    if standing == .adopting { return (.update, adopted) }
    if let path = fields.first?.path {
      let what = fields.count == 1 ? "'\(path)' differs" : "\(fields.count) attributes differ"
      return (.update, Reason(.fieldChanged, what))
    }
    if first == .mark {
      return (.update, Reason(.marksChanged, "what 'berth:' says is kept as a mark"))
    }
    let wanted = power?.after?.text ?? ""
    return (first == .start ? .start : .stop, Reason(.powerState, "it is to be \(wanted)"))
  }

  /// What `berth:` says and the marks do not, for kinds whose marks can be written on a living
  /// target; on others the next attach or create writes them.
  private static func markDifferences(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ standing: Standing
  ) -> [AttributeChange] {
    guard desired.kind.updatesMarks, standing != .foreign else { return [] }
    let (settings, marks) = (desired.settings, observed.marks)
    var differences: [AttributeChange] = []
    if settings.onRemove != marks.onRemove {
      differences.append(
        AttributeChange(
          path: "berth.on_remove", before: marks.onRemove.map { .text($0.rawValue) },
          after: settings.onRemove.map { .text($0.rawValue) }, effect: .inPlace))
    }
    if settings.protect != marks.isProtected {
      differences.append(
        AttributeChange(
          path: "berth.protect", before: marks.isProtected ? true : nil,
          after: settings.protect ? true : nil, effect: .inPlace))
    }
    return differences
  }
}

/// The difference in power; nil where the manifest does not say, or it is as it says.
func powerDifference(_ desired: ComputeTarget, _ observed: ObservedTarget) -> AttributeChange? {
  guard desired.kind.hasPower, let wanted = desired.settings.power, wanted != observed.power else {
    return nil
  }
  return AttributeChange(
    path: "berth.power_state", before: observed.power.map { .text($0.rawValue) },
    after: .text(wanted.rawValue), effect: .inPlace)
}
