internal import Diagnostics

/// A run as commands to GitHub's runner: annotations on the lines of manifests (conventions: GitHub
/// annotations).
public struct GitHubReport: Sendable {
  /// The most annotations of a kind that GitHub shows for a step.
  static let limit = 10
  private let report: RunReport

  /// A run, to be told to GitHub's runner.
  public init(_ report: RunReport) { self.report = report }

  /// The commands, a line each.
  public var text: String {
    let problems = report.parts.flatMap { part in part.problems.map { (part, $0) } }
    return [Severity.error, .warning, .note].map { severity in
      Self.lines(problems.filter { $0.1.severity == severity }, of: severity)
    }.joined()
  }

  private static func lines(
    _ problems: [(run: RunReport, problem: Diagnostic)], of severity: Severity
  ) -> String {
    guard problems.count > limit else { return problems.map(line).joined() }
    let shown = problems.prefix(limit - 1)
    return shown.map(line).joined()
      + "::\(severity.command)::\(problems.count - shown.count) more in the summary\n"
  }

  private static func line(_ report: RunReport, _ problem: Diagnostic) -> String {
    var properties: [String] = []
    if let place = problem.location {
      properties.append("file=" + property(report.path(place.file)))
      properties.append("line=\(place.start.line)")
      properties.append("col=\(place.start.column)")
    }
    properties.append("title=" + property(problem.rule.id))
    // A place says which target it is; without one, the address does.
    let address = problem.location == nil ? problem.address.map { "\($0): " } ?? "" : ""
    return "::\(problem.severity.command) \(properties.joined(separator: ","))::"
      + data(address + problem.summary) + "\n"
  }

  /// The value of a property.
  static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }

  /// What stands behind the second pair of colons.
  ///
  /// The percent sign first, line breaks as conventions say; the rest made visible, since the runner
  /// prints it.
  static func data(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\r", omittingEmptySubsequences: false).map {
        String($0).visible.replacing("%", with: "%25")
      }.joined(separator: "%0D")
    }.joined(separator: "%0A")
  }

  /// What the step hands to later steps (`$GITHUB_OUTPUT`), a line each.
  public var outputs: String {
    var lines = ["exitcode=\(report.exitCode)"]
    if let changes = report.changeCount { lines.append("changes=\(changes)") }
    if let digest = report.digest { lines.append("digest=\(digest)") }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension Severity {
  fileprivate var command: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .note: "notice"
    }
  }
}
