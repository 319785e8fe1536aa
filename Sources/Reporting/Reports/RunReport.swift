public import ApplyJournal
public import Diagnostics
internal import Digests
internal import Planning
public import TargetModel

/// Everything that is known of one run of a command when it ends, however it ends.
///
/// The reports (`ReportFormat`) are made from it and from nothing else: no clock, no environment.
/// What a run did not come to is nil or empty.
public struct RunReport: Sendable {
  /// The command that ran.
  public var command: Command
  /// What it was about; nil if no stack could be read.
  public var scope: Scope?
  /// The version of Berth.
  public var berthVersion: String
  /// The commit of the manifests, if it is known.
  public var commit: String?
  /// When it began, in milliseconds since 1970.
  public var startedAt: Int64
  /// How long it took.
  public var duration: Duration
  /// The exit code; 0 until the end is known.
  public var exitCode: Int32
  /// Every target that has a document, sorted by address.
  public var targets: [Target]
  /// The plan, whether it is allowed or not.
  public var plan: PlanFile?
  /// What was found, in the order in which people read it.
  public var findings: [Diagnostic]
  /// What became of the steps.
  public var outcome: ApplyReport?
  /// False if a plan made after an apply was not empty, or could not be made.
  public var isProven: Bool
  /// The stack's folder as seen from the repository's root, such as `ml/prod`; empty for the root.
  public var folder: String
  /// When such a run last went well, in seconds since 1970, as an earlier report tells.
  public var lastSuccess: Int64?
  /// The texts that findings point into.
  public var sources: SourceTexts
  /// The runs of the stacks, each with its `folder`, where a command is about many; nil where it is
  /// about one.
  public var stacks: [RunReport]?
  /// The folders of stacks that were left out because nothing of theirs changed.
  public var skipped: [String] = []

  /// A run that has just begun.
  public init(_ command: Command, berthVersion: String, startedAt: Int64) {
    self.command = command
    self.berthVersion = berthVersion
    self.startedAt = startedAt
    duration = .zero
    exitCode = 0
    targets = []
    findings = []
    isProven = true
    folder = ""
    sources = SourceTexts()
  }

  /// The commands that report.
  public enum Command: String, Sendable, CaseIterable {
    case validate, plan, apply, destroy, drift
  }

  /// A stack in its workspace.
  public struct Scope: Hashable, Sendable {
    /// The stack's name.
    public var stack: String
    /// The workspace's name.
    public var workspace: String

    /// Names a scope.
    public init(stack: String, workspace: String) {
      self.stack = stack
      self.workspace = workspace
    }
  }

  /// A target with the place of its document.
  public struct Target: Hashable, Sendable {
    /// The target.
    public var address: TargetAddress
    /// Where the manifest names it.
    public var source: SourceLocation?

    /// Makes a target of its parts.
    public init(_ address: TargetAddress, source: SourceLocation? = nil) {
      self.address = address
      self.source = source
    }
  }
}

extension RunReport.Scope {
  /// The workspace's name, with the stack's where that is another: a workspace may have several.
  public var name: String { stack == workspace ? workspace : "\(workspace)/\(stack)" }
}

extension RunReport {
  /// True if the command did what it is for; what it found is another matter.
  public var wentWell: Bool { exitCode == 0 || exitCode == 2 }

  /// The name of what it was about, for titles.
  var scopeName: String {
    if stacks != nil { return folder.isEmpty ? "all stacks" : "all stacks in \(folder)" }
    return scope?.name ?? (folder.isEmpty ? "unknown" : folder)
  }

  /// The folder as people read it.
  var shownFolder: String { folder.isEmpty ? "." : folder }

  /// The runs that a report of findings is made of: its stacks', and its own where it has more to say.
  var parts: [RunReport] {
    guard let stacks else { return [self] }
    return findings.isEmpty && !stacks.isEmpty ? stacks : [self] + stacks
  }

  /// A manifest's path as seen from the repository's root.
  func path(_ file: String) -> String {
    folder.isEmpty || file.hasPrefix("/") ? file : "\(folder)/\(file)"
  }

