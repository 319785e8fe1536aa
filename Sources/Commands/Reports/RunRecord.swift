internal import ApplyJournal
internal import Diagnostics
internal import Manifests
internal import Reporting
internal import Storage
internal import Synchronization
internal import TargetModel

/// What a command tells of itself while it runs, so that it can be reported however it ends.
final class RunRecord: Sendable {
  private let report: Mutex<RunReport>
  /// Those of the stacks, where the command is about many.
  private let parts = Mutex<[RunRecord]?>(nil)
  private let ending = Mutex<ExitStatus?>(nil)

  init(_ report: RunReport) {
    self.report = Mutex(report)
  }

  /// What is known so far.
  ///
  /// - Parameter status: how the command ends, and whatever of it has not ended yet.
  func state(endingWith status: ExitStatus) -> RunReport {
    var state = report.withLock { $0 }
    state.exitCode = (ending.withLock { $0 } ?? status).rawValue
    state.findings.sort()
    state.stacks = parts.withLock { $0 }?.map { $0.state(endingWith: status) }
    return state
  }

  // MARK: Many stacks

  /// The command is about many stacks; returns a record for each.
  ///
  /// - Parameters:
  ///   - folder: where it works, as seen from the repository's root; so are the other folders.
  ///   - skipped: the stacks that are left out.
  func begin(_ folders: [String], in folder: String, skipping skipped: [String]) -> [RunRecord] {
    let part = report.withLock { report in
      let part = RunReport(
        report.command, berthVersion: report.berthVersion, startedAt: report.startedAt)
      report.folder = folder
      report.skipped = skipped
      return part
    }
    let records = folders.map { folder in
      var part = part
      part.folder = folder
      return RunRecord(part)
    }
    parts.withLock { $0 = records }
    return records
  }

  /// The stack's part of the command has ended.
  func ended(_ status: ExitStatus) { ending.withLock { $0 = status } }

  // MARK: What happens

  /// The manifests were read, as far as they could be.
  func loaded(_ loader: StackLoader) {
    let stack = loader.stack
    let commit = stack.flatMap { SourceCommit.of($0, in: loader.context)?.id }
    report.withLock { report in
      report.sources = loader.sources
      guard let stack else { return }
      report.scope = RunReport.Scope(
        stack: stack.configuration.stack, workspace: stack.configuration.workspace.name)
      report.targets = stack.targets.map { .init($0.address, source: $0.location) }
        .sorted { $0.address < $1.address }
      report.commit = commit
      // A stack of many has one already, also where no repository is.
      guard report.folder.isEmpty else { return }
      report.folder = RepositoryFolder.path(of: stack.folder.path, in: loader.context)
    }
  }

  /// Something was found.
  func found(_ findings: [Diagnostic]) {
    report.withLock { $0.findings += findings }
  }

  /// A plan was made, or read.
  func planned(_ plan: PlanFile) {
    report.withLock { $0.plan = plan }
  }

  /// An apply came to its end.
  func applied(_ outcome: ApplyReport, isProven: Bool) {
    report.withLock { report in
      report.outcome = outcome
      report.isProven = isProven
    }
  }
}
