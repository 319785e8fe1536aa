public import TargetModel

extension KindDescriptor {
  /// `datalakeanalytics`: an account of Azure Data Lake Analytics, for steps of pipelines.
  public static let dataLakeAnalytics = KindDescriptor(
    name: "datalakeanalytics", computeType: "DataLakeAnalytics",
    title: "Data Lake Analytics account",
    summary: """
      An account of Azure Data Lake Analytics that pipelines send U-SQL to; made beforehand. \
      Pipelines reach data in the account's default store only.
      """,
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.DataLakeAnalytics/accounts"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "data_lake_store_account_name", .text(pattern: "[a-z0-9]{3,24}"),
        "The account's default store, by name", onChange: .recreate, comparison: .ignoringCase,
        wire: "properties.properties.dataLakeStoreAccountName",
        source: "Azure ML REST API, DataLakeAnalyticsSchema"),
    ],
    resource: HeldResource(), workloads: [.pipelines], checks: [.serviceEnded],
    sample: """
      name: adla-etl
      type: datalakeanalytics
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.DataLakeAnalytics/accounts/mladla

      """)
}
