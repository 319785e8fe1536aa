import ComputeKinds
import TargetModel

private let identity: AttributeValue = .text(
  "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/uai")
private let otherIdentity: AttributeValue = .text(
  "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other")

private func identities(_ ids: AttributeValue...) -> AttributeValue {
  .list(ids.map { ["resource_id": $0] })
}

let clusterCases: [CheckCase] = [
  CheckCase("nothing given", .amlCompute, [:]),
  CheckCase("equal bounds", .amlCompute, ["min_instances": 0, "max_instances": 0]),
  CheckCase(
    "minimum above maximum", .amlCompute, ["min_instances": 3, "max_instances": 2],
    "idle-cost", "scale-bounds"),
  CheckCase(
    "minimum above the default maximum", .amlCompute, ["min_instances": 5], "idle-cost",
    "scale-bounds"),
  CheckCase("machines kept", .amlCompute, ["min_instances": 1], "idle-cost"),
  CheckCase("low priority", .amlCompute, ["tier": "Low_Priority"], "low-priority-preemption"),
  CheckCase(
    "low priority by its older word", .amlCompute, ["tier": "lowpriority"],
    "low-priority-preemption"),
  CheckCase("dedicated", .amlCompute, ["tier": "dedicated"]),
  CheckCase(
    "name without a way in", .amlCompute, ["ssh_settings.admin_username": "u"], "ssh-credentials"),
  CheckCase(
    "password without a name", .amlCompute, ["ssh_settings.admin_password": secret("Secret1")],
    "password-not-key", "ssh-credentials"),
  CheckCase(
    "key without a name", .amlCompute, ["ssh_settings.ssh_key_value": "ssh-rsa A"],
    "ssh-credentials"),
  CheckCase(
    "name and password", .amlCompute,
    ["ssh_settings.admin_username": "u", "ssh_settings.admin_password": secret("Secret1")],
    "password-not-key"),
  CheckCase(
    "name, password and key", .amlCompute,
    [
      "ssh_settings.admin_username": "u", "ssh_settings.admin_password": secret("Secret1"),
      "ssh_settings.ssh_key_value": "ssh-rsa A",
    ]),
  CheckCase("as many machines as are allowed", .amlCompute, ["max_instances": 100]),
  CheckCase("more machines than are allowed", .amlCompute, ["max_instances": 101], "node-limit"),
  CheckCase(
    "more machines than are allowed are kept: one finding", .amlCompute,
    ["min_instances": 101, "max_instances": 101], "idle-cost", "node-limit"),
  CheckCase("a tag of the user's own", .amlCompute, ["tags": ["berth-team": "a"]]),
]

