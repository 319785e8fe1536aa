package import Diagnostics

/// `same-target`: the acts of one change follow each other; a machine is switched off when it is
/// there.
func orderSameTarget(_ drafts: [ChangeDraft], _ graph: inout StepGraph) {
  for draft in drafts.indices {
    for node in graph.all(of: draft).dropFirst() {
      graph.add(node, waitsFor: node - 1, because: .sameTarget)
    }
  }
}

extension Rule {
  /// The acts on one target follow each other.
  package static let sameTarget = Rule("same-target")
}
