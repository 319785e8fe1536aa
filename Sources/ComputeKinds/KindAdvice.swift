package import Diagnostics

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

/// Rules besides those of the kinds' checks whose warnings a stack may silence.
package let silenceableRules: [Rule] = [
  .otherSubscription, .otherRegion, .regionIgnored, .unportableName,
]
