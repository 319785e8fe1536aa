public import TargetModel

extension KindDescriptor {
  /// `batch`: an account of Azure Batch, for steps of pipelines.
  ///
  /// No published version of the service's API names the kind; the older SDK sends it all the same
  /// (api.md 5.9).
  public static let batch = KindDescriptor(
    name: "batch", computeType: "Batch", title: "Batch account",
    summary: "An account of Azure Batch whose pools pipelines send jobs to; made beforehand.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Batch/batchAccounts"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ],
    resource: HeldResource(), workloads: [.pipelines], checks: [.sdkEnded],
    sample: """
      name: batch-jobs
      type: batch
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.Batch/batchAccounts/mlbatch

      """)
}
