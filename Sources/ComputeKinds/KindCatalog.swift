public import TargetModel

extension KindCatalog {
  /// The kinds of compute target that an Azure Machine Learning workspace can have.
  ///
  /// A new kind is a file beside this one and a line here.
  public static let azureML = KindCatalog([
    .aks,
    .amlCompute,
    .batch,
    .computeInstance,
    .dataFactory,
    .dataLakeAnalytics,
    .databricks,
    .hdInsight,
    .kubernetes,
    .local,
    .synapseSpark,
    .virtualMachine,
  ])
}
