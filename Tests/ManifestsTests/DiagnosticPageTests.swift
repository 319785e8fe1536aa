import Diagnostics
import Foundation
import Manifests
import TargetModel
import TestSupport
import Testing

private let pages = URL(filePath: #filePath)
  .deletingLastPathComponent().appending(path: "../../docs/diagnostics").standardized

/// The rules that this module enforces.
private let rules = [
  "command-not-allowed", "duplicate-name", "empty-manifest", "expansion-limit", "given-twice",
  "ignore-expired",
  "invalid-configuration", "invalid-value", "literal-secret", "malformed-resource-id",
  "missing-field", "not-a-target", "not-accepted", "not-upgraded", "older-name", "out-of-range",
  "overlay-target", "preview-only-field", "reference-not-allowed", "reserved-tag", "secret-command",
  "secret-file",
  "secret-file-exposed", "secret-reference", "secret-unset", "set-by-service", "unknown-key",
  "unknown-type", "unknown-variable", "unsupported-workload", "variable-reference",
  "variable-unset", "variable-value", "wrong-removal", "wrong-setting", "wrong-type",
]

@Suite("Pages of diagnostics")
struct DiagnosticPageTests {
  @Test(arguments: rules)
  func `a page's example leads to the message that it shows`(rule: String) throws {
    let page = try String(contentsOf: pages.appending(path: "\(rule).md"), encoding: .utf8)
    let blocks = page.split(separator: "```", omittingEmptySubsequences: false).map(String.init)
    try #require(blocks.count >= 5, "an example, a message and what to do")
    #expect(page.hasPrefix("# \(rule)\n"))

    let example = String(blocks[1].dropFirst("yaml\n".count))
    let found = findings(in: example, of: rule)
    let finding = try #require(found.first { $0.rule.id == rule })
    let title = finding.severity == .error ? "Error" : "Warning"
    let message = "\(title): \(finding.summary) \(finding.detail) [\(rule)]"
    #expect(blocks[3].split(whereSeparator: \.isWhitespace).joined(separator: " ") == message)
  }

  @Test func `every rule of this module is among them`() throws {
    let sources = pages.appending(path: "../../Sources/Manifests").standardized
    let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path())
    let declared = try names.filter { $0.hasSuffix(".swift") }.flatMap { name in
      try String(contentsOf: sources.appending(path: name), encoding: .utf8)
        .matches(of: /Rule\("([a-z0-9-]+)"\)/).map { String($0.1) }
    }
    #expect(declared.sorted() == rules)
  }

  private func findings(in example: String, of rule: String) -> [Diagnostic] {
    var list = DiagnosticList()
    if rule == "not-upgraded" {
      _ = upgradeManifest(
        Array(example.utf8), file: "compute.yml", rules: .azureML,
        reporting: &list)
      return list.sorted
    }
    if rule == "not-accepted" {
      let gpu = AcceptedTarget(
        TargetAddress(kind: "amlcompute", name: "gpu"), ["max_instances": 20])
      _ = acceptLiveValues(
        [gpu], in: Array(example.utf8), file: "compute.yml", rules: .azureML, reporting: &list)
      return list.sorted
    }
    if rule == "ignore-expired" {
      let july2026: Int64 = 1_782_864_000_000
      for target in Binding(example).targets {
        checkIgnoredChanges(of: target, now: july2026, reporting: &list)
        #expect(!list.isEmpty)
        checkIgnoredChanges(of: target, now: july2026 - 1, reporting: &list)
      }
      #expect(list.errorCount == 1, "the last day counts")
      return list.sorted
    }
    if rule == "preview-only-field" {
      for target in Binding(example).targets {
        checkPreviewFields(of: target, apiVersion: "2026-05-15-preview", reporting: &list)
        #expect(list.isEmpty, "previews have it")
        checkPreviewFields(of: target, apiVersion: "2025-12-01", reporting: &list)
      }
      return list.sorted
    }
    if rule == "invalid-configuration" {
      _ = readConfiguration(Array(example.utf8), file: "berth.yaml", reporting: &list)
      return list.sorted
    }
    if example.hasPrefix("# berth.yaml\n") || example.hasPrefix("# compute.yml\n") {
      let long = example.replacing("LONG", with: String(repeating: "a", count: 200_000))
      return Composing(long).findings
    }
    let key = SecretFile(contents: "-----BEGIN KEY-----\n", isReadableByOthers: true)
    return Binding(example, secrets: FixedSecrets(files: ["secrets/id_rsa": .success(key)]))
      .findings
  }
}
