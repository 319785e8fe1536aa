import ComputeKinds
import FoundationEssentials
import TargetModel
import TestSupport
import Testing

/// Request bodies that Microsoft's own clients sent, compared with ours.
///
/// The recordings lie beside the package and not in it; without them the tests say so and pass.
private func recordings(_ file: String) throws -> [AttributeValue]? {
  let path = "../shared/azure/spec/derived/\(file)"
  guard let text = packageText(path) else {
    print("Skipped: there are no recordings at \(path).")
    return nil
  }
  return try text.split(separator: "\n").map { try AttributeValue(json: String($0)) }
}

/// A difference between our body and a recorded one, and why it means nothing.
private struct AllowedDifference {
  let source: String
  let path: String
  let ours: AttributeValue?
  let recorded: AttributeValue?
  let reason: String

  init(
    _ path: String, in source: String = "", ours: AttributeValue? = nil,
    recorded: AttributeValue? = nil, because reason: String
  ) {
    self.source = source
    self.path = path
    self.ours = ours
    self.recorded = recorded
    self.reason = reason
  }

  func covers(_ difference: Difference, in source: String) -> Bool {
    source.hasPrefix(self.source) && path == difference.path && ours == difference.ours
      && recorded == difference.recorded
  }
}

private struct Difference: CustomStringConvertible {
  let path: String
  let ours: AttributeValue?
  let recorded: AttributeValue?

  var description: String {
    "\(path): ours \(ours?.canonicalJSON ?? "-"), recorded \(recorded?.canonicalJSON ?? "-")"
  }
}

/// The leaves of a value by path.
///
/// Null is the same as absence; durations count in seconds.
private func leaves(_ value: AttributeValue, at path: String = "") -> [String: AttributeValue] {
  switch value {
  case .null: return [:]
  case .map(let entries) where !entries.isEmpty:
    return entries.reduce(into: [:]) { result, entry in
      result.merge(leaves(entry.value, at: "\(path)/\(entry.key)")) { first, _ in first }
    }
  case .list(let elements) where !elements.isEmpty:
    return elements.enumerated().reduce(into: [:]) { result, element in
      result.merge(leaves(element.element, at: "\(path)/\(element.offset)")) { first, _ in first }
    }
  case .text(let text):
    return [path: ISODuration.seconds(in: text).map(AttributeValue.integer) ?? value]
  case .map, .list, .bool, .integer, .number, .secret: return [path: value]
  }
}

/// What differs; the service compares words and ids without regard to case.
private func differences(_ ours: AttributeValue, _ recorded: AttributeValue) -> [Difference] {
  let (ours, recorded) = (leaves(ours), leaves(recorded))
  return Set(ours.keys).union(recorded.keys).sorted().compactMap { path in
    let (mine, theirs) = (ours[path], recorded[path])
    if mine == theirs { return nil }
    if let mine = mine?.text, let theirs = theirs?.text, mine.lowercased() == theirs.lowercased() {
      return nil
    }
    return Difference(path: path, ours: mine, recorded: theirs)
  }
}

private func synapse(_ more: [AttributePath: AttributeValue] = [:]) -> ComputeTarget {
  let id = "\(group)/providers/Microsoft.Synapse/workspaces/my-synapse/bigDataPools/mypool"
  return target(.synapseSpark, more.merging(["resource_id": .text(id)]) { first, _ in first })
}

private func cluster(_ more: [AttributePath: AttributeValue] = [:]) -> ComputeTarget {
  target(
    .amlCompute,
    more.merging([
      "size": "STANDARD_DS3_v2", "min_instances": 0, "max_instances": 2,
      "idle_time_before_scale_down": 120,
    ]) { first, _ in first })
}

private let identities: AttributeValue = [
  [
    "resource_id": .text(
      "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/my-uai")
  ]
]

