import Diagnostics
import Reporting
import TestSupport
import Testing

/// Annotations (conventions: GitHub annotations).
@Suite("GitHub report")
struct GitHubReportTests {
  private func report(_ findings: [Diagnostic]) -> RunReport {
    var report = RunReport(.plan, berthVersion: "0.4.0", startedAt: 0)
    report.folder = "ml/prod"
    report.findings = findings
    return report
  }

  private func finding(_ number: Int, _ severity: Severity = .error) -> Diagnostic {
    Diagnostic(
      severity, Rule("attach-once"), "Cluster is already attached", detail: "",
      address: "kubernetes.k\(number)", at: testLocation(line: number))
  }

  @Test func `the form of the conventions`() {
    #expect(
      GitHubReport(report([finding(31)])).text
        == "::error file=ml/prod/compute.yml,line=31,col=1,title=attach-once"
        + "::Cluster is already attached\n")
  }

  @Test(arguments: [(10, 10, nil), (11, 9, 2), (21, 9, 12)] as [(Int, Int, Int?)])
  func `at most ten of a kind, and the last one says how many more`(
    _ count: Int, _ shown: Int, _ more: Int?
  ) {
    for severity in [Severity.error, .warning, .note] {
      let lines = GitHubReport(report((1...count).map { finding($0, severity) })).text
        .split(separator: "\n")
      #expect(lines.count { $0.contains("title=attach-once") } == shown)
      if let more { #expect(lines.last?.hasSuffix("::\(more) more in the summary") == true) }
      #expect(lines.count <= 10)
    }
  }

  @Test func `the percent sign goes first`() {
    var finding = finding(1)
    finding.summary = "%0A 100% a\nb\rc"
    finding.location = SourceLocation(startOf: "a,b:c%d.yml")
    #expect(
      GitHubReport(report([finding])).text
        == "::error file=ml/prod/a%2Cb%3Ac%25d.yml,line=1,col=1,title=attach-once"
        + "::%250A 100%25 a%0Ab%0Dc\n")
  }
}
