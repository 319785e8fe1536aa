/// What to tell somebody whose manifest names a kind that Berth knows of and does not manage; nil
/// for a word that is no kind at all.
///
/// Full sentences, to be shown as they are.
public func kindAdvice(for type: String) -> String? {
  switch type.lowercased() {
  case "local":
    """
    The local computer is no target of a workspace. Jobs name it without any declaration, so the \
    document can go.
    """
  case "containerinstance", "aci", "functions", "iotedge":
    """
    Such a target comes to be when a model is deployed. It can't be created or attached here, so \
    the document can go.
    """
  case "batchai":
    "Batch AI is retired. Declare a compute cluster in its place, with 'type: amlcompute'."
  case "dsvm":
    """
    A data science virtual machine is made elsewhere and attached: declare it with 'type: \
    virtualmachine' and its 'resource_id'.
    """
  case "remotevm", "remote": "A remote machine is declared with 'type: virtualmachine'."
  case "kusto": "Berth does not manage targets of type 'kusto'."
  default: nil
  }
}
