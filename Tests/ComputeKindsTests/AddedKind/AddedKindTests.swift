import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import Testing

// In the shape that the page shows.
private let full =
  target(
    .quantum,
    [
      "resource_id": .text("\(group)/providers/Microsoft.Quantum/workspaces/lab"),
      "description": "d", "tags": ["team": "a"], "machine": "hardware", "max_jobs": 20,
      "access_key": secret("k"),
    ])
private let unkeyed =
  CheckCase("hardware without a key", .quantum, ["machine": "hardware"], "hardware-key")

/// `docs/adding-a-kind.md` adds a kind that does not exist.
///
/// What it shows is compiled and used here.
@Suite struct AddedKindTests {
  private let rules = KindRules(
    catalog: KindCatalog(KindCatalog.azureML.kinds + [.quantum]),
    checkName: kindRules.checkName, checkWorkspace: kindRules.checkWorkspace)

  private func page() throws -> String {
    try #require(packageText("docs/adding-a-kind.md"))
  }

  /// The page's blocks in a language, without their fences.
  private func blocks(_ language: String) throws -> [String] {
    try page().split(separator: "\n```\(language)\n", omittingEmptySubsequences: false).dropFirst()
      .map { text in
        String(text.split(separator: "```", maxSplits: 1, omittingEmptySubsequences: false)[0])
      }
  }

  @Test func `the page's file is the one that is compiled`() throws {
    let compiled = try #require(packageText("Tests/ComputeKindsTests/AddedKind/Quantum.swift"))
    // A file of the module itself has no need to import it.
    let file = compiled.replacing("@testable import ComputeKinds\n\n", with: "")
    #expect(try blocks("swift file=Sources/ComputeKinds/Quantum.swift") == [file])
  }

  @Test func `the page's line of the catalog would fit`() throws {
    let change = try #require(try blocks("diff").first)
    let catalog = try #require(packageText("Sources/ComputeKinds/KindCatalog.swift"))
    let before = change.split(separator: "\n").filter { !$0.hasPrefix("+") }.map { $0.dropFirst() }
    #expect(catalog.contains(before.joined(separator: "\n")))
    #expect(change.contains("+    .quantum,\n"))
  }

  @Test func `the kind's sample binds without a finding`() {
    let result = bound(KindDescriptor.quantum.sample, rules: rules)
    #expect(result.targets.map(\.address.description) == ["quantum.quantum-lab"])
    #expect(result.findings == [])
  }

  @Test func `the page's document becomes the body that the page shows`() throws {
    let document = try #require(try blocks("yaml").first)
    let result = bound(document, contents: "k", rules: rules)
    #expect(result.findings == [])
    let target = try #require(result.targets.first)
    let body = WireMapping(catalog: rules.catalog)
      .body(for: target, marks: OwnershipMarks(stack: "ml-prod"), in: workspace)
    let shown = try #require(try blocks("json").first)
    #expect(try AttributeValue(json: shown) == body)
  }

  @Test func `the page's rows stand in the kind's own page`() throws {
    let rows = try #require(try blocks("markdown").first)
    let rendered = KindPage.render(.quantum)
    for row in rows.split(separator: "\n") {
      #expect(rendered.contains(row), "the page of the kind has no line '\(row)'")
    }
  }

  @Test(
    arguments: [
      ("machine: hardware", "hardware-key"), ("max_jobs: 0", "out-of-range"),
      ("machine: laptop", "invalid-value"), ("queue_length: 3", "set-by-service"),
      ("max_jbs: 3", "unknown-key"), ("max_circuits: 3", "older-name"),
      ("berth: {on_remove: delete}", "wrong-removal"),
      ("berth: {workloads: [training]}", "unsupported-workload"),
      ("access_key: written-out", "literal-secret"),
    ])
  func `each mistake that the page tells of is found`(line: String, rule: String) throws {
    let found = bound("\(KindDescriptor.quantum.sample)\(line)\n", rules: rules).findings
    #expect(found.map(\.rule.id) == [rule])
    #expect(try page().contains("| `\(line)` | `\(rule)` |"))
  }

  @Test func `the page's lines for other tests stand here`() throws {
    let own = try #require(
      packageText("Tests/ComputeKindsTests/AddedKind/AddedKindTests.swift"))
    for line in try #require(try blocks("swift").first).split(separator: "\n") {
      #expect(own.contains("\n\(line)"), "\(line)")
    }
  }

  @Test func `the full target sets every field, and nothing is lost on the way`() throws {
    let kind = KindDescriptor.quantum
    let unset = kind.fields.filter {
      $0.setBy == .user && $0.wire != nil && full[$0.path] == nil
    }
    #expect(unset.map(\.path) == [])
    let mapping = WireMapping(catalog: rules.catalog)
    var body = mapping.body(for: full, marks: OwnershipMarks(), in: workspace)
    body["name"] = "example"
    let live = try #require(mapping.target(in: body))
    #expect(live.kind == kind.name)
    for path in ["description", "machine", "max_jobs", "tags"] as [AttributePath] {
      #expect(kind.value(path, in: live.attributes) == full[path], "\(path)")
    }
  }

  @Test func `the check finds what it should`() {
    var findings = DiagnosticList()
    for check in unkeyed.kind.checks {
      check.run(target(unkeyed.kind, unkeyed.values), &findings)
    }
    #expect(findings.findings.map(\.rule.id) == unkeyed.rules)
  }

  @Test func `a target lives as the page says`() async throws {
    let changes: [(line: String, change: String)] = [
      ("max_jobs: 20", "update max_jobs"),
      ("description: Lab", "detachThenAttach description max_jobs"),
      (
        "{machine: hardware, access_key: \"${env:QUANTUM_KEY}\"}",
        "detachThenAttach machine access_key"
      ),
    ]
    let sample = KindDescriptor.quantum.sample
    var life = Life("quantum", sample)
    life.changes = changes.map { line, change in
      let lines = line.hasPrefix("{") ? line.dropFirst().dropLast() : line[...]
      return (sample + lines.replacing(", ", with: "\n") + "\n", change)
    }
    try await LivedWorkspace(rules: rules).live(life)
    for (line, change) in changes { #expect(try page().contains("| `\(line)` | `\(change)` |")) }
  }
}
