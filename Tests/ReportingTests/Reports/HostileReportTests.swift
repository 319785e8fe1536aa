import Diagnostics
import Foundation
import Planning
import Reporting
import TargetModel
import Testing

/// Names and messages of strangers in reports (reliability.md T33).
@Suite("Hostile reports")
struct HostileReportTests {
  private static let report = ReportScenario.hostile.report

  @Test(arguments: ReportFormat.allCases)
  func `T33 no raw control or invisible character is in a report`(format: ReportFormat) {
    let text = format.text(of: Self.report)
    let raw = text.unicodeScalars.filter { scalar in
      (scalar.value < 0x20 && scalar != "\n") || (0x7F..<0xA0).contains(scalar.value)
        || [0x200B, 0x2028, 0x202E].contains(scalar.value)
    }
    #expect(raw.isEmpty, "\(raw.map { String($0.value, radix: 16) })")
    // Far from proving it by printing nothing.
    #expect(format == .metrics || text.contains("evil"))
  }

  @Test(arguments: ReportScenario.all, ReportFormat.allCases)
  func `T33 no secret is in a report`(scenario: ReportScenario, format: ReportFormat) {
    #expect(!format.text(of: scenario.report).contains("hunter2"))
  }

  @Test(arguments: ReportFormat.allCases.filter { $0 != .github })
  func `T33 no line of a report is a command to a runner`(format: ReportFormat) {
    for line in format.text(of: Self.report).split(separator: "\n") {
      let start = line.drop { $0 == " " || $0 == "\t" }
      #expect(!start.hasPrefix("::"), "\(line)")
      #expect(!line.contains("##vso[") && !line.contains("##["), "\(line)")
    }
  }

  @Test func `T33 an annotation is one line whose parts are its own`() {
    let text = ReportFormat.github.text(of: Self.report)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      #expect(line.hasPrefix("::error file="))
      let parts = line.dropFirst(2).components(separatedBy: "::")
      let properties = parts[0].dropFirst("error ".count).split(separator: ",")
      #expect(
        properties.map { $0.prefix { $0 != "=" } } == ["file", "line", "col", "title"], "\(line)")
      for property in properties {
        let value = property.drop { $0 != "=" }.dropFirst()
        #expect(!value.contains(":") && !value.contains(","))
      }
      // A percent sign is always one of ours.
      for escape in line.matches(of: /%(..)/) {
        #expect(["25", "0D", "0A", "3A", "2C"].contains(String(escape.1)), "\(line)")
      }
    }
  }

  @Test func `T33 what the step hands on is one line a value`() {
    let lines = GitHubReport(Self.report).outputs.split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != "=" } } == ["exitcode", "changes", "digest"])
  }

  @Test func `T33 Markdown stays in its cells, fences and comments`() throws {
    let lines = ReportFormat.markdown.text(of: Self.report).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].wholeMatch(of: /<!-- berth:plan:[A-Za-z0-9._\/_-]+ -->/) != nil)
    #expect(!lines[0].dropLast(4).contains("-->"))
    let fence = try #require(lines.first { $0.hasSuffix("diff") && $0.hasPrefix("```") })
    let length = fence.count { $0 == "`" }
    var isInside = false
    for line in lines.dropFirst() {
      let run = line.prefix { $0 == "`" }.count
      if run >= length {
        isInside.toggle()
        continue
      }
      if isInside { continue }
      if line.hasPrefix("| ") {
        // Four cells: five separators that are not escaped.
        #expect(
          line.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" } == 5)
      }
      let markup = Self.markup(of: line)
      #expect(!markup.contains("<script"), "\(line)")
      #expect(!markup.contains("https://evil"), "\(line)")
      #expect(!markup.contains("@team"), "\(line)")
      #expect(!markup.contains("#12"), "\(line)")
      #expect(!markup.contains("]("), "\(line)")
    }
    #expect(!isInside)
  }

  /// A line without its code spans and escaped characters.
  private static func markup(of line: Substring) -> String {
    var markup = ""
    var rest = line
    while let first = rest.first {
      if first == "\\" {
        rest = rest.dropFirst(2)
      } else if first == "`" {
        let fence = rest.prefix { $0 == "`" }
        rest = rest.dropFirst(fence.count)
        while !rest.isEmpty {
          let text = rest.prefix { $0 != "`" }
          let run = rest.dropFirst(text.count).prefix { $0 == "`" }
          rest = rest.dropFirst(text.count + run.count)
          if run.count == fence.count { break }
        }
      } else {
        markup.append(first)
        rest = rest.dropFirst()
      }
    }
    return markup
  }

  @Test func `T33 a page has one script and one element of data`() throws {
    let page = ReportFormat.html.text(of: Self.report)
    #expect(page.matches(of: /<script/).count == 2)
    #expect(page.matches(of: /<\/script/).count == 2)
    #expect(!page.contains("<script>alert"))
    let title = try #require(page.firstMatch(of: /<title>(.*)<\/title>/))
    #expect(!title.1.contains("<"))
  }
}
