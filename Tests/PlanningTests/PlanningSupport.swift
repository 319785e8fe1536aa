import Diagnostics
import Planning
import TargetModel
import TestSupport

/// Plans with the invented kinds, unless there are others.
func plan(
  _ desired: [ComputeTarget], _ observed: [ObservedTarget], mode: PlanMode = .apply,
  in catalog: KindCatalog = .invented
) -> PlanningResult {
  makePlan(
    PlanningRequest(
      stack: testStack, desired: desired,
      observed: Snapshot(workspace: testWorkspace, targets: observed), mode: mode,
      catalog: catalog))
}

extension PlanningResult {
  /// The rules of its findings, each with the address concerned, sorted.
  var told: [String] {
    findings.findings.map { "\($0.rule) \($0.address ?? "-")" }.sorted()
  }

  /// The rules that said no, likewise.
  var refusals: [String] {
    findings.findings.filter { $0.findingClass == .refusal }
      .map { "\($0.rule) \($0.address ?? "-")" }.sorted()
  }

  var listing: String { plan.listing }

  /// The one finding of a rule.
  func finding(_ rule: String) -> Diagnostic? {
    findings.findings.first { $0.rule.id == rule }
  }
}

extension OwnershipMarks {
  static let nobodys = OwnershipMarks()
  static let anothers = OwnershipMarks(stack: "other")
}

/// A target that keeps the stack from being empty.
let anchor = desired("pool", "zz-anchor")
