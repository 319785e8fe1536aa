import ApplyJournal
import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// A run, as all report formats are tested with it.
struct ReportScenario: Sendable, CustomTestStringConvertible {
  let name: String
  let report: RunReport
  var testDescription: String { name }

  init(
    _ name: String, _ command: RunReport.Command, exitCode: Int32 = 0,
    _ change: (inout RunReport) -> Void = { _ in }
  ) {
    self.name = name
    var report = RunReport(command, berthVersion: "0.4.0", startedAt: 1_767_603_600_123)
    report.scope = RunReport.Scope(stack: "ws-prod", workspace: "ws-prod")
    report.commit = String(repeating: "c0ffee", count: 6) + "c0ff"
    report.duration = .milliseconds(12_345)
    report.exitCode = exitCode
    report.folder = "ml/prod"
    change(&report)
    self.report = report
  }

  static let all = [
    everyday, empty, refused, invalid, valid, drifted, unreachable, applied, partly, stale, locked,
    interrupted, hostile, many,
  ]

  /// Four stacks in one run, and one that was left out.
  static let many = ReportScenario("many", .plan, exitCode: 3) { report in
    report.scope = nil
    report.folder = "ml"
    report.skipped = ["ml/lab"]
    report.stacks = [
      ("ml/empty", empty), ("ml/prod", everyday), ("ml/strange", hostile), ("ml/test", refused),
    ].map { folder, scenario in
      var part = scenario.report
      part.folder = folder
      return part
    }
  }

  static let everyday = ReportScenario("everyday", .plan) { report in
    report.plan = .everyday
    report.targets = targets(of: Everyday.plan)
    report.findings = [
      Diagnostic(
        .warning, Rule("other-subscription"), "Resource of another subscription",
        detail: "The resource lies in another subscription.", address: "link.k8s",
        at: testLocation(line: 31))
    ]
  }

  static let empty = ReportScenario("empty", .plan) { report in
    report.plan = .of(Plan(stack: "ws-prod", workspace: testWorkspace, mode: .apply))
  }

  static let refused = ReportScenario("refused", .plan, exitCode: 3) { report in
    var file = PlanFile.everyday
    file.isErrored = true
    report.plan = file
    report.targets = targets(of: Everyday.plan)
    report.findings = [
      Diagnostic(
        .error, Rule("attach-once"), "Cluster is already attached",
        detail: """
          The same cluster is attached as link.k8s. A second attachment breaks the first one. \
          Remove one of the two.
          """, address: "link.more", at: testLocation(line: 50),
        related: [.init("first attached here", at: testLocation(line: 31))],
        findingClass: .refusal),
      Diagnostic(
        .error, Rule("protected"), "Target is protected", detail: "It says so itself.",
        address: "box.old-box", findingClass: .refusal),
      Diagnostic(.note, Rule("noted"), "Something of note", detail: "As said."),
    ]
  }

  static let invalid = ReportScenario("invalid", .validate, exitCode: 1) { report in
    report.scope = nil
    report.commit = nil
    var sources = SourceTexts()
    sources.add("compute.yml", Array("name: a\nvmSise: big\npassword: hunter2\n".utf8))
    report.sources = sources
    report.findings = [
      Diagnostic(
        .error, Rule("unknown-key"), "Unknown key",
        detail: #"pool has no field "vmSise". Did you mean "vmSize"?"#, address: "pool.a",
        at: place(line: 2)),
      Diagnostic(
        .error, Rule("unknown-key"), "Unknown key", detail: "And another.", address: "pool.a",
        at: place(line: 2)),
      Diagnostic(
        .warning, Rule("literal-secret"), "Secret stands in the manifest",
        detail: "Refer to it instead.", address: "pool.a", at: place(line: 3), hidesSource: true),
    ]
  }

  static let valid = ReportScenario("valid", .validate) { report in
    report.scope = RunReport.Scope(stack: "team-a", workspace: "ws-prod")
    report.targets = targets(of: Everyday.plan)
  }

  static let drifted = ReportScenario("drifted", .drift, exitCode: 2) { report in
    var plan = Plan(stack: "ws-prod", workspace: testWorkspace, mode: .refreshOnly)
    plan.drift = [
      DriftedTarget(
        address: TargetAddress(kind: "pool", name: "gpu"),
        attributes: [
          AttributeChange(
            path: "max_instances", before: 8, after: 4, effect: .inPlace, severity: .medium),
          AttributeChange(
            path: "tls.key", before: nil, after: nil, isSensitive: true,
            effect: .forcesReattachment, severity: .high),
        ], source: testLocation(line: 12)),
      DriftedTarget(
        address: TargetAddress(kind: "link", name: "k8s"), attributes: [], isMissing: true,
        source: testLocation(line: 31)),
      DriftedTarget(
        address: TargetAddress(kind: "pool", name: "cpu"),
        attributes: [
          AttributeChange(
            path: "tags.team", before: "a", after: nil, effect: .inPlace, severity: .low)
        ], isUnclear: true, source: testLocation(line: 20)),
    ]
    plan.unmanaged = [
      UnmanagedTarget(address: TargetAddress(kind: "pool", name: "theirs"), owner: "other")
    ]
    report.plan = .of(plan)
    report.targets = targets(of: Everyday.plan)
  }

