public import TargetModel

extension KindDescriptor {
  /// `synapsespark`: a Spark pool of a Synapse workspace.
  public static let synapseSpark = KindDescriptor(
    name: "synapsespark", computeType: "SynapseSpark", title: "Synapse Spark pool",
    summary: "A Spark pool of an Azure Synapse workspace.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Synapse/workspaces/bigDataPools"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ] + Field.identity(onChange: .recreate) + [
      .fromService(
        "spark_version", .text(), "The version of Spark", wire: "properties.properties.sparkVersion"
      ),
      .fromService(
        "node_count", .integer(0...10_000), "How many nodes the pool has",
        wire: "properties.properties.nodeCount"),
      .fromService(
        "node_size", .text(), "The size of a node", wire: "properties.properties.nodeSize"),
      .fromService(
        "node_family", .text(), "The family of that size",
        wire: "properties.properties.nodeSizeFamily"),
      .fromService(
        "scale_settings.auto_scale_enabled", .boolean, "Whether the pool scales by itself",
        wire: "properties.properties.autoScaleProperties.enabled"),
      .fromService(
        "scale_settings.min_node_count", .integer(0...10_000), "The least it scales to",
        wire: "properties.properties.autoScaleProperties.minNodeCount"),
      .fromService(
        "scale_settings.max_node_count", .integer(0...10_000), "The most it scales to",
        wire: "properties.properties.autoScaleProperties.maxNodeCount"),
      .fromService(
        "auto_pause_settings.auto_pause_enabled", .boolean, "Whether an idle pool is paused",
        wire: "properties.properties.autoPauseProperties.enabled"),
      .fromService(
        "auto_pause_settings.delay_in_minutes", .integer(0...100_000), "After how long",
        wire: "properties.properties.autoPauseProperties.delayInMinutes"),
    ],
    resource: HeldResource(), workloads: [.training, .pipelines],
    checks: [.identityFits],
    sample: """
      name: spark-pool
      type: synapsespark
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.Synapse/workspaces/ml-synapse/bigDataPools/pool1

      """)
}
