import ComputeKinds
import Diagnostics
import TargetModel
import Testing

/// One target and the rules it breaks.
struct CheckCase: Sendable, CustomTestStringConvertible {
  let name: String
  let kind: KindDescriptor
  let values: [AttributePath: AttributeValue]
  let rules: [String]

  init(
    _ name: String, _ kind: KindDescriptor, _ values: [AttributePath: AttributeValue],
    _ rules: String...
  ) {
    self.name = name
    self.kind = kind
    self.values = values
    self.rules = rules
  }

  var testDescription: String { "\(kind.name): \(name)" }
}

private let subnet: AttributeValue = .text(
  "\(group)/providers/Microsoft.Network/virtualNetworks/vn/subnets/sn")
private let identity: AttributeValue = .text(
  "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/uai")
private let otherIdentity: AttributeValue = .text(
  "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other")

private func identities(_ ids: AttributeValue...) -> AttributeValue {
  .list(ids.map { ["resource_id": $0] })
}

private let clusterCases: [CheckCase] = [
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

private let networkCases: [CheckCase] = [
  CheckCase(
    "network and subnet", .amlCompute,
    ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn"]),
  CheckCase("a subnet's id", .amlCompute, ["network_settings.subnet": subnet]),
  CheckCase(
    "a subnet's id and its network", .computeInstance,
    ["network_settings.vnet_name": "VN", "network_settings.subnet": subnet]),
  CheckCase(
    "a subnet's id and another network", .computeInstance,
    ["network_settings.vnet_name": "other", "network_settings.subnet": subnet],
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
    ["enable_node_public_ip": false, "network_settings.subnet": subnet]),
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

private let loginCases: [CheckCase] = [
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

private let identityCases: [CheckCase] = [
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

private func schedule(_ trigger: AttributeValue) -> [AttributePath: AttributeValue] {
  ["schedules.compute_start_stop": [["action": "stop", "trigger": trigger]]]
}

private func cron(_ expression: AttributeValue) -> [AttributePath: AttributeValue] {
  schedule(["type": "cron", "expression": expression])
}

private func start(_ time: AttributeValue) -> [AttributePath: AttributeValue] {
  schedule(["type": "cron", "expression": "0 18 * * *", "start_time": time])
}

private func zone(_ name: AttributeValue) -> [AttributePath: AttributeValue] {
  schedule(["type": "cron", "expression": "0 18 * * *", "time_zone": name])
}

private func pattern(
  _ frequency: AttributeValue, _ pattern: AttributeValue
) -> [AttributePath: AttributeValue] {
  schedule(["type": "recurrence", "frequency": frequency, "interval": 1, "schedule": pattern])
}

private func application(_ name: AttributeValue, _ port: AttributeValue) -> AttributeValue {
  [
    "name": name, "image": ["reference": "r"],
    "endpoints": [["target": 8787, "published": port]],
  ]
}

private let instanceCases: [CheckCase] = [
  CheckCase("nothing given", .computeInstance, [:]),
  CheckCase("cron", .computeInstance, schedule(["type": "cron", "expression": "0 18 * * *"])),
  CheckCase(
    "cron without an expression", .computeInstance, schedule(["type": "cron"]),
    "schedule-trigger"),
  CheckCase(
    "cron with six fields", .computeInstance,
    schedule(["type": "cron", "expression": "0 0 18 * * *"]), "schedule-trigger"),
  CheckCase(
    "cron with a frequency", .computeInstance,
    schedule(["type": "cron", "expression": "0 18 * * *", "frequency": "day"]),
    "schedule-trigger"),
  CheckCase(
    "recurrence", .computeInstance,
    schedule(["type": "recurrence", "frequency": "day", "interval": 1])),
  CheckCase(
    "recurrence without an interval", .computeInstance,
    schedule(["type": "recurrence", "frequency": "day"]), "schedule-trigger"),
  CheckCase(
    "recurrence with an expression", .computeInstance,
    schedule(["type": "Recurrence", "frequency": "day", "interval": 1, "expression": "x"]),
    "schedule-trigger"),
  CheckCase("cron at its bounds", .computeInstance, cron("59 23 31 12 6")),
  CheckCase("cron with words", .computeInstance, cron("0 8 * Jan,March MON-Fri")),
  CheckCase("cron with steps", .computeInstance, cron("*/15 8-18/2 1,15 * *")),
  CheckCase("cron at minute 60", .computeInstance, cron("60 * * * *"), "cron-expression"),
  CheckCase("cron at hour 24", .computeInstance, cron("0 24 * * *"), "cron-expression"),
  CheckCase("cron on day 0", .computeInstance, cron("0 0 0 * *"), "cron-expression"),
  CheckCase("cron in month 13", .computeInstance, cron("0 0 1 13 *"), "cron-expression"),
  CheckCase("cron on weekday 7", .computeInstance, cron("0 0 * * 7"), "cron-expression"),
  CheckCase("cron with a word", .computeInstance, cron("0 noon * * *"), "cron-expression"),
  CheckCase("cron with a hole", .computeInstance, cron("0,,5 * * * *"), "cron-expression"),
  CheckCase("cron in steps of none", .computeInstance, cron("*/0 * * * *"), "cron-expression"),
  CheckCase("cron backwards", .computeInstance, cron("0 18-8 * * *"), "cron-expression"),
  CheckCase("cron with a sign", .computeInstance, cron("-5 * * * *"), "cron-expression"),
  CheckCase(
    "cron with a number beyond all", .computeInstance, cron("0 99999999999999999999 * * *"),
    "cron-expression"),
  CheckCase("a date", .computeInstance, start("2024-02-29")),
  CheckCase("a time", .computeInstance, start("2026-01-05T08:00")),
  CheckCase("a time as the client writes it", .computeInstance, start("2026-01-05 08:00:00")),
  CheckCase("a time as the service writes it", .computeInstance, start("2026-01-05T08:00:00.12Z")),
  CheckCase("no leap year", .computeInstance, start("2026-02-29"), "schedule-start"),
  CheckCase("no such day", .computeInstance, start("2026-04-31"), "schedule-start"),
  CheckCase("no such month", .computeInstance, start("2026-13-01"), "schedule-start"),
  CheckCase("no such hour", .computeInstance, start("2026-01-05T24:00:00"), "schedule-start"),
  CheckCase(
    "a time elsewhere", .computeInstance, start("2026-01-05T08:00:00+02:00"),
    "schedule-start"),
  CheckCase("no date at all", .computeInstance, start("tomorrow"), "schedule-start"),
  CheckCase(
    "a fraction of nothing", .computeInstance, start("2026-01-05T08:00:00."), "schedule-start"),
  CheckCase(
    "too fine a fraction", .computeInstance, start("2026-01-05T08:00:00.12345678"),
    "schedule-start"),
  CheckCase("an hour alone", .computeInstance, start("2026-01-05T08"), "schedule-start"),
  CheckCase("a date and a letter", .computeInstance, start("2026-01-05T"), "schedule-start"),
  CheckCase("something behind", .computeInstance, start("2026-01-05Z "), "schedule-start"),
  CheckCase("a zone", .computeInstance, zone("Pacific Standard Time")),
  CheckCase("a zone in small letters", .computeInstance, zone("w. europe standard time")),
  CheckCase("a zone of Microsoft's client", .computeInstance, zone("Kamchatka Standard Time")),
  CheckCase("a place", .computeInstance, zone("Europe/Berlin"), "unknown-time-zone"),
  CheckCase("an abbreviation", .computeInstance, zone("PST"), "unknown-time-zone"),
  CheckCase("an empty zone", .computeInstance, zone(""), "unknown-time-zone"),
  CheckCase(
    "a whole pattern", .computeInstance,
    pattern("week", ["hours": [8], "minutes": [0], "week_days": ["monday"]])),
  CheckCase(
    "a day's pattern", .computeInstance, pattern("day", ["hours": [8], "minutes": [0, 30]])),
  CheckCase(
    "weekdays of each day", .computeInstance,
    pattern("day", ["hours": [8], "minutes": [0], "week_days": ["monday"]]), "schedule-pattern"),
  CheckCase(
    "hours of each hour", .computeInstance, pattern("hour", ["hours": [8], "minutes": [0]]),
    "schedule-pattern"),
  CheckCase(
    "hours without minutes", .computeInstance, pattern("day", ["hours": [8]]), "schedule-pattern"),
  CheckCase(
    "minutes without hours", .computeInstance, pattern("day", ["minutes": [8]]),
    "schedule-pattern"),
  CheckCase(
    "days of the month", .computeInstance, pattern("month", ["month_days": [1]]),
    "schedule-pattern"),
  CheckCase(
    "half a user", .computeInstance, ["create_on_behalf_of.user_object_id": "o"],
    "behalf-incomplete"),
  CheckCase(
    "applications", .computeInstance,
    ["custom_applications": [application("a", 1_025), application("b", 1_026)]]),
  CheckCase(
    "applications of one name", .computeInstance,
    ["custom_applications": [application("a", 1_025), application("A", 1_026)]],
    "application-clash"),
  CheckCase(
    "applications on one port", .computeInstance,
    ["custom_applications": [application("a", 1_025), application("b", 1_025)]],
    "application-clash"),
]

private let machine: AttributeValue = .text(
  "\(group)/providers/Microsoft.Compute/virtualMachines/vm")

private let machineCases: [CheckCase] = [
  CheckCase(
    "resource and key", .virtualMachine,
    [
      "resource_id": machine, "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
      "ssh_settings.ssh_private_key_passphrase": secret("p"),
    ]),
  CheckCase(
    "address and password", .virtualMachine,
    [
      "address": "vm.example.com", "ssh_settings.admin_username": "u",
      "ssh_settings.admin_password": secret("p"),
    ], "password-not-key"),
  CheckCase(
    "an address within a network", .virtualMachine,
    [
      "address": "10.0.0.4", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "private-address"),
  CheckCase(
    "neither resource nor address", .virtualMachine,
    ["ssh_settings.ssh_private_key_file": secret("k")], "resource-or-address"),
  CheckCase(
    "both resource and address", .virtualMachine,
    [
      "resource_id": machine, "address": "10.0.0.4",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "resource-or-address"),
  CheckCase(
    "both password and key", .virtualMachine,
    [
      "resource_id": machine, "ssh_settings.admin_password": secret("p"),
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "ssh-credentials"),
  CheckCase("no way in", .virtualMachine, ["resource_id": machine], "ssh-credentials"),
  CheckCase(
    "a passphrase of no key", .virtualMachine,
    [
      "resource_id": machine, "ssh_settings.admin_password": secret("p"),
      "ssh_settings.ssh_private_key_passphrase": secret("p"),
    ], "password-not-key", "ssh-credentials"),
]

private let certificate = secret("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n")
private let key = secret("-----BEGIN RSA PRIVATE KEY-----\r\nMII\r\n-----END RSA PRIVATE KEY-----")

private let inferenceCases: [CheckCase] = [
  CheckCase("no TLS", .aks, [:]),
  CheckCase(
    "a certificate", .aks,
    ["tls.certificate": certificate, "tls.key": key, "tls.cname": "www.example.com"]),
  CheckCase(
    "a certificate without its key", .aks,
    ["tls.certificate": certificate, "tls.cname": "www.example.com"], "tls-form"),
  CheckCase("a host name alone", .aks, ["tls.cname": "www.example.com"], "tls-form"),
  CheckCase(
    "certificate and key in each other's place", .aks,
    ["tls.certificate": key, "tls.key": certificate, "tls.cname": "www.example.com"],
    "tls-not-pem", "tls-not-pem"),
  CheckCase(
    "a path in place of a certificate", .aks,
    ["tls.certificate": secret("certs/www.pem"), "tls.key": key, "tls.cname": "www.example.com"],
    "tls-not-pem"),
  CheckCase(
    "secrets that nobody looked up", .aks,
    [
      "tls.certificate": secret(SecretText.unresolved), "tls.key": secret(SecretText.unresolved),
      "tls.cname": "www.example.com",
    ]),
  CheckCase(
    "Microsoft's certificate", .aks,
    ["tls.leaf_domain_label": "contoso", "tls.overwrite_existing_domain": true]),
  CheckCase(
    "two forms at once", .aks, ["tls.leaf_domain_label": "contoso", "tls.cname": "www"],
    "tls-form"),
  CheckCase(
    "overwriting nothing", .aks, ["tls.overwrite_existing_domain": false], "tls-form"),
  CheckCase(
    "an internal load balancer", .aks,
    ["load_balancer_type": "InternalLoadBalancer", "load_balancer_subnet": "sn"]),
  CheckCase(
    "a subnet for a public one", .aks, ["load_balancer_subnet": "sn"], "load-balancer-subnet"),
  CheckCase(
    "a subnet for a public one, said", .aks,
    ["load_balancer_type": "public_ip", "load_balancer_subnet": "sn"], "load-balancer-subnet"),
]

private func network(
  _ service: AttributeValue = "10.0.0.0/16", _ name: AttributeValue = "10.0.0.10",
  _ bridge: AttributeValue = "172.17.0.1/16"
) -> [AttributePath: AttributeValue] {
  [
    "network_settings.subnet": subnet, "network_settings.service_cidr": service,
    "network_settings.dns_service_ip": name, "network_settings.docker_bridge_cidr": bridge,
  ]
}

private let creationCases: [CheckCase] = [
  CheckCase("a whole network", .aks, network()),
  CheckCase("a subnet alone", .aks, ["network_settings.subnet": subnet], "network-incomplete"),
  CheckCase(
    "a network without a subnet", .aks, ["network_settings.vnet_name": "vn"],
    "network-incomplete"),
  CheckCase(
    "ranges without a subnet", .aks, ["network_settings.service_cidr": "10.0.0.0/16"],
    "network-incomplete"),
  CheckCase("no range", .aks, network("10.0.0.0"), "network-range"),
  CheckCase("too many bits", .aks, network("10.0.0.0/33"), "network-range"),
  CheckCase("no bridge", .aks, network("10.0.0.0/16", "10.0.0.10", "172.17.0/16"), "network-range"),
  CheckCase("no address", .aks, network("10.0.0.0/16", "10.0.0.256"), "network-range"),
  CheckCase(
    "an address outside of the range", .aks, network("10.0.0.0/16", "10.1.0.10"),
    "network-range"),
  CheckCase("a range of everything", .aks, network("0.0.0.0/0", "10.1.0.10")),
  CheckCase("two nodes for production", .aks, ["agent_count": 2], "production-cores"),
  CheckCase(
    "small nodes for production", .aks,
    ["agent_vm_size": "Standard_D2s_v3", "cluster_purpose": "dense_prod"], "production-cores"),
  CheckCase(
    "six small nodes", .aks, ["agent_vm_size": "standard_d2s_v3", "agent_count": 6]),
  CheckCase("a size that nobody knows", .aks, ["agent_vm_size": "Custom", "agent_count": 1]),
  CheckCase("tests", .aks, ["cluster_purpose": "DevTest"]),
  CheckCase(
    "tests on one core", .aks,
    ["cluster_purpose": "dev_test", "agent_vm_size": "Standard_D1_v2"], "few-cores"),
  CheckCase(
    "an attached cluster of two nodes", .aks, ["resource_id": kubernetes, "agent_count": 2],
    "created-only"),
  CheckCase(
    "an attached cluster with a region and a network", .aks,
    ["resource_id": kubernetes, "location": "westus", "network_settings.subnet": subnet],
    "created-only", "created-only"),
]

private let kubernetes: AttributeValue = .text(
  "\(group)/providers/Microsoft.ContainerService/managedClusters/k")

private let spark: AttributeValue = .text("\(group)/providers/Microsoft.HDInsight/clusters/hdi")

private let attachedCases: [CheckCase] = [
  CheckCase("a batch account", .batch, [:], "sdk-ended"),
  CheckCase("a data factory", .dataFactory, [:], "sdk-ended"),
  CheckCase("an analytics account", .dataLakeAnalytics, [:], "service-ended"),
  CheckCase(
    "a token", .databricks, ["access_token": secret("dapi0")], "sdk-ended"),
  CheckCase(
    "a token that nobody looked up", .databricks,
    ["access_token": secret(SecretText.unresolved)], "sdk-ended"),
  CheckCase(
    "a token and more", .databricks, ["access_token": secret("token: dapi0")], "access-token",
    "sdk-ended"),
  CheckCase(
    "an empty token", .databricks, ["access_token": secret("")], "access-token", "sdk-ended"),
  CheckCase(
    "a Spark cluster by its id", .hdInsight,
    [
      "resource_id": spark, "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "sdk-ended"),
  CheckCase(
    "a Spark cluster by its host", .hdInsight,
    [
      "address": "hdi-ssh.azurehdinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "sdk-ended"),
  CheckCase(
    "a host without SSH", .hdInsight,
    [
      "address": "HDI.azurehdinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "hdinsight-address", "sdk-ended"),
  CheckCase(
    "the misspelt host of the documentation of 2019", .hdInsight,
    [
      "address": "hdi-ssh.azureinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "hdinsight-address", "sdk-ended"),
  CheckCase(
    "a Spark cluster by both", .hdInsight,
    [
      "resource_id": spark, "address": "10.0.0.4", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "resource-or-address", "sdk-ended"),
  CheckCase(
    "a Spark cluster without a way in", .hdInsight, ["resource_id": spark], "sdk-ended",
    "ssh-credentials"),
]

@Suite struct CheckTests {
  static let cases =
    clusterCases + networkCases + loginCases + identityCases + instanceCases + machineCases
    + inferenceCases
    + attachedCases + creationCases

  func findings(_ target: ComputeTarget) -> [Diagnostic] {
    var findings = DiagnosticList()
    for check in target.kind.checks { check.run(target, &findings) }
    return findings.findings
  }

  @Test(arguments: cases)
  func `checks find what they should and nothing else`(example: CheckCase) {
    // What switches an instance off has cases of its own; others say nothing of it.
    let found = findings(target(example.kind, example.values)).map(\.rule.id).filter {
      $0 != "idle-cost" || example.kind === KindDescriptor.amlCompute
    }
    #expect(found.sorted() == example.rules)
  }

  /// A case for each rule, so that no check is forgotten.
  @Test func `every rule of every check is tried`() {
    let tried = Set(Self.cases.flatMap(\.rules))
    let declared = Set(KindCatalog.azureML.kinds.flatMap(\.checks).flatMap(\.rules).map(\.id))
    #expect(declared.subtracting(tried) == [])
    #expect(tried.subtracting(declared) == [])
  }

  @Test func `a check reports only the rules it declares`() {
    for example in Self.cases {
      for check in example.kind.checks {
        var findings = DiagnosticList()
        check.run(target(example.kind, example.values), &findings)
        for finding in findings.findings { #expect(check.rules.contains(finding.rule)) }
      }
    }
  }

  @Test func `findings name the target, speak in sentences and hold no secret`() {
    for example in Self.cases {
      for finding in findings(target(example.kind, example.values)) {
        #expect(finding.address == "\(example.kind.name).example")
        #expect(finding.location != nil)
        #expect(finding.detail.hasSuffix("."))
        #expect(!finding.summary.hasSuffix("."))
        #expect(!finding.detail.contains("MII"))
        #expect(!finding.detail.contains("certs/www.pem"))
      }
    }
  }

  @Test(
    arguments: [
      ("Europe/Berlin", "Write 'W. Europe Standard Time'."),
      ("america/vancouver", "Write 'Pacific Standard Time'."),
      ("GMT", "Write 'UTC'."),
      ("W. Europe Standart Time", "Write 'W. Europe Standard Time'."),
      ("somewhere", "'tzutil /l' on Windows lists them."),
    ])
  func `an unknown time zone is answered with the one that was meant`(
    text: String, advice: String
  ) throws {
    let finding = try #require(
      findings(target(.computeInstance, zone(.text(text)))).first)
    #expect(finding.detail.hasSuffix(advice), "\(finding.detail)")
  }

  @Test func `a folded network passes the checks`() {
    for kind in [KindDescriptor.amlCompute, .computeInstance] {
      var target = target(
        kind, ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn"])
      target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
      #expect(findings(target).filter { $0.rule != .idleCost }.isEmpty)
    }
  }
}

@Suite struct FoldTests {
  @Test func `two names become an id in the workspace's own group`() {
    let kind = KindDescriptor.amlCompute
    var target = target(
      kind, ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn"])
    target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
    #expect(target["network_settings.subnet"] == subnet)
    #expect(target["network_settings.vnet_name"] == nil)
  }

  @Test func `a full id stays as it is, and the network's name goes`() {
    let kind = KindDescriptor.computeInstance
    let id =
      "/subscriptions/other/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
    var target = target(
      kind, ["network_settings.vnet_name": "vn", "network_settings.subnet": .text(id)])
    target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
    #expect(target["network_settings.subnet"]?.text == id)
    #expect(target["network_settings.vnet_name"] == nil)
  }

  @Test func `half a network stays for a check to find`() {
    let kind = KindDescriptor.amlCompute
    var target = target(kind, ["network_settings.vnet_name": "vn"])
    target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
    #expect(target["network_settings.vnet_name"] == "vn")
  }
}

@Suite struct WorkspaceCheckTests {
  func rules(_ target: ComputeTarget) -> [String] {
    var findings = DiagnosticList()
    checkAgainstWorkspace(target, workspace, reporting: &findings)
    #expect(!findings.hasErrors)
    return findings.findings.map(\.rule.id)
  }

  @Test func `a resource of the workspace's own subscription is fine`() {
    #expect(rules(target(.virtualMachine, ["resource_id": machine])) == [])
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
