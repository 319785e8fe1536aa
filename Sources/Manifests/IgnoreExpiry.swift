package import Diagnostics
package import TargetModel

/// Refuses what a document lets others change only until a day that is over.
///
/// - Parameter now: milliseconds since 1970.
package func checkIgnoredChanges(
  of target: ComputeTarget, now: Int64, reporting findings: inout DiagnosticList
) {
  let today = CalendarDay(at: now)
  for ignored in target.settings.ignoredChanges {
    guard let until = ignored.until, let day = CalendarDay(until), day < today else { continue }
    findings.append(.ignoreExpired(target, ignored, until))
  }
}

extension Rule {
  /// What others were allowed to change for a time, and the time is over.
  package static let ignoreExpired = Rule("ignore-expired")
}

extension Diagnostic {
  fileprivate static func ignoreExpired(
    _ target: ComputeTarget, _ ignored: IgnoredChange, _ until: String
  ) -> Diagnostic {
    let owner = ignored.owner.map { " Ask \($0)." } ?? ""
    let reason = ignored.reason.map { " The reason was: \($0)." } ?? ""
    return Diagnostic(
      .error, .ignoreExpired, "Leave to change a field is over",
      detail: """
        \(target.address) let others change '\(ignored.path)' until \(until).\(reason)\(owner) Take \
        the entry out, or agree on a later day.
        """,
      address: target.address.description, at: ignored.location ?? target.location)
  }
}
