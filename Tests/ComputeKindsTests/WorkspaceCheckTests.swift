import ComputeKinds
import Diagnostics
import TargetModel
import Testing

@Suite struct WorkspaceCheckTests {
  func rules(_ target: ComputeTarget) -> [String] {
    var findings = DiagnosticList()
    checkAgainstWorkspace(target, workspace, reporting: &findings)
    #expect(!findings.hasErrors)
    return findings.findings.map(\.rule.id)
  }

  @Test func `a resource of the workspace's own subscription is fine`() {
    #expect(rules(target(.virtualMachine, ["resource_id": .machineID])) == [])
  }

  @Test func `a resource of another subscription earns a warning`() {
    let id =
      "/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/g/providers"
      + "/Microsoft.Compute/virtualMachines/vm"
    #expect(rules(target(.virtualMachine, ["resource_id": .text(id)])) == ["other-subscription"])
  }

  @Test func `a region is compared as one`() {
    #expect(rules(target(.amlCompute, ["location": "East US"])) == [])
    #expect(rules(target(.amlCompute, ["location": "westus"])) == ["other-region"])
    #expect(rules(target(.computeInstance, ["location": "eastus"])) == [])
    #expect(rules(target(.computeInstance, ["location": "westus"])) == ["region-ignored"])
  }
}
