internal import ApplyJournal
internal import Diagnostics
internal import Planning
internal import Reporting
internal import TargetModel

/// Shows what a command found and did: to people, as a stream of events, or both.
///
/// Results go to standard output, findings to standard error; with `--json` standard output holds
/// events only.
struct Presenter: Sendable {
  private let context: CommandContext
  private let common: CommonOptions
  private let work: LiveWork
  /// Where events go; nil for nowhere.
  private let events: Console?
  /// True if people are shown text.
  private let hasText: Bool
  private let isConcise: Bool
  private let hasCompactWarnings: Bool
  /// What is told to reports; nil where none is asked for.
  private let record: RunRecord?
  var sources = SourceTexts()
  /// The folder of the stack that events are about, where a command is about many.
  var stack: String?
  /// True if a signal ends the command at once while a terminal shows what is read.
  var leavesWhileReading = true

  init(
    _ context: CommandContext, _ common: CommonOptions, events: EventDestination = .none,
    isConcise: Bool = false, hasCompactWarnings: Bool = false, record: RunRecord? = nil
  ) {
    self.context = context
    self.common = common
    self.isConcise = isConcise
    self.hasCompactWarnings = hasCompactWarnings
    self.record = record
    switch events {
    case .none: (self.events, hasText) = (nil, true)
    case .output: (self.events, hasText) = (context.output, false)
    case .file(let console): (self.events, hasText) = (console, true)
    }
    work = LiveWork(
      context, on: hasText && !isConcise ? context.screen : nil,
      common.style(of: context.outputTerminal, in: context))
  }

  /// Where a command's events go.
  enum EventDestination: Sendable {
    case none
    case output
    case file(Console)
  }

  /// How text looks on standard output, which may have been resized.
  var style: TerminalStyle { common.style(of: context.outputTerminal, in: context) }

  /// How text looks on standard error.
  private var messages: TerminalStyle { common.style(of: context.messageTerminal, in: context) }

  private var stream: EventStream {
    EventStream(sources: sources, stack: stack) { Timestamp.text(context.now()) }
  }

  // MARK: Findings

  /// Shows findings in the order in which people read them; at most the first hundred of them.
  func show(_ findings: DiagnosticList) {
    let sorted = findings.sorted
    record?.found(sorted)
    for finding in sorted.prefix(100) { tell(finding) }
    if sorted.count > 100 { note("... and \(sorted.count - 100) more.") }
    // Results follow warnings at a distance.
    if hasText, !sorted.isEmpty, !findings.hasErrors { context.messages.writeLine() }
  }

  /// Shows a finding.
  func show(_ finding: Diagnostic) {
    record?.found([finding])
    tell(finding)
  }

  private func tell(_ finding: Diagnostic) {
    events?.write(stream.diagnostic(finding))
    guard hasText else { return }
    if hasCompactWarnings, finding.severity != .error {
      context.messages.write(finding.compactText(style: messages))
    } else {
      context.messages.write("\n" + finding.text(sources: sources, style: messages))
    }
  }

  /// What the command's status becomes if events were lost on their way into a file.
  func closed(_ status: ExitStatus, eventFile: String?) -> ExitStatus {
    guard let eventFile, let reason = events?.lostReason else { return status }
    context.messages.write(
      "\n" + Diagnostic.unwritable(eventFile, reason).text(sources: sources, style: messages))
    return status.orFailure
  }

  /// Says something to people that is no result.
  func note(_ text: String) {
    events?.write(stream.log("info", text, .map([:])))
    if hasText { context.messages.writeLine(messages.prose(text)) }
  }

  // MARK: Events

  /// Tells programs that targets are about to be read.
  func refreshStart(_ addresses: @autoclosure () -> [TargetAddress]) {
    guard let events else { return }
    for address in addresses().sorted() { events.write(stream.refreshStart(address)) }
  }

  /// Tells programs that targets were read.
  func refreshComplete(_ addresses: @autoclosure () -> [TargetAddress]) {
    guard let events else { return }
    for address in addresses() { events.write(stream.refreshComplete(address)) }
  }

  /// Tells programs that the lock is about to be taken.
  func lockAcquire() { events?.write(stream.stateLockAcquire()) }

  /// Tells programs that the lock was given back.
  func lockRelease() { events?.write(stream.stateLockRelease()) }

  // MARK: Work that lasts

