import ComputeKinds
import Diagnostics
import TargetModel
import Testing

/// A document, and what is found in it besides notices about its kind.
struct Document: Sendable, CustomTestStringConvertible {
  let name: String
  let kind: String
  let text: String
  let findings: [String]
  let secret: String

  /// - Parameter lines: what stands below `name` and `type`.
  init(
    _ kind: String, _ name: String, _ lines: String, _ findings: String...,
    targetName: String = "example", secret: String = SecretText.unresolved
  ) {
    self.name = name
    self.kind = kind
    text = "name: \(targetName)\ntype: \(kind)\n\(lines)\n"
    self.findings = findings
    self.secret = secret
  }

  var testDescription: String { "\(kind): \(name)" }
}

private func id(_ type: String) -> String { "resource_id: \(group)/providers/\(type)/x\n" }

private let key = "ssh_settings: {admin_username: u, ssh_private_key_file: key}\n"

// MARK: Documents that pass

private func machines(_ kind: String, _ type: String) -> [Document] {
  [
    Document(kind, "by its id, with a key", id(type) + key),
    Document(kind, "by its address", "address: box.example.com\n" + key),
    Document(kind, "by an IP address", "address: 203.0.113.4\n" + key),
    Document(kind, "by a private IP address", "address: 10.0.0.4\n" + key, "private-address"),
    Document(
      kind, "with a password",
      id(type) + "ssh_settings: {admin_username: u, admin_password: \"${env:P}\"}",
      "password-not-key"),
    Document(
      kind, "full",
      id(type)
        + """
        description: d
        tags: {team: a}
        ssh_settings:
          ssh_port: 2222
          admin_username: u
          ssh_private_key_file: key
          ssh_private_key_passphrase: ${env:PASSPHRASE}
        berth: {protect: true, on_remove: retain}
        """),
  ]
}

private let accounts: [Document] = [
  Document("batch", "minimal", id("Microsoft.Batch/batchAccounts")),
  Document(
    "batch", "full",
    id("Microsoft.Batch/batchAccounts") + "description: d\ntags: {team: a}\nlocation: eastus\n"),
  Document("datalakeanalytics", "minimal", id("Microsoft.DataLakeAnalytics/accounts")),
  Document(
    "datalakeanalytics", "full",
    id("Microsoft.DataLakeAnalytics/accounts")
      + "description: d\ntags: {team: a}\ndata_lake_store_account_name: mlstore\n"),
  Document(
    "databricks", "minimal", id("Microsoft.Databricks/workspaces") + "access_token: ${env:TOKEN}\n",
    secret: "dapi0"),
  Document(
    "databricks", "full",
    id("Microsoft.Databricks/workspaces")
      + "access_token: ${file:token}\ndescription: d\ntags: {team: a}\n"),
  Document("datafactory", "created", ""),
  Document(
    "datafactory", "created, full",
    "description: d\ntags: {team: a}\nberth: {on_remove: delete}\n"),
  Document(
    "datafactory", "attached",
    id("Microsoft.DataFactory/factories") + "berth: {on_remove: detach}\n"),
]

private let managed = id("Microsoft.ContainerService/managedClusters")

private let inference: [Document] = [
  Document("aks", "attached", managed),
  Document("aks", "created", ""),
  Document("aks", "created by the older SDK's names", "vm_size: Standard_D4s_v3", "older-name"),
  Document(
    "aks", "created, full",
    """
    description: d
    tags: {team: a}
    location: eastus
    agent_count: 3
    agent_vm_size: Standard_D4s_v3
    cluster_purpose: dense_prod
    load_balancer_type: internal_load_balancer
    load_balancer_subnet: lb
    network_settings:
      vnet_name: vn
      subnet: sn
      service_cidr: 10.0.0.0/16
      dns_service_ip: 10.0.0.10
      docker_bridge_cidr: 172.17.0.1/16
    tls: {leaf_domain_label: contoso, overwrite_existing_domain: true}
    berth: {on_remove: delete}
    """),
  Document("aks", "for tests, on one node", "cluster_purpose: dev_test\nagent_count: 1"),
  Document(
    "aks", "with a certificate",
    "tls: {cname: www.example.com, certificate: \"${file:c}\", key: \"${file:k}\"}"),
  Document(
    "aks", "elsewhere", "location: westus", "other-region"),
]

private let local: [Document] = [
  Document("local", "minimal", "", targetName: "local"),
  Document(
    "local", "full", "description: d\nberth: {depends_on: [amlcompute.cpu]}", targetName: "local"),
]

