import ComputeKinds
import TargetModel
import TestSupport
import Testing

private let mapping = WireMapping(catalog: .azureML)

/// The target that the service would show after a body was written.
private func observed(
  _ body: AttributeValue, adding additions: [(AttributePath, AttributeValue)] = []
) throws -> ObservedTarget {
  var answer = body
  answer["name"] = "example"
  answer["properties.provisioningState" as AttributePath] = "Succeeded"
  for (path, value) in additions { answer[path] = value }
  return try #require(mapping.target(in: answer))
}

/// What of a target is not told by the service: fields whose normalised values differ.
private func unlike(_ target: ComputeTarget, _ live: ObservedTarget) -> [AttributePath] {
  target.kind.fields.enumerated().compactMap { slot, field in
    guard field.setBy == .user, field.wire != nil, !field.isSecret else { return nil }
    guard let wanted = target.attributes[slot] ?? field.defaultValue else { return nil }
    let shown = live.attributes[slot] ?? field.defaultValue ?? .null
    return field.normalised(wanted) == field.normalised(shown) ? nil : field.path
  }
}

private let identityID = "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/uai"

/// A target of each kind with every field set; several where forms exclude each other.
private let fullTargets: [ComputeTarget] = [
  target(
    .amlCompute,
    [
      "description": "d", "tags": ["team": "a"], "location": "West US", "size": "Standard_NC6",
      "tier": "LOW_PRIORITY", "min_instances": 1, "max_instances": 9,
      "idle_time_before_scale_down": 3_600, "ssh_public_access_enabled": true,
      "ssh_settings.admin_username": "u", "ssh_settings.admin_password": secret("p"),
      "ssh_settings.ssh_key_value": "ssh-rsa A",
      "network_settings.subnet": .text(
        "\(group)/providers/Microsoft.Network/virtualNetworks/vn/subnets/sn"),
      "enable_node_public_ip": false, "identity.type": "user_assigned",
      "identity.user_assigned_identities": [
        ["resource_id": .text(identityID)], ["resource_id": "/b"],
        ["resource_id": .text(identityID.uppercased())],
      ],
    ]),
  target(
    .computeInstance,
    [
      "description": "d", "tags": ["team": "a"], "size": "Standard_D2",
      "ssh_public_access_enabled": true, "ssh_settings.ssh_key_value": "ssh-rsa A",
      "create_on_behalf_of.user_object_id": "00000000-0000-0000-0000-000000000001",
      "create_on_behalf_of.user_tenant_id": "00000000-0000-0000-0000-000000000002",
      "idle_time_before_shutdown_minutes": 90,
      "schedules.compute_start_stop": [
        [
          "action": "start",
          "trigger": [
            "type": "recurrence", "frequency": "week", "interval": 1, "time_zone": "UTC",
            "schedule": [
              "hours": [8, 7], "minutes": [30], "week_days": ["Monday", "friday"],
            ],
          ],
        ],
        [
          "action": "stop", "state": "disabled",
          "trigger": [
            "type": "cron", "expression": "0 18 * * *", "start_time": "2026-01-05T08:00:00",
            "time_zone": "Pacific Standard Time",
          ],
        ],
      ],
      "setup_scripts.creation_script": ["path": "setup.sh", "command": "a b"],
      "setup_scripts.startup_script": ["path": "start.sh", "timeout_minutes": 20],
      "custom_applications": [
        [
          "name": "rstudio", "image": ["reference": "ghcr.io/rstudio:latest"],
          "endpoints": [["target": 8_787, "published": 8_788]],
          "environment_variables": ["KEY": "value"],
          "bind_mounts": [["source": "/home/azureuser", "target": "/home/rstudio"]],
        ],
        ["name": "plain", "image": ["reference": "nginx"]],
      ],
      "enable_sso": false, "enable_root_access": false, "release_quota_on_stop": true,
      "enable_os_patching": true,
      "network_settings.subnet": .text(
        "\(group)/providers/Microsoft.Network/virtualNetworks/vn/subnets/sn"),
      "enable_node_public_ip": false, "identity.type": "system_assigned",
    ]),
  target(
    .kubernetes,
    [
      "resource_id": .text("\(group)/providers/Microsoft.ContainerService/managedClusters/k"),
      "description": "d", "tags": ["team": "a"], "namespace": "team-a",
      "properties.defaultInstanceType": "gpu",
      "properties.instanceTypes": [
        "gpu": [
          "nodeSelector": ["accelerator": "a100"],
          "resources": ["requests": ["cpu": "1"], "limits": ["nvidia.com/gpu": "1"]],
        ]
      ],
      "properties.vcName": "vc", "properties.extensionPrincipalId": "p",
      "properties.extensionInstanceReleaseTrain": "stable",
      "properties.relayConnectionString": secret("r"),
      "properties.serviceBusConnectionString": secret("s"), "identity.type": "system_assigned",
    ]),
  target(
    .virtualMachine,
    [
      "resource_id": .text("\(group)/providers/Microsoft.Compute/virtualMachines/vm"),
      "description": "d", "tags": ["team": "a"], "ssh_settings.ssh_port": 2_222,
      "ssh_settings.admin_username": "u", "ssh_settings.ssh_private_key_file": secret("k"),
      "ssh_settings.ssh_private_key_passphrase": secret("p"),
    ]),
  target(
    .virtualMachine,
    [
      "address": "VM.example.com", "ssh_settings.admin_username": "u",
      "ssh_settings.admin_password": secret("p"),
    ]),
  target(
    .hdInsight,
    [
      "resource_id": .text("\(group)/providers/Microsoft.HDInsight/clusters/hdi"),
      "description": "d", "tags": ["team": "a"], "ssh_settings.ssh_port": 2_222,
      "ssh_settings.admin_username": "u", "ssh_settings.ssh_private_key_file": secret("k"),
      "ssh_settings.ssh_private_key_passphrase": secret("p"),
    ]),
  target(
    .hdInsight,
    [
      "address": "hdi-ssh.azurehdinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.admin_password": secret("p"),
    ]),
  target(
    .databricks,
    [
      "resource_id": .text("\(group)/providers/Microsoft.Databricks/workspaces/w"),
      "description": "d", "tags": ["team": "a"], "access_token": secret("dapi0"),
    ]),
  target(
    .dataLakeAnalytics,
    [
      "resource_id": .text("\(group)/providers/Microsoft.DataLakeAnalytics/accounts/a"),
      "description": "d", "tags": ["team": "a"], "data_lake_store_account_name": "store",
    ]),
  target(
    .batch,
    [
      "resource_id": .text("\(group)/providers/Microsoft.Batch/batchAccounts/b"),
      "description": "d", "tags": ["team": "a"],
    ]),
  target(
    .dataFactory,
    [
      "resource_id": .text("\(group)/providers/Microsoft.DataFactory/factories/f"),
      "description": "d", "tags": ["team": "a"],
    ]),
  target(.dataFactory, [:]),
  target(
    .synapseSpark,
    [
      "resource_id": .text("\(group)/providers/Microsoft.Synapse/workspaces/w/bigDataPools/p"),
      "description": "d", "tags": ["team": "a"], "identity.type": "user_assigned",
      "identity.user_assigned_identities": [["resource_id": .text(identityID)]],
    ]),
  target(
    .aks,
    [
      "resource_id": .text("\(group)/providers/Microsoft.ContainerService/managedClusters/k"),
      "description": "d", "tags": ["team": "a"], "cluster_purpose": "DevTest",
      "load_balancer_type": "internal_load_balancer", "load_balancer_subnet": "sn",
      "tls.certificate": secret("c"), "tls.key": secret("k"), "tls.cname": "WWW.example.com",
    ]),
  target(
    .aks, ["tls.leaf_domain_label": "contoso", "tls.overwrite_existing_domain": true]),
  target(
    .aks,
    [
      "location": "West US 2", "agent_count": 4, "agent_vm_size": "Standard_D4s_v3",
      "network_settings.subnet": .text(
        "\(group)/providers/Microsoft.Network/virtualNetworks/vn/subnets/sn"),
      "network_settings.service_cidr": "10.0.0.0/16",
      "network_settings.dns_service_ip": "10.0.0.10",
      "network_settings.docker_bridge_cidr": "172.17.0.1/16",
    ]),
  target(.aks, [:]),
]

