package import Diagnostics
internal import TargetModel

/// `dependency-cycle`: dependencies have an end, or none of them could come first.
func checkDependencyCycle(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for cycle in world.dependencies.cycles.prefix(mostCyclesShown) {
    findings.append(.dependencyCycle(cycle))
  }
}

/// Cycles overlap: mending the first ones often mends the rest.
private let mostCyclesShown = 10
/// A longer cycle is shown from its start.
private let mostNamesShown = 12

extension Rule {
  /// Dependencies have no cycle.
  package static let dependencyCycle = Rule("dependency-cycle")
}

extension Diagnostic {
  fileprivate static func dependencyCycle(_ cycle: [ComputeTarget]) -> Diagnostic {
    var names = cycle.prefix(mostNamesShown).map(\.address.description)
    if cycle.count > mostNamesShown { names.append("\(cycle.count - mostNamesShown) more") }
    names += cycle.prefix(1).map(\.address.description)
    return Diagnostic(
      .error, .dependencyCycle, "Dependencies form a cycle",
      detail: """
        \(names.joined(separator: " -> ")). None of them could come first. Remove one of these \
        'depends_on' entries.
        """,
      address: cycle.first?.address.description, at: cycle.first?.location,
      related: cycle.dropFirst().prefix(mostNamesShown).map {
        .init("\($0.address) stands here", at: $0.location)
      },
      findingClass: .refusal)
  }
}