/// `az ml` and its Python SDK v2, by the file they were given.
private let version2: [(source: String, target: ComputeTarget)] = [
  ("attached-spark-system-identity.yml", synapse(["identity.type": "system_assigned"])),
  (
    "attached-spark-user-identity.yml",
    synapse([
      "identity.type": "user_assigned", "identity.user_assigned_identities": identities,
    ])
  ),
  ("attached-spark.yml", synapse()),
  ("cluster-basic.yml", cluster()),
  ("cluster-location.yml", cluster(["location": "westus"])),
  ("cluster-low-priority.yml", cluster(["tier": "low_priority"])),
  ("cluster-minimal.yml", target(.amlCompute, [:])),
  (
    "cluster-ssh-password.yml",
    cluster([
      "ssh_settings.admin_username": "example-user",
      "ssh_settings.admin_password": secret("example-password"),
    ])
  ),
  ("cluster-system-identity.yml", cluster(["identity.type": "system_assigned"])),
  (
    "cluster-user-identity.yml",
    cluster([
      "identity.type": "user_assigned", "identity.user_assigned_identities": identities,
    ])
  ),
  ("instance-basic.yml", target(.computeInstance, ["size": "STANDARD_DS3_v2"])),
  ("instance-minimal.yml", target(.computeInstance, [:])),
  (
    "instance-schedule.yml",
    target(
      .computeInstance,
      [
        "size": "STANDARD_DS3_v2",
        "schedules.compute_start_stop": [
          [
            "action": "stop",
            "trigger": [
              "type": "cron", "start_time": "2021-03-10T21:21:07",
              "time_zone": "Pacific Standard Time", "expression": "0 18 * * *",
            ],
          ]
        ],
      ])
  ),
  (
    "vm-attach.yml",
    target(
      .virtualMachine,
      [
        "resource_id": .text("\(group)/providers/Microsoft.Compute/virtualMachines/my-vm"),
        "ssh_settings.admin_username": "azureuser",
        "ssh_settings.admin_password": secret("example-password"),
      ])
  ),
]

private let allowedInVersion2: [AllowedDifference] = [
  AllowedDifference(
    "/tags", ours: [:], because: "tags are always sent, since Berth's marks are among them"),
  AllowedDifference(
    "/identity/type", ours: "None",
    because: "said even where it is the default, so that an identity can be taken away"),
  AllowedDifference(
    "/properties/properties/vmPriority", in: "cluster", ours: "Dedicated",
    because: "the service's default, said"),
  AllowedDifference(
    "/properties/properties/sshSettings/sshPublicAccess", in: "instance", ours: "Disabled",
    because: "the service's default, said"),
  AllowedDifference(
    "/properties/properties/schedules/computeStartStop/0/cron/triggerType",
    in: "instance-schedule", recorded: "Cron",
    because: "the client repeats what stands beside it; the service's description has no such key"),
]

