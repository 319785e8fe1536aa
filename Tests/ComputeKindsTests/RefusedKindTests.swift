import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import Testing

@Suite struct RefusedKindTests {
  @Test(arguments: ["containerinstance", "aci", "functions", "iotedge", "ContainerInstance"])
  func `what a deployment makes is refused, with the way to go`(type: String) throws {
    let result = bound("name: example\ntype: \(type)\ncpu: 1\n")
    #expect(result.targets.isEmpty)
    let finding = try #require(result.findings.first)
    #expect(result.findings.map(\.rule) == [.madeByDeployment])
    #expect(finding.severity == .error)
    #expect(finding.detail.contains("Remove the document"))
    #expect(finding.location?.start.line == 2)
  }

  /// The document that a message prints.
  private func equivalent(of document: String) throws -> String {
    let result = bound(document)
    #expect(result.targets.isEmpty)
    #expect(result.findings.map(\.rule) == [.retiredType])
    let detail = try #require(result.findings.first?.detail)
    let match = try #require(detail.firstMatch(of: /\n\n((?s:.*))\n\n/))
    return match.1.split(separator: "\n").map { String($0.dropFirst(2)) }.joined(separator: "\n")
  }

  @Test(arguments: [
    ("", "name: example\ntype: amlcompute"),
    (
      "vm_size: Standard_NC6\nvm_priority: lowpriority\nautoscale_enabled: true\n"
        + "cluster_min_nodes: 0\ncluster_max_nodes: 4\n",
      "name: example\ntype: amlcompute\nsize: Standard_NC6\ntier: low_priority\n"
        + "min_instances: 0\nmax_instances: 4"
    ),
    (
      "size: Standard_D2\ntier: dedicated\nmax_instances: 2\n",
      "name: example\ntype: amlcompute\nsize: Standard_D2\ntier: dedicated\nmax_instances: 2"
    ),
    // What is no harmless word is not repeated.
    (
      "vm_size: [a]\ncluster_max_nodes: \"4\\nberth: x\"\npassword: hunter2\n",
      "name: example\ntype: amlcompute"
    ),
  ])
  func `Batch AI becomes a cluster`(lines: String, document: String) throws {
    let printed = try equivalent(of: "name: example\ntype: batchai\n\(lines)")
    #expect(printed == document)
    let result = bound(printed + "\n")
    #expect(result.targets.map(\.kind.name) == ["amlcompute"])
    #expect(!result.findings.contains { $0.severity == .error })
  }

  @Test func `a data science machine becomes a remote one`() throws {
    let id = "\(group)/providers/Microsoft.Compute/virtualMachines/box"
    for (lines, due) in [
      ("vm_size: Standard_D2_v2\n", "/subscriptions/SUB/resourceGroups/GROUP/"),
      ("resource_id: \(id)\nssh_port: 2222\n", "resource_id: \(id)\n"),
      ("resource_id: secret\n", "/subscriptions/SUB/resourceGroups/GROUP/"),
    ] {
      let printed = try equivalent(of: "name: example\ntype: dsvm\n\(lines)")
      #expect(printed.contains(due))
      #expect(!printed.contains("secret\n"))
      #expect(printed.contains("ssh_port: 2222") == lines.contains("2222"))
      let result = bound(printed + "\n")
      #expect(result.targets.map(\.kind.name) == ["virtualmachine"])
      #expect(!result.findings.contains { $0.severity == .error })
    }
  }

  @Test func `any other word is none of these`() {
    for type in KindCatalog.azureML.kinds.map(\.name.text) + ["amlcompte", "kusto", ""] {
      let location = SourceLocation(startOf: "a.yml")
      #expect(refusedKind(type, { _ in nil }, at: location) == nil)
    }
  }
}

@Suite struct SilenceTests {
  private let batch =
    "name: jobs\ntype: batch\nresource_id: \(group)/providers/Microsoft.Batch/batchAccounts/a\n"

  @Test func `a notice is silenced, and nothing else`() {
    #expect(bound(batch).findings.map(\.rule) == [.sdkEnded])
    let result = bound(batch, silence: [.sdkEnded])
    #expect(result.findings == [])
    #expect(result.targets.count == 1)
    #expect(
      bound(batch + "location: westus\n", silence: [.sdkEnded]).findings.map(\.rule) == [
        .regionIgnored
      ])
    #expect(
      bound(batch + "location: westus\n", silence: [.sdkEnded, .regionIgnored]).findings == [])
  }

  @Test func `an error is never silenced`() {
    let result = bound(
      "name: box\ntype: virtualmachine\nssh_settings: {admin_username: u, ssh_private_key_file: k}\n",
      silence: [.resourceOrAddress])
    #expect(result.findings.map(\.rule) == [.resourceOrAddress])
  }

  @Test func `a word that silences nothing is refused`() throws {
    let result = bound(batch, silence: [Rule("sdk-endet")])
    let finding = try #require(result.findings.first { $0.severity == .error })
    #expect(finding.rule == .invalidConfiguration)
    #expect(finding.detail.contains("Did you mean \"sdk-ended\"?"))
  }
}
