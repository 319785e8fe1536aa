package import Diagnostics
internal import TargetModel

/// `name-taken`: a target can't be made under a name whose bearer stays.
///
/// Berth never touches a kind it does not know, and what is to be retained is not removed for its
/// name's sake.
func checkNameTaken(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for pair in world.pairs where pair.comparison == nil {
    guard let desired = pair.desired, let observed = pair.observed else { continue }
    if !world.knows(observed) {
      findings.append(
        .nameTaken(
          desired, observed,
          "is of a kind that Berth does not know, so Berth never touches it. Choose another name "
            + "here, or remove the live target yourself."))
    } else if observed.isRetained, world.owns(observed) {
      findings.append(
        .nameTaken(
          desired, observed,
          "is to be retained ('berth: {on_remove: retain}' was applied to it). Choose another name "
            + "here, or bring its document back, take 'on_remove' away and apply that first."))
    }
  }
}

extension Rule {
  /// The bearer of a name that is needed stays.
  package static let nameTaken = Rule("name-taken")
}

extension Diagnostic {
  fileprivate static func nameTaken(
    _ desired: ComputeTarget, _ observed: ObservedTarget, _ why: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .nameTaken, "Name is taken",
      detail: "\(observed.address) has this name in the workspace and \(why)",
      address: desired.address.description, at: desired.location, findingClass: .refusal)
  }
}
