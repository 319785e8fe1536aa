/// A form in which a run is reported (conventions: reports).
public enum ReportFormat: String, Sendable, CaseIterable {
  /// A comment on a pull request.
  case markdown
  /// Findings for code scanning.
  case sarif
  /// Targets as test cases.
  case junit
  /// Numbers for monitoring, as OpenMetrics.
  case metrics
  /// Annotations for GitHub's runner.
  case github
  /// Everything, for programs.
  case json
  /// Everything, for people: one page that needs nothing else.
  case html

  /// The report's text.
  ///
  /// Pure: the same run gives the same bytes. No secret is in it, and no character that a terminal
  /// or a reader's eye might be deceived by, except as the format spells it out.
  public func text(of report: RunReport) -> String {
    switch self {
    case .markdown: MarkdownReport(report).text
    case .sarif: SARIFReport(report).text
    case .junit: JUnitReport(report).text
    case .metrics: MetricsReport(report).text
    case .github: GitHubReport(report).text
    case .json: JSONReport(report).text
    case .html: HTMLReport(report).text
    }
  }
}
