package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `aks`: an inference cluster for real-time services. TLS and the other settings of an
  /// attachment change by re-attachment (domain.md R11).
  public static let aks = KindDescriptor(
    name: "aks", computeType: "AKS", title: "inference cluster",
    summary: "An AKS cluster for real-time services, attached by its resource id.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.ContainerService/managedClusters"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "cluster_purpose",
        .choice([
          .init("fast_prod", wire: "FastProd"), .init("dense_prod", wire: "DenseProd"),
          .init("dev_test", wire: "DevTest"),
        ]), "What the cluster is for: production, dense production, or development and test",
        default: "fast_prod", onChange: .recreate, comparison: .ignoringCase,
        wire: "properties.properties.clusterPurpose", source: "Azure ML REST API, AKSSchema"),
      Field(
        "load_balancer_type",
        .choice([
          .init("public_ip", wire: "PublicIp"),
          .init("internal_load_balancer", wire: "InternalLoadBalancer"),
        ]), "Whether services are reached from outside or inside a network only",
        default: "public_ip", onChange: .recreate, comparison: .ignoringCase,
        wire: "properties.properties.loadBalancerType", source: "Azure ML REST API, AKSSchema"),
      Field(
        "load_balancer_subnet", .text(), "The subnet of an internal load balancer",
        onChange: .recreate, wire: "properties.properties.loadBalancerSubnet",
        source: "Azure ML REST API, AKSSchema"),
      Field(
        "tls.certificate", .text(), "Your certificate chain, as PEM text",
        olderNames: ["ssl_cert_pem_file"], isSecret: true, onChange: .recreate,
        wire: "properties.properties.sslConfiguration.cert",
        source: "Azure ML REST API, SslConfiguration"),
      Field(
        "tls.key", .text(), "The certificate's private key, as PEM text",
        olderNames: ["ssl_key_pem_file"], isSecret: true, onChange: .recreate,
        wire: "properties.properties.sslConfiguration.key",
        source: "Azure ML REST API, SslConfiguration"),
      Field(
        "tls.cname", .text(), "The host name that the certificate is for",
        olderNames: ["ssl_cname"], default: .null, onChange: .recreate, comparison: .ignoringCase,
        wire: "properties.properties.sslConfiguration.cname",
        source: "Azure ML REST API, SslConfiguration"),
      Field(
        "tls.leaf_domain_label", .text(), "The first part of the name of a Microsoft certificate",
        olderNames: ["leaf_domain_label"], default: .null, onChange: .recreate,
        wire: "properties.properties.sslConfiguration.leafDomainLabel",
        source: "Azure ML REST API, SslConfiguration"),
      Field(
        "tls.overwrite_existing_domain", .boolean, "Takes that name over if it is in use",
        olderNames: ["overwrite_existing_domain"], isWriteOnly: true, onChange: .recreate,
        wire: "properties.properties.sslConfiguration.overwriteExistingDomain",
        source: "Azure ML REST API, SslConfiguration"),
      .fromService(
        "tls.status", .text(), "Disabled, Enabled or Auto",
        wire: "properties.properties.sslConfiguration.status"),
      .fromService(
        "agent_count", .integer(0...10_000), "How many nodes the cluster has",
        wire: "properties.properties.agentCount"),
      .fromService(
        "agent_vm_size", .text(), "The size of a node", wire: "properties.properties.agentVmSize"),
      .fromService(
        "cluster_fqdn", .text(), "The cluster's host name",
        wire: "properties.properties.clusterFqdn"),
    ],
    resource: HeldResource(), checks: [.tlsForms, .internalSubnet],
    addsToBody: { target in
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

/// The forms of TLS (Azure ML SDK v1, aks.py): none, a certificate of one's own, or Microsoft's.
private enum TLSForm {
  case off
  case own
  case microsoft

  var status: String {
    switch self {
    case .off: "Disabled"
    case .own: "Enabled"
    case .microsoft: "Auto"
    }
  }
}

extension ComputeTarget {
  fileprivate var tlsForm: TLSForm {
    if self["tls.leaf_domain_label"]?.text != nil { return .microsoft }
    return ownCertificateFields.contains { self[$0] != nil } ? .own : .off
  }
}

private let ownCertificateFields: [AttributePath] = ["tls.certificate", "tls.key", "tls.cname"]

extension CrossFieldCheck {
  /// A certificate of one's own is complete, and Microsoft's stands alone.
  fileprivate static let tlsForms = CrossFieldCheck(.tlsForm) { target, findings in
    let given = ownCertificateFields.filter { target[$0] != nil }
    let hasLabel = target["tls.leaf_domain_label"] != nil
    if hasLabel, let first = given.first {
      findings.append(
        .tlsForm(
          target, first, "a certificate of your own and 'leaf_domain_label' exclude each other"))
    } else if !given.isEmpty, given.count < ownCertificateFields.count, let first = given.first {
      let missing = ownCertificateFields.filter { target[$0] == nil }
        .map { "'\($0.segments[1])'" }.joined(separator: " and ")
      findings.append(
        .tlsForm(target, first, "a certificate of your own also needs \(missing)"))
    }
    if !hasLabel, target["tls.overwrite_existing_domain"] != nil {
      findings.append(
        .tlsForm(
          target, "tls.overwrite_existing_domain",
          "'overwrite_existing_domain' needs 'leaf_domain_label'"))
    }
  }

  /// A load balancer's subnet means an internal one.
  fileprivate static let internalSubnet = CrossFieldCheck(.loadBalancerSubnet) { target, findings in
    let type = target["load_balancer_type"]?.text?.lowercased()
    if target["load_balancer_subnet"] != nil, type != "internal_load_balancer" {
      findings.append(.loadBalancerSubnet(target))
    }
  }
}

extension Rule {
  /// TLS takes one of its forms, whole.
  package static let tlsForm = Rule("tls-form")
  /// A load balancer's subnet needs an internal load balancer.
  package static let loadBalancerSubnet = Rule("load-balancer-subnet")
}

extension Diagnostic {
  fileprivate static func tlsForm(
    _ target: ComputeTarget, _ path: AttributePath, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .tlsForm, "TLS settings do not fit together",
      detail: """
        In 'tls', \(what). Either give 'certificate', 'key' and 'cname', or 'leaf_domain_label' \
        for a certificate of Microsoft's.
        """,
      address: target.address.description, at: target.location(of: path), hidesSource: true)
  }

  fileprivate static func loadBalancerSubnet(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .error, .loadBalancerSubnet, "Subnet without an internal load balancer",
      detail: """
        'load_balancer_subnet' counts only with 'load_balancer_type: internal_load_balancer'. Add \
        that, or remove the subnet.
        """,
      address: target.address.description, at: target.location(of: "load_balancer_subnet"))
  }
}
