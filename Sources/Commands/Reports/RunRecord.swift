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

  init(_ report: RunReport) {
    self.report = Mutex(report)
  }

  /// What is known so far.
  var state: RunReport { report.withLock { $0 } }

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
