import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// A plan with the invented kinds.
func planned(
  _ desired: [ComputeTarget], _ observed: [ObservedTarget], mode: PlanMode = .apply
) -> Plan {
  makePlan(
    PlanningRequest(
      stack: testStack, desired: desired,
      observed: Snapshot(workspace: testWorkspace, targets: observed), mode: mode,
      catalog: .invented)
  ).plan
}

/// A plan made by hand.
func plan(_ changes: [Change], steps: [Step] = [], mode: PlanMode = .apply) -> Plan {
  Plan(stack: testStack, workspace: testWorkspace, mode: mode, changes: changes, steps: steps)
}

/// A change of `pool.a` made by hand.
func change(_ action: Action, _ attributes: [AttributeChange] = []) -> Change {
  Change(
    address: TargetAddress(kind: "pool", name: "a"), action: action,
    reason: Reason(Rule("test"), "a test wants it"), attributes: attributes, before: [:])
}

func address(_ text: String) throws -> TargetAddress { try #require(TargetAddress(text)) }

/// A world in which a bit of everything is due.
enum Everyday {
  static let secrets = ["password": "aaaa-hunter2"]

  static let plan = planned(
    [
      desired("pool", "gpu", ["count": 8], line: 12),
      desired("pool", "cpu", ["size": "big", "count": 2], line: 20),
      desired(
        "link", "k8s", ["resource_id": .resource("aks"), "tls": "on"], secrets: secrets, line: 31),
      desired("pool", "fresh", ["tags": ["team": "ml"]], line: 40),
      desired("link", "more", ["resource_id": .resource("vm")], secrets: secrets, line: 50),
    ],
    [
      converged(desired("pool", "gpu", ["count": 4])),
      converged(desired("pool", "cpu", ["size": "small", "count": 2])),
      converged(
        desired(
          "link", "k8s", ["resource_id": .resource("aks"), "tls": "on"],
          secrets: ["password": "aaaa-earlier"])),
      converged(desired("box", "old-box")),
      converged(desired("link", "gone", ["resource_id": .resource("gone")])),
    ])
}

extension PlanFile {
  /// A plan as it is saved.
  static func of(_ plan: Plan) -> PlanFile {
    PlanFile(
      plan: plan, berthVersion: "0.4.0", timestamp: "2026-01-05T09:00:00Z", isErrored: false,
      commit: "c0ffee", manifestsSHA256: String(repeating: "0", count: 64))
  }

  static let everyday = of(Everyday.plan)
}