  /// Does work of one piece, such as reading the workspace, which a terminal shows while it lasts.
  func during<Result, Failure: Error>(
    _ phase: Phase, _ what: String, _ work: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await context.trace.awaiting(phase) { () async throws(Failure) -> Result in
      try await self.work.show(what, leavesOnSignal: leavesWhileReading, work)
    }
  }

  /// Does what a plan says, step by step, which a terminal shows while it lasts.
  func applying<Result>(
    _ plan: Plan, usual: UsualDurations, parallelism: Int, _ work: () async -> Result
  ) async -> Result {
    await context.trace.awaiting(.apply) {
      await self.work.show(plan, usual: usual, parallelism: parallelism, work)
    }
  }

  /// Says that an apply is asked to end, and what it waits for.
  func interrupted() {
    let waitsFor = work.interrupt()
    note(
      "Interrupt received. What runs is finished and recorded; interrupt again to leave at once. "
        + waitsFor)
  }

  // MARK: Results

  /// Begins the stream of events.
  func begin() {
    events?.write(stream.version(BerthVersion.text))
  }

  /// Says a result to people; events have forms of their own.
  func say(_ text: String) {
    if hasText { context.output.write(text) }
  }

  /// Says what all stacks of a command come to.
  func total(_ counts: PlanCounts, operation: String, _ sentence: String) {
    events?.write(stream.summary(counts, operation: operation, sentence))
    say("\n\(sentence)\n")
  }

  /// Shows a plan with its findings.
  ///
  /// One that is refused does not say that all is well.
  func show(_ result: PlanningResult, operation: String = "plan") {
    let plan = result.plan
    if let events {
      for line in stream.plan(plan, operation: operation) { events.write(line) }
    }
    if hasText {
      PlanText(plan, style: style, isRefused: result.isRefused)
        .forEachPiece(context.output.write)
    }
    show(result.findings)
  }

  /// Shows what happens in an apply, while it does.
  func show(_ event: ApplyEvent) {
    if let events {
      for line in stream.event(event) { events.write(line) }
    }
    if case .stepFailed(let step, _, let failure) = event {
      record?.found([ApplyText.finding(step, failure)])
    }
    work.handle(event)
    guard hasText else { return }
    switch event {
    case .stepStarted, .stepProgressed:
      // A terminal shows these in rows that go away.
      if !isConcise, !work.isShown { context.output.writeLine(ApplyText.line(event)) }
    case .stepCompleted, .stepSkipped: context.output.writeLine(ApplyText.line(event))
    case .stepFailed(let step, _, let failure):
      context.output.writeLine(ApplyText.line(event))
      context.messages.write(
        "\n" + ApplyText.finding(step, failure).text(sources: sources, style: messages) + "\n")
    case .noted(let text): context.messages.writeLine(messages.prose(text.visible))
    }
  }

  /// Shows the end of an apply.
  ///
  /// - Parameters:
  ///   - isProven: false if a plan made afterwards was not empty.
  ///   - throttled: for how long the service's limits held the apply back.
  func show(
    _ report: ApplyReport, of plan: Plan, isProven: Bool = true, throttled: Duration = .zero
  ) {
    record?.applied(report, isProven: isProven)
    let counts = PlanCounts(ApplyText.completedActions(plan, report))
    let sentence = ApplyText.summary(plan, report, isProven: isProven)
    events?.write(
      stream.summary(
        counts, operation: plan.mode == .destroy ? "destroy" : "apply", sentence,
        throttled: throttled))
    if !report.isComplete {
      let rest = ApplyText.partialReport(plan, report, isInAutomation: context.isInAutomation)
      say("\n" + style.prose(rest))
    }
    say("\n" + style.paint(sentence, report.isComplete && isProven ? .green : .yellow) + "\n")
    if let sentence = ApplyText.throttling(throttled) { say(sentence + "\n") }
  }
}

extension CommonOptions {
  /// How text looks on a stream; on a terminal's only where the standard output is one too.
  func style(of terminal: TerminalFacts, in context: CommandContext) -> TerminalStyle {
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy
      .compactMap { context.environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return TerminalStyle(
      isTerminal: terminal.isTerminal && context.outputTerminal.isTerminal,
      usesColour: usesColour(on: terminal, in: context),
      usesUTF8: name.contains("utf-8") || name.contains("utf8"), width: terminal.width ?? 80)
  }
}
