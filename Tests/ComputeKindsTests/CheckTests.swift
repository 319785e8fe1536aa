import ComputeKinds
import Diagnostics
import TargetModel
import Testing

@Suite struct CheckTests {
  static let cases =
    clusterCases + networkCases + loginCases + identityCases + instanceCases + machineCases
    + inferenceCases + attachedCases + creationCases

  func findings(_ target: ComputeTarget) -> [Diagnostic] {
    var findings = DiagnosticList()
    for check in target.kind.checks { check.run(target, &findings) }
    return findings.findings
  }

  @Test(arguments: cases)
  func `checks find what they should and nothing else`(example: CheckCase) {
    // What switches an instance off has cases of its own; others say nothing of it.
    let found = findings(target(example.kind, example.values)).map(\.rule.id).filter {
      $0 != "idle-cost" || example.kind === KindDescriptor.amlCompute
    }
    #expect(found.sorted() == example.rules)
  }

  /// A case for each rule, so that no check is forgotten.
  @Test func `every rule of every check is tried`() {
    let tried = Set(Self.cases.flatMap(\.rules))
    let declared = Set(KindCatalog.azureML.kinds.flatMap(\.checks).flatMap(\.rules).map(\.id))
    #expect(declared.subtracting(tried) == [])
    #expect(tried.subtracting(declared) == [])
  }

  @Test func `a check reports only the rules it declares`() {
    for example in Self.cases {
      for check in example.kind.checks {
        var findings = DiagnosticList()
        check.run(target(example.kind, example.values), &findings)
        for finding in findings.findings { #expect(check.rules.contains(finding.rule)) }
      }
    }
  }

  @Test func `findings name the target, speak in sentences and hold no secret`() {
    for example in Self.cases {
      for finding in findings(target(example.kind, example.values)) {
        #expect(finding.address == "\(example.kind.name).example")
        #expect(finding.location != nil)
        #expect(finding.detail.hasSuffix("."))
        #expect(!finding.summary.hasSuffix("."))
        #expect(!finding.detail.contains("MII"))
        #expect(!finding.detail.contains("certs/www.pem"))
      }
    }
  }

  @Test(
    arguments: [
      ("Europe/Berlin", "Write 'W. Europe Standard Time'."),
      ("america/vancouver", "Write 'Pacific Standard Time'."),
      ("GMT", "Write 'UTC'."),
      ("W. Europe Standart Time", "Write 'W. Europe Standard Time'."),
      ("somewhere", "'tzutil /l' on Windows lists them."),
    ])
  func `an unknown time zone is answered with the one that was meant`(
    text: String, advice: String
  ) throws {
    let finding = try #require(
      findings(target(.computeInstance, zone(.text(text)))).first)
    #expect(finding.detail.hasSuffix(advice), "\(finding.detail)")
  }

  @Test func `a folded network passes the checks`() {
    for kind in [KindDescriptor.amlCompute, .computeInstance] {
      var target = target(
        kind, ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn"])
      target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
      #expect(findings(target).filter { $0.rule != .idleCost }.isEmpty)
    }
  }
}
