import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// Reports are what their formats say they are, as parsers understand them that are not ours.
@Suite("Reports as others read them")
struct ReportReadingTests {
  private static let formats: [ReportFormat] = [.sarif, .junit, .metrics]

  @Test func `SARIF fits the official schema, and parsers read JUnit and OpenMetrics`() throws {
    var files: [String: String] = [:]
    for scenario in ReportScenario.all {
      for format in Self.formats {
        files["\(scenario.name).\(format.fileExtension)"] = format.text(of: scenario.report)
      }
    }
    guard
      let complaints = try ReportReaders.complaints("files", about: files, in: "report-files")
    else { return }
    #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
  }

  @Test func `the readers complain of what is wrong`() throws {
    let report = ReportScenario.refused.report
    let files = [
      "level.sarif": ReportFormat.sarif.text(of: report).replacing("\"error\"", with: "\"fatal\""),
      "place.sarif": ReportFormat.sarif.text(of: report).replacing("ml/prod/", with: "/ml/prod/"),
      "count.xml": ReportFormat.junit.text(of: report).replacing(
        "failures=\"2\"", with: "failures=\"1\""),
      "tag.xml": ReportFormat.junit.text(of: report).replacing("</testcase>", with: ""),
      "end.prom": ReportFormat.metrics.text(of: report).replacing("# EOF\n", with: ""),
      "unit.prom": ReportFormat.metrics.text(of: report).replacing(
        "seconds seconds", with: "seconds m"),
    ]
    guard
      let complaints = try ReportReaders.complaints("files", about: files, in: "report-faults")
    else { return }
    for name in files.keys.sorted() {
      #expect(complaints.contains { $0.hasPrefix(name) }, "nothing is said of \(name)")
    }
  }

  /// Plans of so many changes with chains of steps between some of them, and everything lost and
  /// kept.
  private static func large(_ count: Int) -> RunReport {
    var plan = Plan(stack: "ws-prod", workspace: testWorkspace, mode: .apply)
    let actions: [Action] = [.delete, .create, .update, .detachThenAttach, .attach, .detach]
    for index in 0..<count {
      let action = actions[index % actions.count]
      let address = TargetAddress(kind: index % 2 == 0 ? "pool" : "link", name: "target-\(index)")
      plan.changes.append(
        Change(
          address: address, action: action, reason: Reason(Rule("test"), "a test wants it"),
          attributes: [
            AttributeChange(
              path: "size", before: "small", after: "big", effect: .inPlace),
            AttributeChange(
              path: "password", before: nil, after: nil, isSensitive: true, effect: .inPlace),
          ], unchangedAttributeCount: 3, source: testLocation(line: index + 1), before: [:]))
      let acts: [Act] =
        action == .update ? [.update] : [action.release, action.acquisition].compactMap(\.self)
      for act in acts {
        let last = plan.steps.last?.id
        // Every step of the first three quarters of a hundred waits for the one before it.
        let waits = plan.steps.count % 100 % 40 == 0 || index % 10 > 6 ? nil : last
        plan.steps.append(
          Step(
            id: StepID(plan.steps.count + 1), address: address, act: act,
            waits: waits.map { [Wait(for: $0, because: Rule("detach-first"))] } ?? []))
      }
    }
    return RunReport(of: .of(plan))
  }

  @Test(.serialized, arguments: [0, 5, 500, 5_000])
  func `people read the page in a browser`(count: Int) throws {
    var files = ["changes-\(count).html": ReportFormat.html.text(of: Self.large(count))]
    // The scenarios are small; they are read beside nothing.
    if count == 0 {
      files = [:]
      for scenario in [
        ReportScenario.everyday, .drifted, .partly, .invalid, .hostile, .empty, .many,
      ] {
        files["\(scenario.name).html"] = ReportFormat.html.text(of: scenario.report)
      }
    }
    guard
      let complaints = try ReportReaders.complaints(
        "pages", about: files, in: "report-pages-\(count)")
    else { return }
    #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
  }
}