let networkCases: [CheckCase] = [
  CheckCase(
    "network and subnet", .amlCompute,
    ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn"]),
  CheckCase("a subnet's id", .amlCompute, ["network_settings.subnet": .subnetID]),
  CheckCase(
    "a subnet's id and its network", .computeInstance,
    ["network_settings.vnet_name": "VN", "network_settings.subnet": .subnetID]),
  CheckCase(
    "a subnet's id and another network", .computeInstance,
    ["network_settings.vnet_name": "other", "network_settings.subnet": .subnetID],
    "network-ignored"),
  CheckCase(
    "network without a subnet", .amlCompute, ["network_settings.vnet_name": "vn"],
    "network-incomplete"),
  CheckCase(
    "subnet without a network", .computeInstance, ["network_settings.subnet": "sn"],
    "network-incomplete"),
  CheckCase(
    "half an id", .amlCompute, ["network_settings.subnet": "/subscriptions/x/subnets/sn"],
    "network-incomplete"),
  CheckCase(
    "an id of something else", .amlCompute, ["network_settings.subnet": identity],
    "network-incomplete"),
  CheckCase(
    "a path in a subnet's name", .amlCompute,
    ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn/../x"],
    "network-incomplete"),
  CheckCase(
    "no public address, no subnet", .amlCompute, ["enable_node_public_ip": false],
    "public-address-needed"),
  CheckCase(
    "no public address in a subnet", .computeInstance,
    ["enable_node_public_ip": false, "network_settings.subnet": .subnetID]),
  CheckCase(
    "no public address in half a network: one mistake, one finding", .computeInstance,
    ["enable_node_public_ip": false, "network_settings.vnet_name": "vn"], "network-incomplete"),
]

private func login(_ password: AttributeValue) -> [AttributePath: AttributeValue] {
  [
    "ssh_settings.admin_username": "u", "ssh_settings.admin_password": password,
    "ssh_settings.ssh_key_value": "ssh-rsa A",
  ]
}

private func key(_ text: AttributeValue) -> [AttributePath: AttributeValue] {
  ["ssh_settings.admin_username": "u", "ssh_settings.ssh_key_value": text]
}

let loginCases: [CheckCase] = [
  CheckCase("small, large, digit", .amlCompute, login(secret("aB1"))),
  CheckCase("small, large, special", .amlCompute, login(secret("aB/"))),
  CheckCase("small, digit, special", .amlCompute, login(secret("a1`"))),
  CheckCase("large, digit, special", .amlCompute, login(secret("B1\""))),
  CheckCase("small and digit", .amlCompute, login(secret("a1a1a1a1a1a1")), "weak-password"),
  CheckCase("a hyphen is not special", .amlCompute, login(secret("a1-")), "weak-password"),
  CheckCase("a blank is not special", .amlCompute, login(secret("a1 ")), "weak-password"),
  CheckCase("other alphabets do not count", .amlCompute, login(secret("aÄ1")), "weak-password"),
  CheckCase("an empty password", .amlCompute, login(secret("")), "weak-password"),
  CheckCase(
    "a password that is not looked up yet", .amlCompute, login(secret(SecretText.unresolved))),
  CheckCase("a key", .amlCompute, key("ssh-ed25519 AAAAC3+/8= ana@example.com")),
  CheckCase("a key of a token", .amlCompute, key("sk-ssh-ed25519@openssh.com AAAA\n")),
  CheckCase("a file's name", .amlCompute, key("~/.ssh/id_rsa.pub"), "not-a-public-key"),
  CheckCase("two keys", .amlCompute, key("ssh-rsa AA\nssh-rsa AB"), "not-a-public-key"),
  CheckCase("a key without its algorithm", .amlCompute, key("AAAAB3"), "not-a-public-key"),
  CheckCase(
    "a private key", .amlCompute,
    key("-----BEGIN OPENSSH PRIVATE KEY-----\nMII\n-----END OPENSSH PRIVATE KEY-----"),
    "not-a-public-key"),
  CheckCase(
    "open and with a key", .computeInstance,
    ["ssh_public_access_enabled": true, "ssh_settings.ssh_key_value": "ssh-rsa A"]),
  CheckCase(
    "open without a key", .computeInstance, ["ssh_public_access_enabled": true],
    "instance-ssh"),
  CheckCase(
    "closed with a key", .computeInstance, ["ssh_settings.ssh_key_value": "ssh-rsa A"],
    "instance-ssh"),
  CheckCase("closed", .computeInstance, ["ssh_public_access_enabled": false]),
  CheckCase(
    "a file's name for an instance's key", .computeInstance,
    ["ssh_public_access_enabled": true, "ssh_settings.ssh_key_value": "id_rsa.pub"],
    "not-a-public-key"),
]

let identityCases: [CheckCase] = [
  CheckCase("system-assigned", .amlCompute, ["identity.type": "system_assigned"]),
  CheckCase(
    "system-assigned, as the service writes it", .amlCompute, ["identity.type": "SystemAssigned"]),
  CheckCase(
    "user-assigned", .amlCompute,
    [
      "identity.type": "User_Assigned",
      "identity.user_assigned_identities": identities(identity, otherIdentity),
    ]),
  CheckCase(
    "both at once", .amlCompute,
    [
      "identity.type": "system_assigned,user_assigned",
      "identity.user_assigned_identities": identities(identity),
    ], "identity-mismatch"),
  CheckCase(
    "user-assigned without ids", .computeInstance, ["identity.type": "user_assigned"],
    "identity-mismatch"),
  CheckCase(
    "ids without a type", .amlCompute,
    ["identity.user_assigned_identities": identities(identity)], "identity-mismatch"),
  CheckCase(
    "ids with system-assigned", .kubernetes,
    [
      "identity.type": "system_assigned",
      "identity.user_assigned_identities": identities(identity),
    ], "identity-mismatch"),
  CheckCase(
    "Microsoft's example of an id", .amlCompute,
    [
      "identity.type": "user_assigned",
      "identity.user_assigned_identities": identities("identity_resource_id"),
    ], "identity-not-an-id"),
  CheckCase(
    "two identities on Kubernetes", .kubernetes,
    [
      "identity.type": "user_assigned",
      "identity.user_assigned_identities": identities(identity, otherIdentity),
    ], "identity-unused"),
]
