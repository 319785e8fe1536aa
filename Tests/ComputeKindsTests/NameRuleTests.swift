import ComputeKinds
import Diagnostics
import TargetModel
import TestSupport
import Testing

@Suite struct NameRuleTests {
  func findings(_ name: String, _ kind: KindDescriptor = .amlCompute) -> [Diagnostic] {
    var findings = DiagnosticList()
    checkName(
      name, of: kind, at: SourceLocation(startOf: "compute/a.yml"), reporting: &findings)
    return findings.findings
  }

  @Test(arguments: [
    "abc", "cpu-cluster", "abc-1a", "abc1", "A23456789012345678901234", "a--b", "vm-example",
    "basic-example-i",
  ])
  func `ordinary names pass`(name: String) {
    #expect(findings(name).isEmpty)
  }

  @Test(arguments: [
    ("", "it is empty"), ("ab", "2 characters"), ("a", "1 character:"),
    ("a234567890123456789012345", "25 characters"), ("1abc", "begins with '1'"),
    ("-abc", "begins with '-'"), ("cpu_cluster", "'_' is not"), ("abc-1", "hyphen and digits"),
    ("a-b-2", "hyphen and digits"), ("a-12", "hyphen and digits"), ("größe", "'ö' is not"),
    ("a b c", "' ' is not"), ("abc\u{202E}", "\\u{202E}"), ("аbc", "'а' is not"),
    ("<NAME>", "'<' is not"),
  ])
  func `other names are refused, and the message says why`(name: String, why: String) throws {
    let finding = try #require(findings(name).first)
    #expect(finding.rule == .invalidName)
    #expect(finding.severity == .error)
    if why != "1 character:" { #expect(finding.detail.contains(why), "\(finding.detail)") }
    #expect(findings(name).count == 1)
  }

  @Test(arguments: ["amlcompute", "local", "Local", "ContainerInstance"])
  func `reserved names are refused for every kind`(name: String) {
    for kind in KindCatalog.azureML.kinds where kind.isInWorkspace {
      #expect(findings(name, kind).map(\.rule) == [.reservedName])
    }
  }

  @Test func `long names of inference clusters and Spark pools earn a warning`() {
    let sixteen = "abcdefghijklmnop"
    for kind in KindCatalog.azureML.kinds where kind.isInWorkspace {
      #expect(findings(sixteen, kind).isEmpty)
      let isShort = kind.name == "aks" || kind.name == "synapsespark"
      #expect(findings(sixteen + "q", kind).map(\.severity) == (isShort ? [.warning] : []))
    }
  }

  @Test func `the local computer has one name`() {
    #expect(findings("local", .local).isEmpty)
    for name in ["Local", "laptop", "l", "amlcompute"] {
      #expect(findings(name, .local).map(\.rule) == [.localName])
    }
  }

  @Test func `a hyphen at the end earns a warning`() {
    #expect(findings("abc-").map(\.rule) == [.unportableName])
    #expect(findings("abc-").map(\.severity) == [.warning])
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `errors are what the service's pattern refuses`(seed: UInt64) throws {
    let pattern = try Regex(#"[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9\-]{2,23}"#)
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let length = Int.random(in: 0...27, using: &random)
      let name = String((0..<length).compactMap { _ in "abZ019--_".randomElement(using: &random) })
      let isRefused = findings(name).contains { $0.severity == .error }
      #expect(isRefused == (name.wholeMatch(of: pattern) == nil), "seed \(seed): '\(name)'")
    }
  }
}
