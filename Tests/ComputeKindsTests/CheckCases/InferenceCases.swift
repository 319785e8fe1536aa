import ComputeKinds
import TargetModel

private let certificate = secret("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n")
private let key = secret("-----BEGIN RSA PRIVATE KEY-----\r\nMII\r\n-----END RSA PRIVATE KEY-----")

private let kubernetes: AttributeValue = .text(
  "\(group)/providers/Microsoft.ContainerService/managedClusters/k")

let inferenceCases: [CheckCase] = [
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
    "network_settings.subnet": .subnetID, "network_settings.service_cidr": service,
    "network_settings.dns_service_ip": name, "network_settings.docker_bridge_cidr": bridge,
  ]
}

let creationCases: [CheckCase] = [
  CheckCase("a whole network", .aks, network()),
  CheckCase(
    "a subnet alone", .aks, ["network_settings.subnet": .subnetID], "network-incomplete"),
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
    ["resource_id": kubernetes, "location": "westus", "network_settings.subnet": .subnetID],
    "created-only", "created-only"),
]
