internal import Diagnostics

/// How a command ended, as scripts see it.
package enum ExitStatus: Int32, Sendable {
  /// Done; with `--detailed-exitcode`: no changes.
  case success = 0
  /// An error, bad usage included.
  case failure = 1
  /// With `--detailed-exitcode`: changes or drift present. Never used otherwise.
  case changesPresent = 2
  /// Refused by a safety rule or by `--fail-on`.
  case refused = 3
  /// Another run holds the lock.
  case locked = 4
  /// The saved plan is stale or does not fit.
  case stalePlan = 5
  /// Applied in part.
  case partlyApplied = 6
  /// Ended by SIGINT.
  case interrupted = 130
  /// Ended by SIGTERM.
  case terminated = 143

  /// An error, unless it already says something worse than "done".
  var orFailure: ExitStatus {
    switch self {
    case .success, .changesPresent: .failure
    case .failure, .refused, .locked, .stalePlan, .partlyApplied, .interrupted, .terminated: self
    }
  }

  /// What a command that is about many stacks ends with: the worst of theirs.
  ///
  /// An end by a signal goes before all, then what was done in part, then errors, then what stands in
  /// the way (a stale plan, a lock, a rule), then changes.
  static func worst(of all: some Sequence<ExitStatus>) -> ExitStatus {
    all.min { $0.badness > $1.badness } ?? .success
  }

  private var badness: Int {
    switch self {
    case .terminated: 8
    case .interrupted: 7
    case .partlyApplied: 6
    case .failure: 5
    case .stalePlan: 4
    case .locked: 3
    case .refused: 2
    case .changesPresent: 1
    case .success: 0
    }
  }

  /// What findings mean for a command that did nothing: the gravest class of error wins.
  init(of findings: DiagnosticList) {
    let classes = Set(findings.findings.filter { $0.severity == .error }.map(\.findingClass))
    if classes.contains(.failure) {
      self = .failure
    } else if classes.contains(.refusal) {
      self = .refused
    } else if classes.contains(.stale) {
      self = .stalePlan
    } else {
      self = .success
    }
  }
}
