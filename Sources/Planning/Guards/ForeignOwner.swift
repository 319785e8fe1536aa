package import Diagnostics
internal import TargetModel

/// `foreign-owner`: what another stack owns, or nobody owns, is never changed; adopting what
/// nobody owns is explicit.
func checkForeignOwner(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  guard world.request.mode != .destroy else { return }
  for pair in world.pairs {
    guard let desired = pair.desired, let observed = pair.observed,
      !world.mayChange(observed, for: desired)
    else { continue }
    findings.append(.foreignOwner(desired, observed))
  }
}

extension Rule {
  /// Only what this stack owns is changed.
  package static let foreignOwner = Rule("foreign-owner")
}

extension Diagnostic {
  fileprivate static func foreignOwner(
    _ desired: ComputeTarget, _ observed: ObservedTarget
  ) -> Diagnostic {
    let detail =
      if let owner = observed.marks.stack {
        """
        \(observed.address) is in the workspace already and the stack '\(owner)' owns it. Two \
        stacks that change one target undo each other's work. Choose another name here, or remove \
        the target from '\(owner)' with 'berth: {on_remove: retain}' first.
        """
      } else {
        """
        \(observed.address) is in the workspace already and no stack owns it. Somebody may rely on \
        it as it is. If this stack should take it over, add 'berth: {adopt: true}' to the \
        document; otherwise choose another name.
        """
      }
    return Diagnostic(
      .error, .foreignOwner, "Target belongs to somebody else", detail: detail,
      address: desired.address.description, at: desired.location, findingClass: .refusal)
  }
}
