internal import Diagnostics
internal import Planning
internal import TargetModel

/// How the planner's bugs spoil what it is given and what it makes.
extension Sabotage {
  /// The documents as the planner takes them.
  func documents(_ desired: [ComputeTarget]) -> [ComputeTarget] {
    if self == .retainOverruled {
      return desired.map { target in
        var target = target
        target.settings.onRemove = nil
        return target
      }
    }
    guard self == .idsComparedAsText else { return desired }
    return desired.map { target in
      guard let id = target["resource_id"]?.text, id == id.uppercased() else { return target }
      var other = target
      other["resource_id"] = .text(id + "-AS-TEXT")
      return other
    }
  }

  /// True if it does not hear what a command is about.
  func ignores(_ command: RunCommand) -> Bool {
    switch (self, command.order) {
    case (.selectionIgnored, .only), (.destroyApplies, .destroy), (.replaceIgnored, .replace): true
    default: false
    }
  }

  /// The live targets as the planner takes them.
  func snapshot(
    _ observed: Snapshot, _ stack: String, _ desired: [ComputeTarget]
  ) -> Snapshot {
    if self == .markLiftedByBlock {
      let documents = Set(desired.map(\.address))
      let targets = observed.targets.map { target in
        var target = target
        if documents.contains(target.address) { target.marks.isProtected = false }
        return target
      }
      return Snapshot(workspace: observed.workspace, targets: targets)
    }
    guard self == .foreignMarkIgnored || self == .otherStackIgnored else { return observed }
    let targets = observed.targets.map { target in
      var target = target
      let counts =
        self == .foreignMarkIgnored ? target.marks.stack == nil : target.marks.stack != nil
      if counts { target.marks.stack = stack }
      return target
    }
    return Snapshot(workspace: observed.workspace, targets: targets)
  }

  private var silentRule: String? {
    switch self {
    case .attachOnceSilent: "attach-once"
    case .foreignOwnerSilent: "foreign-owner"
    case .protectedSilent: "protected"
    case .losesDataSilent: "loses-data"
    case .emptyDesiredSilent: "empty-desired"
    case .nameTakenSilent: "name-taken"
    default: nil
    }
  }

  /// Spoils a plan.
  func corrupt(_ result: inout PlanningResult, _ desired: [ComputeTarget], _ observed: Snapshot) {
    if let silentRule {
      var findings = DiagnosticList()
      for finding in result.findings.findings where finding.rule.id != silentRule {
        findings.append(finding)
      }
      result.findings = findings
    }
    switch self {
    case .detachFirstDropped:
      dropWaits(&result.plan) { step, other in
        step.act == .attach && other.address.nameKey != step.address.nameKey
          && other.act.isRemoval
      }
    case .nameFreeDropped:
      dropWaits(&result.plan) { step, other in
        step.address.nameKey == other.address.nameKey && other.act.isRemoval
      }
    case .dependsOnDropped:
      let documents = Dictionary(
        desired.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
      dropWaits(&result.plan) { step, other in
        documents[step.address]?.settings.dependsOn.contains(other.address) == true
      }
    case .lastStepForgotten, .nothingReadBack:
      if result.plan.steps.count > 1 { result.plan.steps.removeLast() }
    case .changedFieldForgotten:
      for index in result.plan.changes.indices
      where result.plan.changes[index].action == .update
        && result.plan.changes[index].attributes.count > 0
      {
        result.plan.changes[index].attributes.removeLast()
      }
    case .preconditionsDropped, .foreignMarkIgnored, .otherStackIgnored, .foreignOwnerSilent:
      for index in result.plan.changes.indices { result.plan.changes[index].precondition = nil }
    case .listTrusted:
      for index in result.plan.steps.indices
      where result.plan.steps[index].act.isRemoval {
        result.plan.steps[index].resource = nil
      }
    default: break
    }
  }

  private func dropWaits(_ plan: inout Plan, _ drops: (Step, Step) -> Bool) {
    let steps = Dictionary(
      plan.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for index in plan.steps.indices {
      let step = plan.steps[index]
      plan.steps[index].waits.removeAll { wait in
        steps[wait.step].map { drops(step, $0) } ?? false
      }
    }
  }
}
