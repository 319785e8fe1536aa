public import TargetModel

extension KindDescriptor {
  /// `aks`: an inference cluster for real-time services, made by the service or attached.
  ///
  /// The settings of an attachment, TLS among them, change by re-attachment (domain.md R11). Those
  /// of a cluster that the service made change in place, as the older SDK's `update` does
  /// (api.md 5.3): making it anew would take its services down.
  public static let aks = KindDescriptor(
    name: "aks", computeType: "AKS", title: "inference cluster",
    summary: """
      An AKS cluster for real-time services: an existing one, attached by its resource id, or one \
      that the service creates.
      """,
    facts: clusterFacts,
    origin: .createdOrAttached,
    fields: [
      .resourceID(["Microsoft.ContainerService/managedClusters"], isRequired: false),
      .description, .tags(onChange: .recreate), region,
    ] + clusterFields + networkFields + tlsFields + reportedFields,
    resource: HeldResource(),
    workloads: [.realtimeInference],
    checks: [
      .tlsForms, .tlsIsPEM, .internalSubnet, .onlyForCreated, .clusterNetwork, .oneNetwork,
      .enoughCores,
    ],
    createdOnly: ["network_settings", "agent_count", "agent_vm_size", "location"],
    certificate: .init(
      chainField: "tls.certificate", keyField: "tls.key", hostField: "tls.cname"),
    fold: foldNetwork,
    pruneObserved: pruneTLSThatIsOff,
    addsToBody: { target in
      // Said even where it is off: a write leaves what it does not name as it was, and TLS that
      // is updated in place must be able to go.
      [("properties.properties.sslConfiguration.status", .text(target.tlsForm.status))]
    },
    sample: """
      name: inference
      type: aks
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.ContainerService/managedClusters/aks-inference
      tls:
        certificate: ${file:certs/www.pem}
        key: ${file:certs/www.key}
        cname: www.example.com

      """)
}

/// What the service's documents tell (domain.md R13, R46).
private let clusterFacts = [
  "Detaching an attached cluster lets it live on, with all that runs on it.",
  """
  A cluster that the service creates has the default version of Kubernetes. One of another version, \
  with a standard load balancer, or a private one is made elsewhere and attached; it may be in \
  another region than the workspace.
  """,
  """
  Of a cluster's nodes only the number changes, never the size. Scale an attached one with the tools \
  of AKS.
  """,
  "Creating takes about ten minutes, and attaching about five.",
  "Its cores count against the subscription's ordinary quota of virtual machines in its region.",
  KindFact.nameInRegion,
]

/// The region of a cluster that the service makes; an attached one is where it is.
private let region = Field(
  "location", .region, "The region of a cluster to be created, if not the workspace's own",
  onChange: .recreate, comparison: .region, wire: "properties.computeLocation",
  source: "Azure ML SDK v1, AksCompute")

private let clusterFields: [Field] = [
  Field(
    "agent_count", .integer(1...1_000), "How many nodes a cluster to be created has",
    onChange: .inPlace, wire: "properties.properties.agentCount",
    source: "Azure ML REST API, AKSSchema"),
  Field(
    "agent_vm_size", .text(pattern: "[A-Za-z0-9_-]{2,64}"),
    "The size of the nodes of a cluster to be created", olderNames: ["vm_size"],
    onChange: .recreate, comparison: .ignoringCase, wire: "properties.properties.agentVmSize",
    source: "Azure ML REST API, AKSSchema"),
  Field(
    "cluster_purpose",
    .choice([
      .init("fast_prod", wire: "FastProd", olderNames: ["FastProd"]),
      .init("dense_prod", wire: "DenseProd", olderNames: ["DenseProd"]),
      .init("dev_test", wire: "DevTest", olderNames: ["DevTest"]),
    ]), "What the cluster is for: production, dense production, or development and test",
    default: "fast_prod", onChange: .recreate, comparison: .exact,
    wire: "properties.properties.clusterPurpose", source: "Azure ML REST API, AKSSchema"),
  Field(
    "load_balancer_type",
    .choice([
      .init("public_ip", wire: "PublicIp", olderNames: ["PublicIp"]),
      .init(
        "internal_load_balancer", wire: "InternalLoadBalancer",
        olderNames: ["InternalLoadBalancer"]),
    ]), "Whether services are reached from outside, or within a network only",
    default: "public_ip", onChange: .recreate, onChangeIfCreated: .inPlace,
    wire: "properties.properties.loadBalancerType",
    source: "Azure ML REST API, AKSSchema"),
  Field(
    "load_balancer_subnet", .text(pattern: "[A-Za-z0-9_.-]{1,80}"),
    "The subnet of an internal load balancer, by name", onChange: .recreate,
    onChangeIfCreated: .inPlace, wire: "properties.properties.loadBalancerSubnet",
    source: "Azure ML REST API, AKSSchema"),
]

