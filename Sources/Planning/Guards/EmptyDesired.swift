package import Diagnostics
internal import TargetModel

/// `empty-desired`: an empty set of manifests never means "remove everything".
///
/// A folder renamed, a pattern without a match and a merge gone wrong all look like it.
func checkEmptyDesired(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  guard world.request.mode == .apply, world.request.desired.isEmpty else { return }
  let owned = world.request.observed.targets.filter(world.owns)
  if !owned.isEmpty { findings.append(.emptyDesired(owned, stack: world.request.stack)) }
}

extension Rule {
  /// No manifests at all never means removing all targets.
  package static let emptyDesired = Rule("empty-desired")
}

extension Diagnostic {
  fileprivate static func emptyDesired(_ owned: [ObservedTarget], stack: String) -> Diagnostic {
    let names = owned.prefix(3).map(\.address.description).joined(separator: ", ")
    let rest = owned.count > 3 ? " and \(owned.count - 3) more" : ""
    return Diagnostic(
      .error, .emptyDesired, "No manifests, but live targets",
      detail: """
        The stack '\(stack)' has no compute documents, and owns \(owned.count) live \
        target\(owned.count == 1 ? "" : "s"): \(names)\(rest). A missing folder or a pattern in \
        'computes' that matches nothing looks just like this. To remove them all, run \
        'berth destroy'.
        """,
      findingClass: .refusal)
  }
}
