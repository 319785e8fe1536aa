import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// What people read of guards of which no golden tells: secrets are read before Berth plans, and two
/// workspaces take two stacks (`ManyStacksTests`).
///
/// The others have their goldens in `CommandsTests`.
struct GuardTextTests {
  @Test func `secrets-first names the field and never the reference`() throws {
    var target = desired("link", "l", ["resource_id": .resource("r1"), "tls": "on"], line: 7)
    target["password"] = "${env:PASSWORD}"
    let result = plan([target], [observed("link", "l", ["resource_id": .resource("r1")])])
    #expect(
      try text(result, "secrets-first") == """
        error: Secret is not resolved [secrets-first]
        compute.yml:7:1, link.l
        link.l needs 'password', and its value was not read. Without it the target could be taken \
        away and not made again. Make the reference readable here and plan again.
        """)
  }

  @Test func `cross-workspace names the workspace and leaves the decision to people`() throws {
    let lab = WorkspaceIdentity(
      subscriptionID: testWorkspace.subscriptionID, resourceGroup: "lab-rg", name: "lab",
      location: "westeurope")
    let result = makePlan(
      PlanningRequest(
        stack: testStack,
        desired: [desired("link", "k8s", ["resource_id": .cluster("aks")], line: 3)],
        observed: Snapshot(workspace: testWorkspace, targets: []), catalog: .invented,
        elsewhere: [
          Snapshot(
            workspace: lab,
            targets: [observed("link", "k8s-lab", ["resource_id": .cluster("AKS")])])
        ]))
    #expect(
      try text(result, "cross-workspace") == """
        warning: Cluster is held in another workspace [cross-workspace]
        compute.yml:3:1, link.k8s
        The same cluster is attached as link.k8s-lab in the workspace 'lab' (resource group \
        'lab-rg'). Whether an attachment here leaves that one working is not promised anywhere. If \
        both are wanted, give each a cluster or a namespace of its own.
        """)
    #expect(!result.isRefused)
  }

  private func text(_ result: PlanningResult, _ rule: String) throws -> String {
    let finding = try #require(result.finding(rule))
    let place = try #require(finding.location)
    return """
      \(finding.severity.rawValue): \(finding.summary) [\(finding.rule)]
      \(place.file):\(place.start.line):\(place.start.column), \(finding.address ?? "-")
      \(finding.detail)
      """
  }
}