// MARK: Documents that are refused

private let wrongLocal: [Document] = [
  Document("local", "another name", "", "local-name", targetName: "laptop"),
  Document("local", "a size", "size: Standard_D2_v2", "unknown-key", targetName: "local"),
  Document("local", "a resource", managed, "unknown-key", targetName: "local"),
  Document("local", "tags", "tags: {team: a}", "unknown-key", targetName: "local"),
  Document("local", "a list", "description: [a]", "wrong-type", targetName: "local"),
  Document(
    "local", "a state", "berth: {power_state: stopped}", "wrong-setting", targetName: "local"),
  Document(
    "local", "detaching", "berth: {on_remove: detach}", "wrong-removal", targetName: "local"),
]

private let wrongInference: [Document] = [
  Document("aks", "too few nodes for production", "agent_count: 2", "production-cores"),
  Document(
    "aks", "too small nodes for production", "agent_vm_size: Standard_D2s_v3", "production-cores"),
  Document("aks", "no nodes", "agent_count: 0", "out-of-range"),
  Document("aks", "nodes of an attached cluster", managed + "agent_count: 4", "created-only"),
  Document("aks", "half a network", "network_settings: {vnet_name: vn}", "network-incomplete"),
  Document(
    "aks", "a subnet without ranges", "network_settings: {vnet_name: vn, subnet: sn}",
    "network-incomplete"),
  Document(
    "aks", "no address",
    "network_settings: {vnet_name: vn, subnet: sn, service_cidr: 10.0.0.0/16, "
      + "dns_service_ip: here, docker_bridge_cidr: 172.17.0.1/16}", "network-range"),
  Document("aks", "two forms of TLS", "tls: {leaf_domain_label: a, cname: b}", "tls-form"),
  Document(
    "aks", "a certificate that is none",
    "tls: {cname: www.example.com, certificate: \"${file:c}\", key: \"${file:k}\"}",
    "tls-not-pem", "tls-not-pem", secret: "certs/www.pem"),
  Document(
    "aks", "a subnet of a public balancer", "load_balancer_subnet: a", "load-balancer-subnet"),
  Document("aks", "a purpose that is none", "cluster_purpose: staging", "invalid-value"),
  Document("aks", "what the service tells", "cluster_fqdn: a.example.com", "set-by-service"),
  Document("aks", "detaching what is created", "berth: {on_remove: detach}", "wrong-removal"),
  Document(
    "aks", "deleting what is attached", managed + "berth: {on_remove: delete}", "wrong-removal"),
]

private func wrongMachines(_ kind: String, _ type: String) -> [Document] {
  [
    Document(kind, "nothing to attach", key, "resource-or-address"),
    Document(kind, "two things", id(type) + "address: 10.0.0.4\n" + key, "resource-or-address"),
    Document(
      kind, "an id of something else", id("Microsoft.Batch/batchAccounts") + key,
      "malformed-resource-id"),
    Document(kind, "half an id", "resource_id: /subscriptions/x\n" + key, "malformed-resource-id"),
    Document(
      kind, "no credentials", id(type) + "ssh_settings: {admin_username: u}", "ssh-credentials"),
    Document(
      kind, "no user", id(type) + "ssh_settings: {ssh_private_key_file: key}", "missing-field"),
    Document(
      kind, "password and key",
      id(type)
        + "ssh_settings: {admin_username: u, ssh_private_key_file: key, admin_password: \"${env:P}\"}",
      "ssh-credentials"),
    Document(
      kind, "a passphrase of nothing",
      id(type)
        + "ssh_settings: {admin_username: u, admin_password: \"${env:P}\", ssh_private_key_passphrase: \"${env:P}\"}",
      "password-not-key", "ssh-credentials"),
    Document(
      kind, "a port that is none",
      id(type) + "ssh_settings: {admin_username: u, ssh_private_key_file: key, ssh_port: 70000}",
      "out-of-range"),
    Document(kind, "a URL", "address: https://box.example.com/\n" + key, "invalid-value"),
    Document(kind, "a size", id(type) + key + "size: Standard_D2_v2", "unknown-key"),
    Document(kind, "deleting", id(type) + key + "berth: {on_remove: delete}", "wrong-removal"),
  ]
}

