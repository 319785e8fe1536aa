import Foundation
import Reporting
import Testing

/// Every report of every scenario, as a reviewer reads it.
///
/// Run with `BERTH_RECORD=1` to write the files anew; such a run fails.
@Suite("Report goldens")
struct ReportGoldenTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Goldens")

  @Test(arguments: ReportScenario.all, ReportFormat.allCases)
  func `the report is the one in its file`(scenario: ReportScenario, format: ReportFormat) throws {
    let text = Self.reviewable(format.text(of: scenario.report), format)
    let file = Self.folder.appendingPathComponent("\(scenario.name).\(format.fileExtension)")
    if ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(file.lastPathComponent)")
    }
    let golden = try? String(contentsOf: file, encoding: .utf8)
    #expect(golden == text, "\(file.lastPathComponent) is stale; record it with BERTH_RECORD=1")
  }

  @Test func `there is a file for each of them, and no other`() throws {
    let names = ReportScenario.all.flatMap { scenario in
      ReportFormat.allCases.map { "\(scenario.name).\($0.fileExtension)" }
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.sorted() == names.sorted())
  }

  /// Without the page's own style and script, which are the same in all.
  private static func reviewable(_ text: String, _ format: ReportFormat) -> String {
    guard format == .html else { return text }
    return text.replacing(/'sha256-[^']*'/, with: "'sha256-...'")
      .replacing(/(?s)<style>.*?<\/style>/, with: "<style>...</style>")
      .replacing(/(?s)<script>.*?<\/script>/, with: "<script>...</script>")
  }
}

extension ReportFormat {
  var fileExtension: String {
    switch self {
    case .markdown: "md"
    case .sarif: "sarif"
    case .junit: "xml"
    case .metrics: "prom"
    case .github: "github.txt"
    case .json: "json"
    case .html: "html"
    }
  }
}
