/// What a target is meant to run, as `berth.workloads` says.
public enum Workload: String, Hashable, Sendable, CaseIterable {
  /// Training scripts, as single jobs.
  case training
  /// Jobs that try many values of hyperparameters (sweeps).
  case hyperparameterTuning = "hyperparameter-tuning"
  /// Automated machine learning.
  case automl
  /// Steps of pipelines.
  case pipelines
  /// Pipelines that are drawn in the designer.
  case designer
  /// Scoring of many records at once.
  case batchInference = "batch-inference"
  /// A web service that answers at once.
  case realtimeInference = "realtime-inference"
}
