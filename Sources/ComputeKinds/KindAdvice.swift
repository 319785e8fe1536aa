package import Diagnostics
public import TargetModel

/// What to tell somebody whose manifest names a kind by another word, or one that Berth does not
/// manage; nil for a word that is no kind at all, and for what `refusedKind` answers.
///
/// Full sentences, to be shown as they are.
public func kindAdvice(for type: String) -> String? {
  switch type.lowercased() {
  case "remotevm", "remote": "A remote machine is declared with 'type: virtualmachine'."
  case "adla": "An account of Data Lake Analytics is declared with 'type: datalakeanalytics'."
  case "kusto":
    "Berth does not manage targets of type 'kusto'. A live one is shown and never touched."
  default: nil
  }
}

/// What to tell somebody whose document has a key of the Python SDK (v1) that is no field but a part
/// of one, or has no counterpart; nil for any other key.
///
/// Full sentences, to be shown as they are.
public func keyAdvice(for key: String, of kind: KindDescriptor) -> String? {
  switch key {
  case "vnet_resourcegroup_name", "vnet_resource_group_name":
    "A network in another resource group is named by its subnet's full resource id, in "
      + "'network_settings.subnet'."
  case "resource_group", "subscription_id", "account_name", "workspace_name", "cluster_name":
    kind.resource.map { resource in
      "What is attached is named by its full resource id, in '\(resource.idField)'."
    }
  case "renew" where kind.name == "aks":
    "A certificate of Microsoft's is renewed by the service; one of your own is renewed by giving "
      + "the next one in 'tls.certificate' and 'tls.key'."
  default: nil
  }
}

/// Rules besides those of the kinds' checks whose warnings a stack may silence.
package let silenceableRules: [Rule] = [
  .otherSubscription, .otherRegion, .regionIgnored, .unportableName,
]
