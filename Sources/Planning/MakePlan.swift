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
  public var mode: PlanMode
  public var catalog: KindCatalog

  public init(
    stack: String, desired: [ComputeTarget], observed: Snapshot, mode: PlanMode = .apply,
    catalog: KindCatalog
  ) {
    self.stack = stack
    self.desired = desired
    self.observed = observed
    self.mode = mode
    self.catalog = catalog
  }
}

/// A plan, and what the guards found.
public struct PlanningResult: Sendable {
  public var plan: Plan
  /// Warnings, and refusals: with an error among them the plan must not be applied.
  public var findings: DiagnosticList

  /// True if a guard said no.
  public var isRefused: Bool { findings.hasErrors }
}

/// Compares what is desired with what was observed and says what would be done, in which order.
///
/// Pure: the same request gives the same result, to the byte, whatever the order of its targets. A
/// plan that a guard refuses is complete nevertheless, so that people see what was refused.
public func makePlan(_ request: PlanningRequest) -> PlanningResult {
  var findings = DiagnosticList()
  let world = PlanningWorld(request)
  var drafts = changeDrafts(in: world, reporting: &findings)
  drafts.sort { ($0.address, $0.acts.count) < ($1.address, $1.acts.count) }

  for guardRule in guards { guardRule(drafts, world, &findings) }

  var plan = Plan(
    stack: request.stack, workspace: request.observed.workspace, mode: request.mode)
  plan.drift = driftedTargets(in: world)
  plan.unchangedCount = world.pairs.count { $0.desired != nil } - drafts.count { $0.desired != nil }
  if request.mode != .refreshOnly {
    let ordered = order(drafts, in: world, reporting: &findings)
    plan.changes = ordered.changes
    plan.steps = ordered.steps
  } else {
    plan.unchangedCount = world.pairs.count { $0.desired != nil } - plan.drift.count
  }
  return PlanningResult(plan: plan, findings: findings)
}

/// The guards, each in a file of its own. They read the finished drafts and add findings.
private let guards: [@Sendable ([ChangeDraft], PlanningWorld, inout DiagnosticList) -> Void] = [
  checkAttachOnce, checkForeignOwner, checkProtected, checkLosesData, checkEmptyDesired,
  checkSecretsFirst,
]
