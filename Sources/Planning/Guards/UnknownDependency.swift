package import Diagnostics
internal import TargetModel

/// `unknown-dependency`: what a target depends on is a document of this stack.
func checkUnknownDependency(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  // Looking for what was meant goes through all addresses; one typo copied a thousand times must
  // not take a minute.
  var suggestions: [TargetAddress: String?] = [:]
  for (document, entry) in world.dependencies.unknown {
    if suggestions[entry] == nil, suggestions.count < 100 {
      suggestions[entry] = .some(
        nearest(to: entry.description, among: world.documents.lazy.map(\.address.description)))
    }
    findings.append(.unknownDependency(document, entry, suggestions[entry] ?? nil))
  }
}

extension Rule {
  /// A dependency names a document of this stack.
  package static let unknownDependency = Rule("unknown-dependency")
}

extension Diagnostic {
  fileprivate static func unknownDependency(
    _ document: ComputeTarget, _ dependency: TargetAddress, _ suggestion: String?
  ) -> Diagnostic {
    let way =
      suggestion.map { "Did you mean \"\($0)\"?" }
      ?? "Add its document, or take the entry out of 'depends_on'."
    return Diagnostic(
      .error, .unknownDependency, "Dependency is not in configuration",
      detail: """
        \(document.address) depends on \(dependency), and no document of this stack has that \
        address. \(way)
        """,
      address: document.address.description, at: document.location, findingClass: .refusal)
  }
}
