internal import BackendInterface
internal import Diagnostics
internal import Planning
internal import TargetModel

/// The rules of applying.
extension Rule {
  static let notApproved = Rule("not-approved")
  static let digestDiffers = Rule("digest-differs")
  static let notConverged = Rule("not-converged")
}

extension Diagnostic {
  static func notApproved() -> Diagnostic {
    Diagnostic(
      .error, .notApproved, "Nobody can approve the plan",
      detail: """
        There is no terminal to ask on, or questions are switched off. Nothing was done. Review \
        the plan and run the command with '--auto-approve', or apply a saved plan.
        """)
  }

  static func digestDiffers(_ expected: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .error, .digestDiffers, "Plan has another digest",
      detail: """
        '--expect-digest' says \(expected), and the plan has \(found). What would be done is not \
        what was reviewed. Nothing was done. Review the plan again.
        """,
      findingClass: .stale)
  }

  static func journalIncomplete(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnwritable, "Journal is not complete",
      detail: """
        The journal under '.berth/journals' \(reason). What was under way ended, and nothing more was \
        begun. Mend that and apply again: the workspace itself tells what is left to do.
        """)
  }

  static func notConverged(_ left: [Change]) -> Diagnostic {
    let fields = left.prefix(5).map { change in
      let paths = change.attributes.prefix(3).map { "'\($0.path)'" }.joined(separator: ", ")
      return paths.isEmpty ? "\(change.address)" : "\(change.address) (\(paths))"
    }.joined(separator: ", ")
    return Diagnostic(
      .error, .notConverged, "Workspace is not as desired",
      detail: """
        Every step succeeded, and a plan made afterwards still wants to change \(fields). Somebody \
        else changed it meanwhile, or the service keeps another value. Run 'berth plan' to see.
        """)
  }

  static func notVerified(_ failure: BackendFailure) -> Diagnostic {
    Diagnostic(
      .error, .notConverged, "Applied, not verified",
      detail: """
        Every step succeeded, and the workspace could not be read afterwards: \
        \(failure.message.sentence(withCode: failure.code)) Run 'berth plan' to see whether anything is left.
        """)
  }
}