/// The Python SDK v1, by the call that was made.
private let version1: [(source: String, target: ComputeTarget)] = [
  (
    "AksCompute create: TLS with own certificate",
    target(
      .aks,
      [
        "tls.cname": "www.contoso.com", "tls.certificate": secret("-----BEGIN CERTIFICATE-----\n"),
        "tls.key": secret("-----BEGIN KEY-----\n"),
      ])
  ),
  ("AksCompute create: defaults", target(.aks, [:])),
  (
    "AksCompute create: dev-test, 1 node, internal LB, vnet",
    target(
      .aks,
      [
        "location": "westus2", "agent_count": 1, "agent_vm_size": "Standard_D3_v2",
        "cluster_purpose": "dev_test", "load_balancer_type": "internal_load_balancer",
        "load_balancer_subnet": "lb-subnet",
        "network_settings.subnet": .text(
          "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net-rg/providers"
            + "/Microsoft.Network/virtualNetworks/vn/subnets/sn"),
        "network_settings.service_cidr": "10.0.0.0/16",
        "network_settings.dns_service_ip": "10.0.0.10",
        "network_settings.docker_bridge_cidr": "172.17.0.1/16",
      ])
  ),
  (
    "AksCompute attach: defaults",
    target(
      .aks,
      ["resource_id": .text("\(group)/providers/Microsoft.ContainerService/managedClusters/my-aks")]
    )
  ),
  (
    "AmlCompute create: vm_size,max_nodes",
    target(
      .amlCompute,
      ["size": "STANDARD_D2_V2", "max_instances": 4, "idle_time_before_scale_down": 1_800])
  ),
  (
    "AmlCompute create: low priority",
    target(
      .amlCompute,
      [
        "size": "STANDARD_D2_V2", "max_instances": 4, "idle_time_before_scale_down": 1_800,
        "tier": "lowpriority",
      ])
  ),
  (
    "ComputeInstance create",
    target(
      .computeInstance,
      [
        "size": "STANDARD_D3_V2", "description": "d", "tags": ["a": "b"],
        "network_settings.subnet": .text(
          "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net-rg/providers"
            + "/Microsoft.Network/virtualNetworks/vn/subnets/sn"),
        "ssh_public_access_enabled": true, "ssh_settings.ssh_key_value": "ssh-rsa AAA",
        "create_on_behalf_of.user_object_id": "o", "create_on_behalf_of.user_tenant_id": "t",
      ])
  ),
  (
    "RemoteCompute attach: resource id + password",
    target(
      .virtualMachine,
      [
        "resource_id": .text("\(group)/providers/Microsoft.Compute/virtualMachines/my-vm"),
        "ssh_settings.admin_username": "azureuser",
        "ssh_settings.admin_password": secret("example-password"),
      ])
  ),
  (
    "HDInsightCompute attach: resource id + password",
    target(
      .hdInsight,
      [
        "resource_id": .text("\(group)/providers/Microsoft.HDInsight/clusters/my-hdi"),
        "ssh_settings.admin_username": "sshuser",
        "ssh_settings.admin_password": secret("example-password"),
      ])
  ),
  (
    "BatchCompute attach",
    target(
      .batch,
      ["resource_id": .text("\(group)/providers/Microsoft.Batch/batchAccounts/mybatch")])
  ),
  (
    "AdlaCompute attach",
    target(
      .dataLakeAnalytics,
      ["resource_id": .text("\(group)/providers/Microsoft.DataLakeAnalytics/accounts/myadla")])
  ),
  ("DataFactoryCompute create", target(.dataFactory, [:])),
  (
    "DataFactoryCompute attach",
    target(
      .dataFactory,
      ["resource_id": .text("\(group)/providers/Microsoft.DataFactory/factories/my-adf")])
  ),
  (
    "KubernetesCompute attach",
    target(
      .kubernetes,
      [
        "resource_id": .text("\(group)/providers/Microsoft.Kubernetes/connectedClusters/my-arc"),
        "description": "", "namespace": "team-a", "identity.type": "system_assigned",
      ])
  ),
]

private let uncovered: Set<String> = [
  // Retired: refused with the equivalent document.
  "DsvmCompute create"
]

private let allowedInVersion1: [AllowedDifference] =
  [
    AllowedDifference(
      "/tags", ours: [:], because: "tags are always sent, since Berth's marks are among them"),
    AllowedDifference(
      "/identity/type", ours: "None",
      because: "said even where it is the default, so that an identity can be taken away"),
    AllowedDifference(
      "/properties/properties/clusterPurpose", in: "AksCompute", ours: "FastProd",
      because: "the service's default, said"),
    AllowedDifference(
      "/properties/properties/loadBalancerType", in: "AksCompute create", ours: "PublicIp",
      because: "the service's default, said"),
    AllowedDifference(
      "/properties/properties/sslConfiguration/status", in: "AksCompute", ours: "Disabled",
      because: "said even where TLS is off, so that it can be switched off in place"),
    AllowedDifference(
      "/properties/disableLocalAuth", in: "AmlCompute", ours: true,
      because: "the older client does not know it; the newer one sends the same"),
    AllowedDifference(
      "/properties/properties/osType", in: "AmlCompute", ours: "Linux",
      because: "the older client does not send the default; the newer one does"),
    AllowedDifference(
      "/properties/properties/enableNodePublicIp", in: "AmlCompute", ours: true,
      because: "the older client does not send the default; the newer one does"),
  ] + instanceAdditions + [
    AllowedDifference(
      "/properties/namespace", in: "KubernetesCompute", recorded: "team-a",
      because: "the client repeats it where the service's description has no such key"),
    AllowedDifference(
      "/properties/identityType", in: "KubernetesCompute", recorded: "SystemAssigned",
      because: "the client repeats it where the service's description has no such key"),
  ]

