internal import Diagnostics
internal import Reporting
internal import Storage

/// Writes reports where they were asked for, and where a build system expects them.
struct ReportWriter: Sendable {
  let requests: [ReportRequest]
  /// True if the standard output holds JSON and nothing else.
  let printsJSON: Bool
  let context: CommandContext

  /// True if there is anything to write.
  var isNeeded: Bool { !requests.isEmpty || isOnGitHub }

  private var isOnGitHub: Bool { context.environment["GITHUB_ACTIONS"] == "true" }
  private var asksForGitHub: Bool { requests.contains { $0.format == .github } }

  /// The report that has the standard output for itself; annotations go between other lines.
  private var ownsOutput: Bool {
    requests.contains { $0.isForOutput && $0.format != .github }
  }

  /// The world of the command: what it says to people goes to the standard error where a report has
  /// the standard output.
  var worldOfCommand: CommandContext {
    guard ownsOutput else { return context }
    var world = context
    world.output = context.messages
    world.outputTerminal = context.messageTerminal
    return world
  }

  /// Writes everything; false if something could not be written, which is said.
  func write(_ report: RunReport) -> Bool {
    var failures: [Diagnostic] = []
    for request in requests {
      if let failure = write(report, request) { failures.append(failure) }
    }
    if isOnGitHub, !asksForGitHub {
      // The runner reads both streams.
      (printsJSON || ownsOutput ? context.messages : context.output)
        .write(ReportFormat.github.text(of: report))
    }
    if isOnGitHub || asksForGitHub { failures += handOver(report) }
    for failure in failures { context.messages.write("\n" + failure.text()) }
    return failures.isEmpty
  }

  private func write(_ report: RunReport, _ request: ReportRequest) -> Diagnostic? {
    if request.isForOutput {
      context.output.write(request.format.text(of: report))
      return nil
    }
    let path = context.path(request.file, from: context.workingDirectory)
    var report = report
    if request.format == .metrics, let earlier = text(at: path, limit: 1 << 20) {
      report.rememberSuccess(fromMetrics: earlier)
    }
    do {
      try AtomicFile.write(Array(request.format.text(of: report).utf8), to: path)
      return nil
    } catch {
      return .unwritable(request.file, error.reason)
    }
  }

  /// What later steps and the run's page on GitHub are told.
  private func handOver(_ report: RunReport) -> [Diagnostic] {
    var failures: [Diagnostic] = []
    if let path = file(named: "GITHUB_OUTPUT") {
      failures += append(GitHubReport(report).outputs, to: path)
    }
    if let path = file(named: "GITHUB_STEP_SUMMARY") {
      // Steps before may have written some of it.
      let used = text(at: path, limit: 8 << 20)?.utf8.count ?? 0
      let room = MarkdownReport.summaryLimit - used - 1
      let text = MarkdownReport(report, limit: room).text + "\n"
      if text.utf8.count <= room + 1 { failures += append(text, to: path) }
    }
    return failures
  }

  private func file(named variable: String) -> String? {
    context.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func append(_ text: String, to path: String) -> [Diagnostic] {
    do {
      let file = try LineFile(appendingTo: context.path(path, from: context.workingDirectory))
      return file.write(text).map { [.unwritable(path, $0.reason)] } ?? []
    } catch {
      return [.unwritable(path, error.reason)]
    }
  }

  private func text(at path: String, limit: Int) -> String? {
    (try? SafeFile.read(path, limit: limit)).map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}
