package import Diagnostics
internal import TargetModel

/// `foreign-owner`: what another stack owns, or nobody owns, is never changed; adopting what
/// nobody owns is explicit.
func checkForeignOwner(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for pair in world.pairs where pair.standing == .foreign {
    guard let desired = pair.desired, let observed = pair.observed, world.knows(observed) else {
      continue
    }
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
    Diagnostic(
      .error, .foreignOwner, "Target belongs to somebody else",
      detail: "\(observed.address) is in the workspace already and "
        + situation(desired, observed),
      address: desired.address.description, at: desired.location, findingClass: .refusal)
  }

  private static func situation(_ desired: ComputeTarget, _ observed: ObservedTarget) -> String {
    if let owner = observed.owner {
      // A retained target is forgotten only where its mark can be taken away.
      let isForgettable = observed.kind == desired.kind.name && desired.kind.updatesMarks
      let way = isForgettable ? "with 'berth: {on_remove: retain}' first" : "first"
      return """
        the stack '\(owner)' owns it. Two stacks that change one target undo each other's work. \
        Choose another name here, or remove the target from '\(owner)' \(way).
        """
    }
    guard observed.kind == desired.kind.name else {
      return """
        no stack owns it. A document of another type can't adopt it, since the live one would have \
        to go. Choose another name here, or remove the live target yourself.
        """
    }
    return """
      no stack owns it. Somebody may rely on it as it is. If this stack should take it over, add \
      'berth: {adopt: true}' to the document; otherwise choose another name.
      """
  }
}
