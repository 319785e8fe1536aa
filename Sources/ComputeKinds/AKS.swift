public import TargetModel

extension KindDescriptor {
  /// `aks`: an inference cluster for real-time services.
  ///
  /// The settings of an attachment, TLS among them, change by re-attachment (domain.md R11).
  public static let aks = KindDescriptor(
    name: "aks", computeType: "AKS", title: "inference cluster",
    summary: "An AKS cluster for real-time services, attached by its resource id.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.ContainerService/managedClusters"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ] + clusterFields + tlsFields + reportedFields,
    resource: HeldResource(),
    workloads: [.realtimeInference],
    checks: [.tlsForms, .tlsIsPEM, .internalSubnet],
    certificate: .init(
      chainField: "tls.certificate", keyField: "tls.key", hostField: "tls.cname"),
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

private let clusterFields: [Field] = [
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
    default: "public_ip", onChange: .recreate, wire: "properties.properties.loadBalancerType",
    source: "Azure ML REST API, AKSSchema"),
  Field(
    "load_balancer_subnet", .text(pattern: "[A-Za-z0-9_.-]{1,80}"),
    "The subnet of an internal load balancer, by name", onChange: .recreate,
    wire: "properties.properties.loadBalancerSubnet", source: "Azure ML REST API, AKSSchema"),
]

private let tls: AttributePath = "properties.properties.sslConfiguration"

private let tlsFields: [Field] = [
  Field(
    "tls.cname", .text(), "The host name that your own certificate is for",
    olderNames: ["ssl_cname"], default: .null, onChange: .recreate, comparison: .ignoringCase,
    wire: AttributePath(tls.segments + ["cname"]), source: "Azure ML REST API, SslConfiguration"),
  Field(
    "tls.leaf_domain_label", .text(pattern: "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"),
    "The first part of the host name of a certificate by Microsoft",
    olderNames: ["leaf_domain_label"], default: .null, onChange: .recreate,
    comparison: .ignoringCase, wire: AttributePath(tls.segments + ["leafDomainLabel"]),
    source: "Azure ML REST API, SslConfiguration"),
  // It says how to attach, and nothing of what is attached afterwards.
  Field(
    "tls.overwrite_existing_domain", .boolean, "Takes that host name over if it is in use",
    olderNames: ["overwrite_existing_domain"], isWriteOnly: true, onChange: .recreate,
    wire: AttributePath(tls.segments + ["overwriteExistingDomain"]),
    source: "Azure ML REST API, SslConfiguration"),
  Field(
    "tls.certificate", .text(), "Your certificate and its chain, as PEM text", isSecret: true,
    onChange: .recreate, wire: AttributePath(tls.segments + ["cert"]),
    source: "Azure ML REST API, SslConfiguration"),
  Field(
    "tls.key", .text(), "The certificate's private key, as PEM text", isSecret: true,
    onChange: .recreate, wire: AttributePath(tls.segments + ["key"]),
    source: "Azure ML REST API, SslConfiguration"),
]

private let reportedFields: [Field] = [
  .fromService(
    "tls.status", .text(), "`Disabled`, `Enabled` or `Auto`",
    wire: AttributePath(tls.segments + ["status"])),
  .fromService(
    "agent_count", .integer(0...10_000), "How many nodes the cluster has",
    wire: "properties.properties.agentCount"),
  .fromService(
    "agent_vm_size", .text(), "The size of a node", wire: "properties.properties.agentVmSize"),
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