@Suite struct RoundTripTests {
  @Test(arguments: fullTargets.indices)
  func `what is written is read back`(index: Int) throws {
    let target = fullTargets[index]
    let body = mapping.body(for: target, marks: OwnershipMarks(), in: workspace)
    let live = try observed(body)
    #expect(live.kind == target.kind.name)
    #expect(unlike(target, live) == [])
    #expect(live.resource == target.heldResource)
  }

  @Test func `the full targets set every field`() {
    for kind in KindCatalog.azureML.kinds where kind.isInWorkspace {
      let targets = fullTargets.filter { $0.kind === kind }
      // A region without effect, and a name that the fold takes in.
      let unset = kind.fields.enumerated().filter { slot, field in
        field.setBy == .user && field.wire != nil
          && !targets.contains { $0.attributes[slot] != nil }
      }
      let allowed: Set<AttributePath> =
        kind.name == "computeinstance" || kind.name == "kubernetes"
        ? ["identity.user_assigned_identities"] : []
      #expect(Set(unset.map(\.element.path)).subtracting(allowed) == [])
    }
  }

  @Test(arguments: fullTargets.indices)
  func `marks are read back and never part of the user's tags`(index: Int) throws {
    let target = fullTargets[index]
    let marks = OwnershipMarks(
      stack: "s", applied: "0123456789abcdef0123456789abcdef",
      secrets: ["ssh_settings.admin_password": "f"],
      onRemove: .retain, isProtected: true)
    let live = try observed(mapping.body(for: target, marks: marks, in: workspace))
    #expect(live.marks == marks)
    let slot = try #require(target.kind.slot("tags"))
    #expect(live.attributes[slot] == target["tags"])
  }

