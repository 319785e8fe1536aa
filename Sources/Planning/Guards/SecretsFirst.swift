package import Diagnostics
internal import TargetModel

/// `secrets-first`: everything that an attach needs is there before any detach it follows.
///
/// The binder resolves secrets before planning; where they were checked for form only (a plan made
/// without them), a target that is to be made has a secret without a value. Such a plan can be
/// looked at and never carried out.
func checkSecretsFirst(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for draft in drafts where draft.change.action.acquisition != nil {
    guard let desired = draft.desired else { continue }
    for (slot, field) in desired.kind.fields.enumerated() where field.isSecret {
      guard let value = desired.attributes[slot], value != .null else { continue }
      if case .secret = value { continue }
      findings.append(.unresolvedSecret(desired, field.path))
    }
  }
}

extension Rule {
  /// What an attach needs is there before any detach it follows.
  package static let secretsFirst = Rule("secrets-first")
}

extension Diagnostic {
  fileprivate static func unresolvedSecret(
    _ desired: ComputeTarget, _ path: AttributePath
  ) -> Diagnostic {
    Diagnostic(
      .error, .secretsFirst, "Secret is not resolved",
      detail: """
        \(desired.address) needs '\(path)', and its value was not read. Without it the target \
        could be detached and not attached again. Make the reference readable here and plan again.
        """,
      address: desired.address.description, at: desired.location(of: path), hidesSource: true,
      findingClass: .refusal)
  }
}
