package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `kubernetes`: an AKS or Arc cluster with the machine-learning extension.
  ///
  /// The one kind that may hold a cluster more than once, with different namespaces.
  public static let kubernetes = KindDescriptor(
    name: "kubernetes", computeType: "Kubernetes", title: "Kubernetes cluster",
    summary: "An AKS or Arc cluster with the machine-learning extension, attached by namespace.",
    origin: .attached,
    fields: [
      .resourceID([
        "Microsoft.ContainerService/managedClusters", "Microsoft.Kubernetes/connectedClusters",
      ]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "namespace", .text(pattern: "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
        "The namespace to work in; it must exist", default: "default", onChange: .recreate,
        wire: "properties.properties.namespace",
        source: "Azure ML REST API, KubernetesProperties"),
    ] + extensionFields + Field.identity(onChange: .inPlace),
    resource: HeldResource(shareField: "namespace"),
    workloads: [
      .training, .hyperparameterTuning, .pipelines, .designer, .batchInference, .realtimeInference,
    ],
    checks: [.identityFits, .onlyOneIdentity],
    sample: """
      name: k8s-prod
      type: kubernetes
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.ContainerService/managedClusters/aks-prod
      namespace: ml

      """)
}

/// What stands under `properties`.
///
/// `az ml` takes any map there; these are all the entries that the service knows, and naming them
/// lets a slip of the pen be found.
private let extensionFields: [Field] = [
  extensionField(
    "defaultInstanceType", .text(), "The instance type of jobs that name none",
    olderNames: ["properties.default_instance_type"]),
  extensionField(
    "instanceTypes",
    .map(
      of: .object([
        .nested("nodeSelector", .map(of: .text()), "Labels of the nodes to use"),
        .nested("resources.requests", .map(of: .text()), "What a job asks for"),
        .nested("resources.limits", .map(of: .text()), "What a job gets at most"),
      ])), "Instance types by name", olderNames: ["properties.instance_types"],
    shape: .withoutNulls),
  extensionField("vcName", .text(), "The virtual cluster's name"),
  extensionField("extensionPrincipalId", .text(), "The principal of the cluster's extension"),
  extensionField(
    "extensionInstanceReleaseTrain", .text(), "The release train of the cluster's extension"),
  extensionField(
    "relayConnectionString", .text(), "The relay's connection string", isSecret: true),
  extensionField(
    "serviceBusConnectionString", .text(), "The service bus's connection string", isSecret: true),
]

private func extensionField(
  _ name: String, _ type: FieldType, _ summary: String, olderNames: [AttributePath] = [],
  isSecret: Bool = false, shape: WireShape? = nil
) -> Field {
  Field(
    AttributePath(["properties", name]), type, summary, olderNames: olderNames,
    isSecret: isSecret, onChange: .recreate,
    wire: AttributePath(["properties", "properties", name]), shape: shape,
    source: "Azure ML REST API, KubernetesProperties")
}

extension CrossFieldCheck {
  /// Of several user-assigned identities a Kubernetes attachment uses the first and no other.
  fileprivate static let onlyOneIdentity = CrossFieldCheck(.identityUnused) { target, findings in
    let count = target["identity.user_assigned_identities"]?.list?.count ?? 0
    if count > 1 { findings.append(.identityUnused(target, count)) }
  }
}

extension Rule {
  /// No identity is given in vain.
  package static let identityUnused = Rule("identity-unused")
}

extension Diagnostic {
  fileprivate static func identityUnused(_ target: ComputeTarget, _ count: Int) -> Diagnostic {
    Diagnostic(
      .warning, .identityUnused, "Only one identity is used",
      detail: """
        Of the \(count) user-assigned identities, the service uses the first for a Kubernetes \
        cluster and no other. Name one.
        """,
      address: target.address.description,
      at: target.location(of: "identity.user_assigned_identities"))
  }
}