  @Test(arguments: fullTargets.indices)
  func `no secret is read back, even if the service told it`(index: Int) throws {
    let target = fullTargets[index]
    let live = try observed(mapping.body(for: target, marks: OwnershipMarks(), in: workspace))
    for (slot, field) in target.kind.fields.enumerated() where field.isSecret {
      #expect(live.attributes[slot] == nil)
    }
  }

  /// The law behind the examples: any values at all are read back as they were written.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `whatever is written is read back`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for kind in KindCatalog.azureML.kinds {
      var target = target(kind, [:])
      for (slot, field) in kind.fields.enumerated()
      where field.setBy == .user && field.wire != nil && Bool.random(using: &random) {
        target.attributes[slot] = field.isSecret ? secret("s") : field.type.any(using: &random)
      }
      if target["tls.leaf_domain_label"] != nil { target["tls.cname"] = nil }
      let live = try observed(mapping.body(for: target, marks: OwnershipMarks(), in: workspace))
      #expect(unlike(target, live) == [], "seed \(seed), \(kind.name)")
    }
  }
}

@Suite struct ReadingTests {
  func body(_ computeType: String, _ inner: AttributeValue) -> AttributeValue {
    ["properties": ["computeType": .text(computeType), "properties": inner]]
  }

  func value(_ path: AttributePath, _ kind: KindDescriptor, _ live: ObservedTarget)
    -> AttributeValue?
  {
    kind.value(path, in: live.attributes)
  }

  @Test func `ids and states that the service adds to schedules are left behind`() throws {
    let live = try observed(
      body(
        "ComputeInstance",
        [
          "schedules": [
            "computeStartStop": [
              [
                "id": "x", "provisioningStatus": "Completed", "status": "Enabled",
                "action": "Stop", "triggerType": "Cron",
                "cron": ["expression": "0 18 * * *", "timeZone": "UTC", "startTime": .null],
              ]
            ]
          ]
        ]))
    let desired = target(
      .computeInstance,
      [
        "schedules.compute_start_stop": [
          ["action": "STOP", "trigger": ["type": "cron", "expression": "0 18 * * *"]]
        ]
      ])
    #expect(unlike(desired, live) == [])
  }

  @Test func `what Kubernetes leaves empty is no difference`() throws {
    let live = try observed(
      body(
        "Kubernetes",
        [
          "namespace": "default", "relayConnectionString": .null, "vcName": .null,
          "extensionInstanceReleaseTrain": "stable",
          "instanceTypes": [
            "small": [
              "nodeSelector": .null,
              "resources": ["requests": ["cpu": "1", "nvidia.com/gpu": .null], "limits": .null],
            ]
          ],
        ]))
    let desired = target(
      .kubernetes,
      ["properties.instanceTypes": ["small": ["resources": ["requests": ["cpu": "1"]]]]])
    #expect(unlike(desired, live) == [])
  }

  @Test(
    arguments: [
      .map([:]), ["sslConfiguration": .null],
      ["sslConfiguration": ["status": "Disabled", "cname": "www.example.com"]],
      ["sslConfiguration": ["cname": "www.example.com", "leafDomainLabel": "x"]],
    ] as [AttributeValue])
  func `TLS that is off reads as no TLS`(inner: AttributeValue) throws {
    let live = try observed(body("AKS", inner))
    #expect(unlike(target(.aks, [:]), live) == [])
  }