private let network: AttributePath = "properties.properties.aksNetworkingConfiguration"

/// The network of a cluster to be created.
///
/// Nothing proves that the service tells it, so it is compared with what was applied: a field that
/// is not told must not have a cluster made anew.
private let networkFields: [Field] = [
  .networkName,
  Field(
    "network_settings.subnet", .text(), "The nodes' subnet, by name or by its full resource id",
    olderNames: ["subnet_name"], isWriteOnly: true, onChange: .recreate, comparison: .resourceID,
    wire: AttributePath(network.segments + ["subnetId"]),
    source: "Azure ML REST API, AksNetworkingConfiguration"),
  networkField(
    "service_cidr", "The range of the cluster's services", wire: "serviceCidr"),
  networkField(
    "dns_service_ip", "The address of the cluster's name service", wire: "dnsServiceIP"),
  networkField(
    "docker_bridge_cidr", "The range of the containers' bridge", wire: "dockerBridgeCidr"),
]

private func networkField(_ name: String, _ summary: String, wire: String) -> Field {
  Field(
    AttributePath(["network_settings", name]), .text(), summary,
    olderNames: [AttributePath([name])], isWriteOnly: true, onChange: .recreate,
    wire: AttributePath(network.segments + [wire]),
    source: "Azure ML REST API, AksNetworkingConfiguration")
}

private let tls: AttributePath = "properties.properties.sslConfiguration"

private let tlsFields: [Field] = [
  Field(
    "tls.cname", .text(), "The host name that your own certificate is for",
    olderNames: ["ssl_cname"], default: .null, onChange: .recreate, onChangeIfCreated: .inPlace,
    comparison: .ignoringCase,
    wire: AttributePath(tls.segments + ["cname"]), source: "Azure ML REST API, SslConfiguration"),
  Field(
    "tls.leaf_domain_label", .text(pattern: "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"),
    "The first part of the host name of a certificate by Microsoft",
    olderNames: ["leaf_domain_label"], default: .null, onChange: .recreate,
    onChangeIfCreated: .inPlace,
    comparison: .ignoringCase, wire: AttributePath(tls.segments + ["leafDomainLabel"]),
    source: "Azure ML REST API, SslConfiguration"),
  // It says how to attach, and nothing of what is attached afterwards.
  Field(
    "tls.overwrite_existing_domain", .boolean, "Takes that host name over if it is in use",
    olderNames: ["overwrite_existing_domain"], isWriteOnly: true, onChange: .recreate,
    onChangeIfCreated: .inPlace,
    wire: AttributePath(tls.segments + ["overwriteExistingDomain"]),
    source: "Azure ML REST API, SslConfiguration"),
  Field(
    "tls.certificate", .text(), "Your certificate and its chain, as PEM text",
    olderForms: [OlderForm("ssl_cert_pem_file", .fileName)], isSecret: true,
    onChange: .recreate, onChangeIfCreated: .inPlace, wire: AttributePath(tls.segments + ["cert"]),
    source: "Azure ML REST API, SslConfiguration"),
  Field(
    "tls.key", .text(), "The certificate's private key, as PEM text",
    olderForms: [OlderForm("ssl_key_pem_file", .fileName)], isSecret: true,
    onChange: .recreate, onChangeIfCreated: .inPlace, wire: AttributePath(tls.segments + ["key"]),
    source: "Azure ML REST API, SslConfiguration"),
]

private let reportedFields: [Field] = [
  .fromService(
    "tls.status", .text(), "`Disabled`, `Enabled` or `Auto`",
    wire: AttributePath(tls.segments + ["status"])),
  .fromService(
    "cluster_fqdn", .text(), "The cluster's host name", wire: "properties.properties.clusterFqdn"),
]

/// While TLS is off its host name means nothing, whatever the service still says.
@Sendable private func pruneTLSThatIsOff(_ kind: KindDescriptor, _ attributes: inout Attributes) {
  let status = kind.value("tls.status", in: attributes)?.text?.lowercased() ?? "disabled"
  guard status == "disabled" else { return }
  for path in ["tls.cname", "tls.leaf_domain_label"] as [AttributePath] {
    if let slot = kind.slot(path) { attributes[slot] = nil }
  }
}

/// The forms of TLS: none, a certificate of one's own, or one of Microsoft's.
enum TLSForm {
  case off
  case own
  case microsoft

  /// The service's word.
  fileprivate var status: String {
    switch self {
    case .off: "Disabled"
    case .own: "Enabled"
    case .microsoft: "Auto"
    }
  }

  /// What a certificate of one's own consists of.
  static let ownFields: [AttributePath] = ["tls.certificate", "tls.key", "tls.cname"]
}

extension ComputeTarget {
  fileprivate var tlsForm: TLSForm {
    if self["tls.leaf_domain_label"]?.text != nil { return .microsoft }
    return TLSForm.ownFields.contains { self[$0] != nil } ? .own : .off
  }
}
