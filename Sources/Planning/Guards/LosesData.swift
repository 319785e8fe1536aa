package import Diagnostics
internal import TargetModel

/// `loses-data`: a target whose data is nowhere else (a compute instance's disk) is replaced or
/// deleted only where that was said in so many words.
func checkLosesData(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for draft in drafts where draft.change.action.release == .delete && draft.standing != .foreign {
    guard let observed = draft.observed, world.kind(of: observed)?.losesData == true,
      draft.document?.settings.allowReplace != true
    else { continue }
    findings.append(.losesData(draft))
  }
}

extension Rule {
  /// Data that is nowhere else is not lost by accident.
  package static let losesData = Rule("loses-data")
}

extension Diagnostic {
  fileprivate static func losesData(_ draft: ChangeDraft) -> Diagnostic {
    let way =
      draft.document == nil
      ? """
      Restore its document. If nothing on it is needed, delete it yourself ('az ml compute delete') \
      or remove everything this stack owns with 'berth destroy'.
      """
      : "If nothing on it is needed, say 'berth: {allow_replace: true}' in its document."
    return Diagnostic(
      .error, .losesData, "Data would be lost",
      detail: """
        The plan would \(draft.change.action.verb) \(draft.address) because \
        \(draft.change.reason.text), and what is on its disk would be gone. \(way)
        """,
      address: draft.address.description, at: draft.document?.location, findingClass: .refusal)
  }
}