private func wrongAccounts(_ kind: String, _ type: String, _ rest: String) -> [Document] {
  [
    Document(
      kind, "an id of something else", id("Microsoft.Compute/virtualMachines") + rest,
      "malformed-resource-id"),
    Document(
      kind, "a name for an id", "resource_id: my-account\n" + rest, "malformed-resource-id"),
    Document(kind, "a size", id(type) + rest + "size: Standard_D2_v2", "unknown-key"),
    Document(kind, "tags in a list", id(type) + rest + "tags: [a]", "wrong-type"),
    Document(kind, "deleting", id(type) + rest + "berth: {on_remove: delete}", "wrong-removal"),
    Document(
      kind, "a state", id(type) + rest + "berth: {power_state: stopped}", "wrong-setting"),
    Document(kind, "a name in use", id(type) + rest, "reserved-name", targetName: "local"),
  ]
}

private let wrongSingles: [Document] = [
  Document("batch", "nothing to attach", "", "missing-field"),
  Document("datalakeanalytics", "nothing to attach", "", "missing-field"),
  Document(
    "datalakeanalytics", "a store by its host",
    id("Microsoft.DataLakeAnalytics/accounts")
      + "data_lake_store_account_name: mlstore.azuredatalakestore.net", "invalid-value"),
  Document("databricks", "nothing to attach", "access_token: \"${env:T}\"", "missing-field"),
  Document("databricks", "no token", id("Microsoft.Databricks/workspaces"), "missing-field"),
  Document(
    "databricks", "a token and more",
    id("Microsoft.Databricks/workspaces") + "access_token: \"${file:t}\"", "access-token",
    secret: "token: dapi0"),
  Document(
    "databricks", "what the service tells",
    id("Microsoft.Databricks/workspaces")
      + "access_token: \"${env:T}\"\nworkspace_url: adb.azuredatabricks.net", "set-by-service"),
  Document(
    "datafactory", "detaching what is created", "berth: {on_remove: detach}", "wrong-removal"),
]

/// Documents of the kinds, those that pass and those that must be refused.
@Suite struct DocumentTests {
  static let passing = [
    machines("virtualmachine", "Microsoft.Compute/virtualMachines"),
    machines("hdinsight", "Microsoft.HDInsight/clusters"),
    accounts, inference, local,
  ].flatMap(\.self)

  static let refused = [
    wrongMachines("virtualmachine", "Microsoft.Compute/virtualMachines"),
    wrongMachines("hdinsight", "Microsoft.HDInsight/clusters"),
    wrongAccounts("batch", "Microsoft.Batch/batchAccounts", ""),
    wrongAccounts("datalakeanalytics", "Microsoft.DataLakeAnalytics/accounts", ""),
    wrongAccounts(
      "databricks", "Microsoft.Databricks/workspaces", "access_token: \"${env:T}\"\n"),
    wrongAccounts("datafactory", "Microsoft.DataFactory/factories", ""),
    wrongSingles, wrongInference, wrongLocal,
  ].flatMap(\.self)

  private func findings(_ document: Document) -> (targets: Int, findings: [Diagnostic]) {
    let result = bound(document.text, contents: document.secret)
    return (result.targets.count, result.findings.filter { !notices.contains($0.rule) })
  }

  @Test(arguments: passing)
  func `a document passes`(document: Document) {
    let (count, findings) = findings(document)
    #expect(count == (document.kind == "local" ? 0 : 1))
    #expect(findings.map(\.rule.id).sorted() == document.findings, "\(findings)")
  }

  @Test(arguments: refused)
  func `a document is refused, and the finding says why`(document: Document) {
    let (count, findings) = findings(document)
    #expect(count == 0)
    #expect(findings.map(\.rule.id).sorted() == document.findings, "\(findings)")
    #expect(findings.contains { $0.severity == .error })
  }

  @Test func `nothing waits for the local computer, which must be declared`() {
    let cluster = "name: cpu\ntype: amlcompute\nberth: {depends_on: [Local.LOCAL]}\n"
    let alone = bound(cluster).targets
    #expect(alone.map(\.settings.dependsOn.count) == [1])
    let together = bound(cluster + "---\nname: local\ntype: local\n")
    #expect(together.findings == [])
    #expect(together.targets.map(\.settings.dependsOn) == [[]])
  }

  @Test func `each kind has at least five that are refused and two that pass`() {
    for kind in Set(Self.passing.map(\.kind)).union(Self.refused.map(\.kind)).sorted() {
      #expect(Self.refused.count { $0.kind == kind } >= 5, "\(kind)")
      #expect(Self.passing.count { $0.kind == kind } >= 2, "\(kind)")
    }
  }
}