  @Test(
    arguments: [("Enabled", true), ("disabled", false), ("NotSpecified", nil)]
      as [(String, AttributeValue?)])
  func `a switch that says neither reads as nothing`(word: String, meaning: AttributeValue?) throws
  {
    let live = try observed(
      body("AmlCompute", ["remoteLoginPortPublicAccess": .text(word)]))
    #expect(value("ssh_public_access_enabled", .amlCompute, live) == meaning)
  }

  @Test func `TLS that was switched on behind our back shows`() throws {
    let live = try observed(
      body("AKS", ["sslConfiguration": ["status": "Auto", "leafDomainLabel": "contoso"]]))
    #expect(unlike(target(.aks, [:]), live) == ["tls.leaf_domain_label"])
    #expect(value("tls.status", .aks, live) == "Auto")
  }

  @Test func `what the service only reports is shown and moves no fingerprint`() throws {
    let small = try observed(
      body("AmlCompute", ["currentNodeCount": 0, "allocationState": "Steady"]))
    let large = try observed(
      body("AmlCompute", ["currentNodeCount": 7, "allocationState": "Resizing"]))
    #expect(value("current_node_count", .amlCompute, large) == 7)
    #expect(value("allocation_state", .amlCompute, large) == "Resizing")
    let other = try observed(body("AmlCompute", ["scaleSettings": ["maxNodeCount": 7]]))
    #expect(small.fingerprint(in: .azureML) == large.fingerprint(in: .azureML))
    #expect(small.fingerprint(in: .azureML) != other.fingerprint(in: .azureML))
  }

  @Test func `an instance tells whether it runs`() throws {
    let live = try observed(body("ComputeInstance", ["state": "JobRunning"]))
    #expect(live.power == .running)
    #expect(value("state", .computeInstance, live) == "JobRunning")
  }

  @Test func `a pool's sizes are shown`() throws {
    let live = try observed(
      body(
        "SynapseSpark",
        ["nodeSize": "Medium", "nodeCount": 3, "autoScaleProperties": ["enabled": true]]))
    #expect(value("node_size", .synapseSpark, live) == "Medium")
    #expect(value("node_count", .synapseSpark, live) == 3)
    #expect(value("scale_settings.auto_scale_enabled", .synapseSpark, live) == true)
    let empty = try observed(["properties": ["computeType": "SynapseSpark", "properties": .null]])
    #expect(value("node_size", .synapseSpark, empty) == nil)
  }

  @Test func `the words of older clients compare as the present ones`() throws {
    let older = target(.amlCompute, ["tier": "lowpriority", "identity.type": "SystemAssigned"])
    let live = try observed(
      [
        "identity": ["type": "systemassigned"],
        "properties": [
          "computeType": "amlcompute", "properties": ["vmPriority": "lowpriority"],
        ],
      ])
    #expect(unlike(older, live) == [])
  }
}

extension FieldType {
  /// Some value of this type.
  fileprivate func any(using random: inout SeededRandom) -> AttributeValue {
    switch self {
    case .text: return .text("word\(Int.random(in: 0..<1_000, using: &random))")
    case .boolean, .toggle: return .bool(Bool.random(using: &random))
    case .integer(let range), .duration(_, let range):
      return .integer(Int.random(in: range, using: &random))
    case .choice(let choices):
      let word = choices[Int.random(in: choices.indices, using: &random)].name
      return .text(Bool.random(using: &random) ? word : word.uppercased())
    case .resourceID(let types):
      let type = types.first ?? "Microsoft.Example/things"
      let parts = type.split(separator: "/").map(String.init)
      let names = parts.dropFirst().map { "\($0)/n\(Int.random(in: 0..<9, using: &random))" }
      return .text(([group, "providers", parts[0]] + names).joined(separator: "/"))
    case .region: return Bool.random(using: &random) ? "West Europe" : "westus2"
    case .secretFile: return secret("file")
    case .list(let element, let limit):
      let count = Int.random(in: 1...min(3, limit ?? 3), using: &random)
      return .list((0..<count).map { _ in element.any(using: &random) })
    case .map(let element):
      return ["a": element.any(using: &random), "b": element.any(using: &random)]
    case .object(let fields):
      var value = AttributeValue.map([:])
      for field in fields where field.isRequired || Bool.random(using: &random) {
        value[field.path] = field.type.any(using: &random)
      }
      return value
    case .anything: return "anything"
    }
  }
}
