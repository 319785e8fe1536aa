package import Diagnostics
internal import TargetModel

/// `protected`: a protected target is never detached, deleted or replaced, also when its document
/// goes away: the mark on the live target outlives it.
func checkProtected(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  for draft in drafts where draft.change.action.release != nil && draft.standing != .foreign {
    if draft.isProtected { findings.append(.protected(draft)) }
  }
}

extension ChangeDraft {
  fileprivate var isProtected: Bool { observed?.isProtected(by: document) == true }
}

extension ObservedTarget {
  /// True if the document of its name protects it, or its mark does.
  ///
  /// The mark outlives the document and the line: a block that was lost in a merge lifts nothing,
  /// only `protect: false` in the target's own document does.
  func isProtected(by document: ComputeTarget?) -> Bool {
    guard let document else { return marks.isProtected }
    if document.settings.protect { return true }
    let lifts = document.kind.name == kind && document.settings.liftsProtection
    return marks.isProtected && !lifts
  }
}

extension Rule {
  /// A protected target is never detached, deleted or replaced.
  package static let protected = Rule("protected")
}

extension Diagnostic {
  fileprivate static func protected(_ draft: ChangeDraft) -> Diagnostic {
    let way =
      draft.document == nil
      ? "Restore its document, and set 'berth: {protect: false}' in it if it really is to go."
      : "If it really is to go, set 'berth: {protect: false}' first, in a change of its own."
    // Who reads the document and finds no such line must know where it comes from.
    let aside =
      draft.document?.settings.protect == false
      ? " (its document does not say so, but the mark of the last apply does)" : ""
    return Diagnostic(
      .error, .protected, "Target is protected",
      detail: """
        \(draft.address) is protected\(aside), and the plan would \(draft.change.action.verb) it \
        because \(draft.change.reason.text). \(way)
        """,
      address: draft.address.description, at: draft.document?.location, findingClass: .refusal)
  }
}
