public import TargetModel

extension KindDescriptor {
  /// `kubernetes`: an AKS or Arc cluster with the machine-learning extension. The one kind that may
  /// hold a cluster more than once, with different namespaces (Azure ML: attach a Kubernetes
  /// cluster to a workspace).
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
      Field(
        "properties.defaultInstanceType", .text(), "The instance type for jobs that name none",
        onChange: .recreate, wire: "properties.properties.defaultInstanceType",
        source: "Azure ML REST API, KubernetesProperties"),
      Field(
        "properties.instanceTypes",
        .map(
          of: .object([
            Field(
              "nodeSelector", .map(of: .text()), "Which nodes", onChange: .recreate,
              wire: "nodeSelector"),
            Field(
              "resources.requests", .map(of: .text()), "What is asked for", onChange: .recreate,
              wire: "resources.requests"),
            Field(
              "resources.limits", .map(of: .text()), "What is at most given", onChange: .recreate,
              wire: "resources.limits"),
          ])), "Instance types by name", onChange: .recreate,
        wire: "properties.properties.instanceTypes",
        source: "Azure ML REST API, InstanceTypeSchema"),
      Field(
        "properties.vcName", .text(), "The virtual cluster's name", onChange: .recreate,
        wire: "properties.properties.vcName", source: "Azure ML REST API, KubernetesProperties"),
      Field(
        "properties.extensionPrincipalId", .text(), "The extension's principal", onChange: .recreate,
        wire: "properties.properties.extensionPrincipalId",
        source: "Azure ML REST API, KubernetesProperties"),
      Field(
        "properties.extensionInstanceReleaseTrain", .text(), "The extension's release train",
        onChange: .recreate, wire: "properties.properties.extensionInstanceReleaseTrain",
        source: "Azure ML REST API, KubernetesProperties"),
      Field(
        "properties.relayConnectionString", .text(), "The relay's connection string",
        isSecret: true, onChange: .recreate, wire: "properties.properties.relayConnectionString",
        source: "Azure ML REST API, KubernetesProperties"),
      Field(
        "properties.serviceBusConnectionString", .text(), "The service bus's connection string",
        isSecret: true, onChange: .recreate,
        wire: "properties.properties.serviceBusConnectionString",
        source: "Azure ML REST API, KubernetesProperties"),
    ] + Field.identity(onChange: .inPlace),
    resource: HeldResource(shareField: "namespace"), checks: [.identityFits],
    sample: """
      name: k8s-prod
      type: kubernetes
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.ContainerService/managedClusters/aks-prod
      namespace: ml

      """)
}
