package import Diagnostics
internal import TargetModel

/// `secrets-first`: everything that an attach or create needs is there before any detach or delete
/// it follows.
///
/// The binder resolves secrets before planning, and reports those it can't. A program that plans
/// with references left as they are can look at such a plan and never carry it out.
func checkSecretsFirst(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for draft in drafts where draft.change.action.acquisition != nil && draft.standing != .foreign {
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
        could be taken away and not made again. Make the reference readable here and plan again.
        """,
      address: desired.address.description, at: desired.location(of: path), hidesSource: true,
      findingClass: .refusal)
  }
}
