internal import BackendInterface
internal import Diagnostics
internal import EmbeddedBackend
internal import Manifests

/// A commit that is to be applied although the stack was last applied from a newer one: what an
/// overtaken pipeline does (reliability.md T21).
///
/// The time of the commits decides, since a pipeline's shallow clone knows no ancestors; where Git
/// knows that the one came before the other, clocks that go wrong do not matter.
struct OlderCommit {
  let head: SourceCommit
  let last: AppliedCommit

  /// Nil if nothing newer was applied, or nobody knows.
  init?(_ session: PlanningSession, in context: CommandContext) async throws(BackendFailure) {
    guard let head = session.commit,
      let last = try await session.workspace.lastApplied(session.stack.configuration.stack),
      last.id != head.id, last.committedAt > head.committedAt,
      !head.follows(last.id, in: session.stack, context)
    else { return nil }
    self.head = head
    self.last = last
  }

  /// - Parameter isAllowed: true if it is only told.
  func finding(isAllowed: Bool) -> Diagnostic {
    let (ours, theirs) = (Self.day(head.committedAt), Self.day(last.committedAt))
    // Whoever applied it wrote what he liked, line breaks too.
    let (id, who) = (last.id.prefix(12).description.visible, last.who.visible)
    return Diagnostic(
      isAllowed ? .warning : .error, .olderCommit, "Newer commit was applied before",
      detail: """
        The manifests are those of commit \(head.id.prefix(12)) (\(ours)), and the stack was last \
        applied from \(id) (\(theirs)), by \(who). What that one changed would \
        be taken back. Check out what is newest; if going back is meant, revert the change in Git, \
        or say so for this commit: '--dangerous-older-commit \(head.id)'.
        """,
      findingClass: .refusal)
  }

  private static func day(_ seconds: Int64) -> String {
    // Whoever commits writes any number.
    let text = Timestamp.text(min(max(seconds, 0), lastSecond) * 1_000)
    return "\(text.prefix(16).replacing("T", with: " ")) UTC"
  }

  /// The end of the year 9999.
  private static let lastSecond: Int64 = 253_402_300_799
}

extension ApplyRun {
  /// How the run ends if it would go back behind what was applied last; nil if it goes on.
  ///
  /// - Parameter isAsked: true if somebody reads the warning and answers a question after it.
  func refusal(
    ofOlderCommitIn session: PlanningSession, isAsked: Bool, _ presenter: Presenter
  ) async -> ExitStatus? {
    do throws(BackendFailure) {
      guard let older = try await OlderCommit(session, in: context) else { return nil }
      let isAllowed = isAsked || options.allowedCommit == older.head.id
      presenter.show(older.finding(isAllowed: isAllowed))
      return isAllowed ? nil : .refused
    } catch {
      presenter.show(.backend(error, doing: "Reading which commit was applied last"))
      return .failure
    }
  }

  /// Remembers what the stack is about to be applied from; how the run ends if that fails.
  func noteCommit(
    of session: PlanningSession, _ presenter: Presenter
  ) async -> ExitStatus? {
    guard let commit = session.commit else { return nil }
    let stack = session.stack.configuration.stack
    do throws(BackendFailure) {
      guard try await session.workspace.lastApplied(stack)?.id != commit.id else { return nil }
      try await session.workspace.note(
        AppliedCommit(
          id: commit.id, committedAt: commit.committedAt, who: context.who(),
          appliedAt: context.now()),
        of: stack)
      return nil
    } catch {
      // The first write tells what this means.
      if error.code == BackendFailure.leaseLostCode { return nil }
      presenter.show(.backend(error, doing: "Noting the commit"))
      return .failure
    }
  }
}

extension Rule {
  static let olderCommit = Rule("older-commit")
}
