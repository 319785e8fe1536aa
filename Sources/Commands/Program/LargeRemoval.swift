internal import Diagnostics
internal import Planning
internal import Reporting

/// A plan that `blast-radius` refuses, and the leave that somebody may give for that one plan.
///
/// The leave is the refused plan's digest: for any other plan, and once the workspace moved, it is
/// worth nothing.
struct LargeRemoval: Sendable {
  private let isRefused: Bool
  let isOnlyObstacle: Bool
  private let digest: String

  init(_ result: PlanningResult, _ session: PlanningSession, in context: CommandContext) {
    let errors = result.findings.findings.filter { $0.severity == .error }
    isRefused = errors.contains { $0.rule == .blastRadius }
    isOnlyObstacle = isRefused && errors.allSatisfy { $0.rule == .blastRadius }
    guard isRefused else {
      digest = ""
      return
    }
    digest =
      PlanFile(
        plan: result.plan, berthVersion: BerthVersion.text,
        timestamp: Timestamp.text(context.now()), isErrored: true,
        manifestsSHA256: session.stack.manifestsSHA256
      ).digest
  }

  /// True if somebody allowed exactly this plan.
  func isAllowed(by allowed: String?) -> Bool { isOnlyObstacle && allowed == digest }

  /// Tells the digest to whoever may give leave.
  /// - Parameter allowed: leave that was given and does not hold.
  func showWay(_ presenter: Presenter, insteadOf allowed: String? = nil) {
    if isRefused, let allowed, allowed != digest {
      presenter.note(
        "The leave that was given is for another plan: a document or a live target has changed "
          + "since, or the digest is misspelt.")
    }
    if isOnlyObstacle { presenter.note("Digest of the refused plan: \(digest)") }
  }
}
