import Diagnostics
import Foundation
import Testing

@testable import ManifestSyntax

/// The inputs of github.com/yaml/yaml-test-suite, where they stand beside the repository.
@Suite("YAML test suite")
struct YAMLTestSuiteTests {
  private struct Case: Decodable {
    let id: String
    let name: String
    let fail: Bool
    let yaml: String
    let json: String?
  }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func cases() throws -> [Case]? {
    let file = root.deletingLastPathComponent()
      .appendingPathComponent("shared/yaml-test-suite/cases.json")
    guard let data = try? Data(contentsOf: file) else {
      print("SKIPPED: the YAML test suite is not beside the repository (\(file.path)).")
      return nil
    }
    return try JSONDecoder().decode([Case].self, from: data)
  }

  @Test func `every input is read or refused as the table says`() throws {
    guard let cases = try Self.cases() else { return }
    #expect(cases.count == 402)
    var differences: [String: SuiteDifference] = [:]
    for each in cases {
      var findings = DiagnosticList()
      let documents = readYAML(Array(each.yaml.utf8), file: each.id, reporting: &findings)
      if let difference = Self.difference(each, documents, findings) {
        differences[each.id] = difference
      }
    }
    let expected = suiteDifferences
    for (id, difference) in differences.sorted(by: { $0.key < $1.key })
    where expected[id] != difference {
      Issue.record(
        "\(id): \(difference), the table says \(expected[id].map { "\($0)" } ?? "nothing")")
    }
    for id in expected.keys.sorted() where differences[id] == nil {
      Issue.record("\(id) stands in the table and behaves as the suite says")
    }
  }

  private static func difference(
    _ each: Case, _ documents: [YAMLDocument], _ findings: DiagnosticList
  ) -> SuiteDifference? {
    if findings.hasErrors {
      if each.fail { return nil }
      return .refused(findings.findings[0].rule.id)
    }
    if each.fail { return .accepted }
    guard let json = each.json else { return nil }
    let read = documents.map { $0.root?.value ?? .scalar(.null) }.map(jsonText).joined(
      separator: "\n")
    return read == canonical(json) ? nil : .readDifferently
  }

  /// The suite's JSON values, one a line, in the form of `jsonText`.
  private static func canonical(_ json: String) -> String {
    var findings = DiagnosticList()
    var lines: [String] = []
    // JSON is YAML, and the suite separates values by line breaks only.
    var pending = ""
    for line in json.split(separator: "\n", omittingEmptySubsequences: true) {
      pending += line + "\n"
      guard let data = pending.data(using: .utf8),
        (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil
      else { continue }
      let documents = readYAML(Array(pending.utf8), file: "json", reporting: &findings)
      lines += documents.compactMap { $0.root?.value }.map(jsonText)
      pending = ""
    }
    return lines.joined(separator: "\n")
  }

  private static func jsonText(_ value: YAMLValue) -> String {
    switch value {
    case .scalar(.null): "null"
    case .scalar(.bool(let bool)): "\(bool)"
    case .scalar(.integer(let integer)): "\(Double(integer))"
    case .scalar(.number(let number)): "\(number)"
    case .scalar(.text(let text)): "\"\(text.debugDescription)\""
    case .sequence(let elements): "[\(elements.map(jsonText).joined(separator: ","))]"
    case .mapping(let entries):
      "{\(entries.map { "\($0.key.debugDescription):\(jsonText($0.value))" }.sorted().joined(separator: ","))}"
    }
  }

  @Test func `docs name every difference and no other`() throws {
    let page = try String(
      contentsOf: Self.root.appendingPathComponent("docs/yaml.md"), encoding: .utf8)
    let named = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
      .filter { $0.range(of: #"^[0-9A-Z]{4}(/[0-9]+)?$"#, options: .regularExpression) != nil }
    #expect(named.sorted() == suiteDifferences.keys.sorted())
    #expect(page.contains("\(suiteDifferences.count) valid ones"))
  }

  @Test func `nothing invalid is accepted and nothing is read with another value`() {
    for (id, difference) in suiteDifferences.sorted(by: { $0.key < $1.key }) {
      guard case .refused = difference else {
        Issue.record("\(id): \(difference)")
        continue
      }
    }
  }
}
