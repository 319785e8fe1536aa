public import Diagnostics
public import TargetModel

/// Everything a plan is made from.
public struct PlanningRequest: Sendable {
  /// The name of the stack that owns the targets.
  public var stack: String
  /// What the manifests want.
  public var desired: [ComputeTarget]
  /// What the service shows.
  public var observed: Snapshot
  /// What it is for.
  public var mode: PlanMode
  /// The kinds there are.
  public var catalog: KindCatalog
  /// Which targets the plan is about.
  public var selection = TargetSelection.everything
  /// True if the selection may name what is not there any more, and need not be told.
  public var forgivesSelection = false
  /// Targets that are to be replaced, or re-attached, although nothing demands it.
  public var replacing: Set<TargetAddress> = []
  /// The names, as names compare, of targets that an apply took away and did not bring back; they
  /// come first.
  public var stranded: Set<String> = []
  /// How much of the stack one plan may take away.
  public var blastRadius: BlastRadius
  /// True if this one plan may take away more; never everything.
  public var allowsLargeRemoval: Bool
  /// The other workspaces that the same run is about, as they were read.
  public var elsewhere: [Snapshot]

  /// Makes a planning request of its parts.
  public init(
    stack: String, desired: [ComputeTarget], observed: Snapshot, mode: PlanMode = .apply,
    catalog: KindCatalog, blastRadius: BlastRadius = BlastRadius(),
    allowsLargeRemoval: Bool = false, elsewhere: [Snapshot] = []
  ) {
    self.stack = stack
    self.desired = desired
    self.observed = observed
    self.mode = mode
    self.catalog = catalog
    self.blastRadius = blastRadius
    self.allowsLargeRemoval = allowsLargeRemoval
    self.elsewhere = elsewhere
  }
}

/// A plan, and what the guards found.
public struct PlanningResult: Sendable {
  /// The plan.
  public var plan: Plan
  /// Warnings and notes, and refusals: with an error among them the plan must not be applied.
  public var findings: DiagnosticList

  /// True if a guard said no.
  public var isRefused: Bool { findings.hasErrors }
}

/// Compares what is desired with what was observed and says what would be done, in which order.
///
/// Pure: the same request gives the same result, to the byte, whatever the order of its targets. A
/// plan that a guard refuses is complete nevertheless, so that people see what was refused.
public func makePlan(_ request: PlanningRequest) -> PlanningResult {
  let world = PlanningWorld(request)
  let (all, selected, findings) = judgedDrafts(in: world)
  var plan = Plan(
    stack: request.stack, workspace: request.observed.workspace, mode: request.mode,
    drift: driftedTargets(in: world).filter { selected.includes(nameKey: $0.address.nameKey) },
    unchangedCount: unchangedCount(in: world, but: all, within: selected))
  plan.leftOut = selected.leftOut
  if request.mode == .refreshOnly {
    plan.unmanaged = unmanagedTargets(in: world).filter {
      selected.includes(nameKey: $0.address.nameKey)
    }
  } else {
    (plan.changes, plan.steps) = order(selected.drafts, in: world)
  }
  return PlanningResult(plan: plan, findings: findings)
}

/// What `makePlan` would find, without the plan.
public func planFindings(_ request: PlanningRequest) -> DiagnosticList {
  judgedDrafts(in: PlanningWorld(request)).findings
}

/// All drafts, those that are selected, and what was found about them.
private func judgedDrafts(
  in world: PlanningWorld
) -> (all: [ChangeDraft], selected: SelectedDrafts, findings: DiagnosticList) {
  var findings = DiagnosticList()
  let mode = world.request.mode
  var all = changeDrafts(in: world, reporting: &findings)
  if mode == .apply { repairDoubleAttachments(&all, in: world, reporting: &findings) }
  checkReplacing(world, &findings)
  let selected = select(all, in: world, reporting: &findings)
  var refusals = DiagnosticList()
  for check in guards(for: mode) { check(selected.judged, world, &refusals) }
  findings.append(contentsOf: selected.concerned(refusals.findings))
  return (all, selected, findings)
}

/// A safety rule: reads the finished drafts and adds what it finds.
///
/// Each has a file of its own.
private typealias GuardRule =
  @Sendable ([ChangeDraft], PlanningWorld, inout DiagnosticList) -> Void

private func guards(for mode: PlanMode) -> [GuardRule] {
  switch mode {
  case .apply:
    [
      checkEmptyDesired, checkForeignOwner, checkNameTaken, checkAttachOnce, checkDoubleAttachment,
      checkCrossWorkspace, checkProtected, checkLosesData, checkBlastRadius, checkSecretsFirst,
      checkUnknownDependency, checkDependencyCycle,
    ]
  // Asked for in so many words; only protection stands above it.
  case .destroy: [checkProtected]
  // Nothing is done, so nothing can be refused.
  case .refreshOnly: [checkDoubleAttachment]
  }
}

/// How many documents have a live target of ours that is as it should be.
private func unchangedCount(
  in world: PlanningWorld, but drafts: [ChangeDraft], within selected: SelectedDrafts
) -> Int {
  guard world.request.mode != .destroy else { return 0 }
  func counts(_ pair: TargetPair) -> Bool {
    pair.desired != nil && pair.observed != nil && pair.standing != .foreign
      && selected.includes(nameKey: pair.key)
  }
  // Few change: those are taken off, instead of asking of each whether it is one of them.
  let changing = Set(drafts.map(\.address.nameKey)).compactMap(world.pair)
  return world.pairs.count(where: counts) - changing.count(where: counts)
}