private let instanceAdditions: [AllowedDifference] = [
  ("disableLocalAuth", false), ("properties/enableNodePublicIp", true),
  ("properties/enableSSO", true), ("properties/enableRootAccess", true),
  ("properties/releaseQuotaOnStop", false), ("properties/enableOSPatching", false),
  ("properties/applicationSharingPolicy", "Shared"),
  ("properties/computeInstanceAuthorizationType", "personal"),
].map { (path: String, value: AttributeValue) in
  AllowedDifference(
    "/properties/\(path)", in: "ComputeInstance", ours: value,
    because: "the newer client sends it always")
}

/// `docs/wire-differences.md`.
private func differencesPage(_ parts: [(client: String, allowed: [AllowedDifference])]) -> String {
  func shown(_ value: AttributeValue?) -> String { value.map { "`\($0.canonicalJSON)`" } ?? "-" }
  var lines = [
    "<!-- Written from the comparison with the recordings by the tests. Do not edit. -->",
    "# What Berth sends otherwise than Microsoft's clients",
    "",
    "The bodies that Berth sends are compared with those that Microsoft's own clients sent for the",
    "same target. They are equal but for what is listed here. A key with `null` counts as none, and",
    "a duration by its length, however it is written.",
  ]
  for (client, allowed) in parts {
    lines += [
      "", "## \(client)", "", "| Request | Where | Berth sends | The client sends | Why |",
      "|---|---|---|---|---|",
    ]
    lines += allowed.map {
      let source = $0.source.isEmpty ? "all" : $0.source
      let values = "\(shown($0.ours)) | \(shown($0.recorded))"
      return "| \(source) | `\($0.path)` | \(values) | \($0.reason) |"
    }
  }
  return lines.joined(separator: "\n") + "\n"
}

@Suite struct RecordedRequestTests {
  private func compare(
    _ cases: [(source: String, target: ComputeTarget)], with file: String,
    allowing allowed: [AllowedDifference]
  ) throws {
    guard let recorded = try recordings(file) else { return }
    let bodies = Dictionary(
      recorded.compactMap { line in line["source"]?.text.map { ($0, line["body"] ?? .null) } },
      uniquingKeysWith: { first, _ in first })
    let mapping = WireMapping(catalog: .azureML)
    var isUsed = Array(repeating: false, count: allowed.count)
    for (source, target) in cases {
      let body = try #require(bodies[source], "\(source) is not among the recordings")
      let ours = mapping.body(for: target, marks: OwnershipMarks(), in: workspace)
      for difference in differences(ours, body) {
        let index = allowed.firstIndex { $0.covers(difference, in: source) }
        if let index { isUsed[index] = true }
        #expect(index != nil, "\(source): \(difference)")
      }
    }
    for (index, entry) in allowed.enumerated() {
      #expect(isUsed[index], "no recording differs at \(entry.path) any more: \(entry.reason)")
    }
  }

  @Test func `bodies are those of az ml`() throws {
    try compare(version2, with: "sdk-v2-requests.jsonl", allowing: allowedInVersion2)
  }

  @Test func `bodies are those of the older client`() throws {
    try compare(version1, with: "sdk-v1-requests.jsonl", allowing: allowedInVersion1)
  }

  /// Run with `BERTH_RECORD=1` to write the page anew; such a run fails.
  @Test func `the page of differences lists what is allowed and nothing else`() throws {
    let page = differencesPage([
      ("`az ml`, and the SDK v2", allowedInVersion2), ("The Python SDK v1", allowedInVersion1),
    ])
    let difference = Golden.difference(
      page, "\(packageFolder)/docs/wire-differences.md",
      isRecording: ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1")
    if let difference { Issue.record("\(difference)") }
  }

  /// Every recording of the older client is among the cases, but for what is refused.
  @Test func `no recorded call is forgotten`() throws {
    guard let recorded = try recordings("sdk-v1-requests.jsonl") else { return }
    let calls = Set(recorded.compactMap { $0["source"]?.text })
    #expect(calls.subtracting(version1.map(\.source)) == uncovered)
  }

  /// Every example file of Microsoft's is among the cases.
  @Test func `no recorded file is forgotten`() throws {
    guard let recorded = try recordings("sdk-v2-requests.jsonl") else { return }
    let files = recorded.compactMap { $0["source"]?.text }.filter { $0.hasSuffix(".yml") }
    #expect(Set(files) == Set(version2.map(\.source)))
  }
}
