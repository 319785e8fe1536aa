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
  /// What the target's own document says; where it is gone, or its name went to another kind, what
  /// was said when it was last applied.
  fileprivate var isProtected: Bool {
    guard let observed else { return false }
    guard let document else { return observed.marks.isProtected }
    // A document that lifts the protection is the reviewed way to lift it.
    if document.kind.name == observed.kind { return document.settings.protect }
    return document.settings.protect || observed.marks.isProtected
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
    return Diagnostic(
      .error, .protected, "Target is protected",
      detail: """
        \(draft.address) is protected, and the plan would \(draft.change.action.verb) it because \
        \(draft.change.reason.text). \(way)
        """,
      address: draft.address.description, at: draft.document?.location, findingClass: .refusal)
  }
}
