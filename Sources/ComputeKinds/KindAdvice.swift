/// What to tell somebody whose manifest names a kind that Berth does not manage; nil for a word
/// that is no kind at all.
public func kindAdvice(for type: String) -> String? {
  switch type.lowercased() {
  case "hdinsight", "databricks", "datalakeanalytics", "batch", "datafactory":
    "Berth does not manage this kind yet."
  case "local":
    "The local computer is no target of a workspace: jobs name it, and nothing is to be declared."
  case "containerinstance", "functions", "iotedge":
    "Such a target comes to be when a model is deployed; it can't be created or attached."
  case "batchai": "Batch AI is retired. Declare a compute cluster: 'type: amlcompute'."
  case "dsvm":
    "A data science machine is made elsewhere and attached: 'type: virtualmachine' with its "
      + "'resource_id'."
  case "kusto": "Berth does not manage this kind."
  default: nil
  }
}