  static let unreachable = ReportScenario("unreachable", .drift, exitCode: 1) { report in
    report.targets = targets(of: Everyday.plan)
    report.lastSuccess = 1_767_500_000
    report.findings = [
      Diagnostic(
        .error, Rule("backend-failed"), "Workspace can't be reached",
        detail: "Reading the workspace failed: No answer (Timeout).")
    ]
  }

  static let applied = ReportScenario("applied", .apply) { report in
    report.plan = .everyday
    report.targets = targets(of: Everyday.plan)
    report.outcome = ApplyReport(outcomes: Everyday.plan.steps.map { ($0, .done) })
  }

  static let partly = ReportScenario("partly", .apply, exitCode: 6) { report in
    report.plan = .everyday
    report.targets = targets(of: Everyday.plan)
    let failure = StepFailure(code: "Full", message: "No room is left.", requestID: "r-1")
    let lost = StepFailure(code: "Lost", message: "No answer came.", outcomeIsUnknown: true)
    let outcomes = Everyday.plan.steps.enumerated().map { index, step -> (Step, StepOutcome) in
      switch index {
      case 0: (step, .failed(failure))
      case 1: (step, .failed(lost))
      case 2: (step, .notStarted(.waitsFor(StepID(1))))
      default: (step, .done)
      }
    }
    report.outcome = ApplyReport(outcomes: outcomes)
    report.findings = outcomes.compactMap { step, outcome in
      if case .failed(let failure) = outcome { ApplyText.finding(step, failure) } else { nil }
    }
  }

  static let stale = ReportScenario("stale", .apply, exitCode: 5) { report in
    report.plan = .everyday
    report.findings = [
      Diagnostic(
        .error, Rule("plan-stale"), "Saved plan is stale", detail: "pool.gpu moved.",
        address: "pool.gpu", findingClass: .stale)
    ]
  }

  static let locked = ReportScenario("locked", .destroy, exitCode: 4) { report in
    report.findings = [
      Diagnostic(
        .error, Rule("locked"), "Error acquiring the state lock", detail: "Somebody has it.")
    ]
  }

  static let interrupted = ReportScenario("interrupted", .plan, exitCode: 130)

  /// What a hostile author of names and messages would write.
  static let hostileText =
    "a|b`c``d\n::error file=x::y\r##vso[task]%0A%25 <script>alert(1)</script></script> --> ]]> &lt; "
    + "\"'\\ @team #12 https://evil.example www.evil.example [x](y) **b** \u{1B}[31m\u{202E}\u{200B}"
    + "\u{0}\u{7F}\u{9B}\u{2028} ```\n</details> $x {{y}} é🙂"

  static let hostile = ReportScenario("hostile", .plan, exitCode: 3) { report in
    let text = hostileText
    let place = SourceLocation(
      file: "odd \(text).yml", start: testLocation(line: 3).start, end: testLocation(line: 3).end)
    let address = TargetAddress(kind: "pool", name: text)
    var plan = Plan(
      stack: text,
      workspace: WorkspaceIdentity(
        subscriptionID: text, resourceGroup: text, name: text, location: text), mode: .apply)
    plan.changes = [
      Change(
        address: address, action: .detachThenAttach, reason: Reason(Rule("odd"), text),
        attributes: [
          AttributeChange(
            path: AttributePath([text]), before: .text(text), after: .list([.text(text), [:]]),
            effect: .forcesReattachment),
          AttributeChange(
            path: "password", before: nil, after: nil, isSensitive: true, effect: .inPlace),
        ], source: place, resource: text, before: [:],
        after: ["password": .secret(SecretText("C4nary-hunter2", from: .literal))])
    ]
    plan.steps = [
      Step(id: StepID(1), address: address, act: .detach, resource: text),
      Step(
        id: StepID(2), address: address, act: .attach, resource: text,
        waits: [Wait(for: StepID(1), because: Rule("same-target"))]),
    ]
    plan.drift = [
      DriftedTarget(
        address: address,
        attributes: [
          AttributeChange(
            path: "x", before: .text(text), after: .text(text), effect: .inPlace, severity: .high)
        ], source: place)
    ]
    plan.leftOut = [TargetAddress(kind: "pool", name: "left" + text)]
    plan.unmanaged = [UnmanagedTarget(address: address, owner: text, resource: text)]
    report.scope = RunReport.Scope(stack: text, workspace: text + "x")
    report.commit = text
    report.folder = "ml/" + text
    report.targets = [.init(address, source: place)]
    report.plan = .of(plan)
    report.findings = [
      Diagnostic(
        .error, Rule("odd-" + text), text, detail: "Detail \(text)\nsecond line",
        address: address.description, at: place, related: [.init(text, at: place)],
        findingClass: .refusal)
    ]
  }

  private static func targets(of plan: Plan) -> [RunReport.Target] {
    plan.changes.filter { $0.source != nil }.map { .init($0.address, source: $0.source) }
      .sorted { $0.address < $1.address }
  }

  /// A place in the file of `invalid`.
  private static func place(line: Int) -> Diagnostics.SourceLocation {
    let offset = line == 2 ? 8 : 20
    let start = SourcePosition(line: line, column: 1, offset: offset)
    return SourceLocation(
      file: "compute.yml", start: start,
      end: SourcePosition(line: line, column: 7, offset: offset + 6))
  }
}