  /// How many targets are to change, or have drifted where that is the question; nil if nobody knows.
  public var changeCount: Int? {
    if let stacks {
      let counts = stacks.compactMap(\.changeCount)
      return counts.isEmpty && !stacks.isEmpty ? nil : counts.reduce(0, +)
    }
    return plan.map { $0.plan.mode == .refreshOnly ? $0.plan.drift.count : $0.plan.changes.count }
  }

  /// The digest of the plan, or one over those of all stacks; nil where there is no plan.
  public var digest: String? {
    guard let stacks else { return plan?.digest }
    return Self.digest(of: stacks.compactMap { part in part.plan.map { (part.folder, $0) } })
  }

  /// One digest for the plans of several stacks: over the folder and the digest of each that changes
  /// anything.
  ///
  /// A stack that was left out because nothing of it changed makes no difference. Nil without any plan.
  public static func digest(of plans: [(folder: String, plan: PlanFile)]) -> String? {
    guard !plans.isEmpty else { return nil }
    let lines = plans.filter { !$0.plan.plan.isEmpty }.sorted { $0.folder < $1.folder }
      .map { "\($0.folder) \($0.plan.digest)\n" }
    return "sha256:" + sha256(lines.joined())
  }

  /// The changes, losses first; those of one rank in the order of the plan.
  var rankedChanges: [Change] {
    let changes = plan?.plan.changes ?? []
    return changes.enumerated().sorted {
      ($0.element.action.rank, $0.offset) < ($1.element.action.rank, $1.offset)
    }.map(\.element)
  }

  /// The findings and the drift, the worst first.
  ///
  /// Drift is a finding in every report that knows findings only.
  var problems: [Diagnostic] {
    let drift = (plan?.plan.drift ?? []).map(Diagnostic.drift)
    return (findings + drift).enumerated().sorted {
      ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset)
    }.map(\.element)
  }
}

extension Action {
  /// Losses first, then what is let go, then what changes, then what is made.
  var rank: Int {
    switch self {
    case .delete: 0
    case .deleteThenCreate, .deleteThenAttach: 1
    case .detachThenCreate: 2
    case .detach: 3
    case .detachThenAttach: 4
    case .stop, .update, .start: 5
    case .forget: 6
    case .create, .attach: 7
    case .adopt: 8
    }
  }
}

extension Rule {
  /// A target of ours that is not as it was left.
  public static let drift = Rule("drift")
}

extension Diagnostic {
  fileprivate static func drift(_ target: DriftedTarget) -> Diagnostic {
    let severity: Severity =
      switch target.severity {
      case .high: .error
      case .medium: .warning
      case .low: .note
      }
    return Diagnostic(
      severity, .drift, target.isMissing ? "Target has been deleted" : "Target has changed",
      detail: target.difference, address: target.address.description, at: target.source)
  }
}

extension DriftedTarget {
  /// `max_instances: 8 -> 4`: what the manifest says and what is live.
  var difference: String {
    if isMissing { return "The target is not there any more." }
    return attributes.map(\.difference).joined(separator: ", ")
  }
}

extension AttributeChange {
  /// `max_instances: 8 -> 4`, on one line.
  var difference: String {
    if isSensitive { return "\(path): \(ValueText.sensitive)" }
    return "\(path): \(Self.short(before)) -> \(Self.short(after))"
  }

  private static func short(_ value: AttributeValue?) -> String {
    value.map(\.canonicalJSON) ?? "null"
  }
}

extension RunReport {
  /// What a saved plan tells of the run that made it.
  public init(of file: PlanFile) {
    self.init(
      file.plan.mode == .refreshOnly ? .drift : .plan, berthVersion: file.berthVersion,
      startedAt: 0)
    scope = Scope(stack: file.plan.stack, workspace: file.plan.workspace.name)
    commit = file.commit
    plan = file
    exitCode = file.isErrored ? 3 : 0
  }
}
