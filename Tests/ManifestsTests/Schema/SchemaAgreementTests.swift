import ComputeKinds
import Diagnostics
import Foundation
import Manifests
import TargetModel
import TestSupport
import Testing

/// What the schemas say, asked of a validator that is not ours, is what binding says.
@Suite struct SchemaAgreementTests {
  private static let seed: UInt64 = 20_260_105
  private static let documentsPerKind = 150

  @Test func `schemas and binding agree on compute documents`() throws {
    var random = SeededRandom(seed: Self.seed)
    var documents: [RandomDocument] = []
    for kind in KindCatalog.azureML.kinds {
      for count in 0..<Self.documentsPerKind {
        var document = RandomDocument(kind, using: &random)
        if count % 4 != 0 { document.spoil(using: &random) }
        documents.append(document)
      }
    }
    let lines = documents.flatMap { document in
      ["\(document.kind.name)", "compute"].map {
        SchemaJudge.line($0, document.content)
      }
    }
    guard let verdicts = try SchemaJudge.verdicts(on: lines) else { return }
    var tally = Tally()
    for (index, document) in documents.enumerated() {
      let own = verdicts[index * 2]
      let errors = Binding(
        document.content.canonicalJSON, variables: document.variables,
        secrets: UnresolvedSecrets()
      ).errors
      // Of another kind's document the schema of any kind may think better.
      if document.isOfItsKind {
        expectAgreement(own, errors, on: document, in: &tally)
      }
      expectAgreement(verdicts[index * 2 + 1], errors, on: document, in: &tally)
    }
    print("schemas and binding: \(tally)")
    #expect(tally.accepted > 200 && tally.refused > 400, "the documents prove little: \(tally)")
    #expect(tally.unsayable * 2 < tally.refused, "schemas say too little: \(tally)")
  }

  @Test func `schema and reader agree on berth yaml`() throws {
    let sample: AttributeValue = [
      "stack": "ml-prod",
      "workspace": [
        "subscription_id": "00000000-0000-0000-0000-000000000000", "resource_group": "ml-rg",
        "name": "ml-prod", "location": "West Europe",
      ],
      "backend": ["type": "local", "store": "a/b.db", "operation_milliseconds": 10],
      "computes": ["compute/**/*.yml"],
      "variables": ["size": "STANDARD_DS3_V2", "most": ["type": "number", "default": 2]],
      "defaults": ["amlcompute": ["max_instances": "${var:most}", "tags": ["a": "b"]]],
      "commands": ["password": ["sh", "password.sh"]],
    ]
    let places = [
      ["stack"], ["workspace"], ["backend"], ["computes"], ["computes", "0"], ["unheard_of"],
      ["workspace", "subscription_id"], ["workspace", "resource_group"], ["workspace", "name"],
      ["workspace", "location"], ["workspace", "unheard_of"], ["backend", "type"],
      ["backend", "store"], ["backend", "operation_milliseconds"], ["backend", "unheard_of"],
      ["variables"], ["variables", "size"], ["variables", "9"], ["variables", "most", "type"],
      ["variables", "most", "default"], ["variables", "most", "unheard_of"], ["defaults"],
      ["defaults", "amlcompute"], ["defaults", "AMLCOMPUTE"], ["defaults", "unheard_of"],
      ["defaults", "amlcompute", "max_instances"], ["defaults", "amlcompute", "name"],
      ["defaults", "amlcompute", "berth"], ["defaults", "amlcompute", "unheard_of"],
      ["defaults", "aks", "tls"], ["commands"], ["commands", "password"], ["commands", "a b"],
      ["commands", "password", "1"],
    ]
    var azure = sample
    azure["backend"] = [
      "type": "azure", "cloud": "AzureCloud", "endpoint": "http://127.0.0.1:8080",
      "api_version": "2025-12-01", "ca_file": "ca.pem", "read_credentials": false,
      "auth": ["type": "none", "tenant_id": "00000000-0000-0000-0000-000000000000"],
    ]
    let azurePlaces =
      [["auth"], ["auth", "type"], ["auth", "tenant_id"], ["auth", "unheard_of"]]
      + ["type", "cloud", "endpoint", "api_version", "ca_file", "read_credentials", "store"].map {
        [$0]
      }
    var azureRandom = SeededRandom(seed: Self.seed)
    var random = SeededRandom(seed: Self.seed)
    var documents = [sample, azure] + places.map { sample.replacing(at: $0[...], with: nil) }
    for place in azurePlaces.map({ ["backend"] + $0 }) {
      documents.append(azure.replacing(at: place[...], with: nil))
      for value: AttributeValue in [
        "azure", "local", "azure_cli", "http://localhost", "https://[::1]:1/", "http://[::2]",
        "https://management.azure.com/", "http://management.azure.com", "https://a b", "AzureCloud",
        azureRandom.oddValue(), azureRandom.oddValue(),
      ] {
        documents.append(azure.replacing(at: place[...], with: value))
      }
    }
    for place in places {
      for _ in 0..<20 {
        let odd: [AttributeValue?] = [nil, 60_000, 60_001, "../a", "a/..", "/a", "..b/c", "a."]
        let value = random.isLucky(4) ? odd.randomElement(using: &random) ?? nil : random.oddValue()
        documents.append(sample.replacing(at: place[...], with: value))
      }
    }
    let lines = documents.map { SchemaJudge.line("stack", $0) }
    guard let verdicts = try SchemaJudge.verdicts(on: lines) else { return }
    for (document, verdict) in zip(documents, verdicts) {
      var findings = DiagnosticList()
      if let configuration = readConfiguration(
        Array(document.canonicalJSON.utf8), file: "berth.yaml", reporting: &findings)
      {
        // Defaults are read where kinds are known.
        _ = bindStack(
          [], of: configuration, rules: .azureML, secrets: UnresolvedSecrets(),
          reporting: &findings)
      }
      // A schema does not look from a reference to what it refers to.
      let errors = findings.sorted.filter {
        $0.severity == .error && !["unknown-variable", "variable-unset"].contains($0.rule.id)
      }
      #expect(
        verdict.accepts == errors.isEmpty,
        "\(document.canonicalJSON)\n\(verdict.text)\n\(errors.map(\.detail))")
    }
  }

  private struct Tally: CustomStringConvertible {
    var accepted = 0
    var refused = 0
    var unsayable = 0
    var disagreements = 0

    var description: String {
      "\(accepted) accepted by both, \(refused) refused by both, \(unsayable) refused by what "
        + "JSON Schema can't say, \(disagreements) disagreements"
    }
  }

  private func expectAgreement(
    _ verdict: SchemaJudge.Verdict, _ errors: [Diagnostic], on document: RandomDocument,
    in tally: inout Tally
  ) {
    switch (verdict.accepts, errors.isEmpty) {
    case (true, true): tally.accepted += 1
    case (false, false): tally.refused += 1
    case (true, false) where document.isBeyondSchemas(errors): tally.unsayable += 1
    case (true, false), (false, true):
      tally.disagreements += 1
      Issue.record(
        """
        seed \(Self.seed), \(document.spoiled.map { "\($0.path) spoiled" } ?? "not spoiled"):
        \(document.content.canonicalJSON)
        The schema \(verdict.text); binding says: \(errors.map(\.detail))
        """)
    }
  }
}

extension RandomDocument {
  /// True if its `type` is still its kind's.
  fileprivate var isOfItsKind: Bool {
    content["type"]?.text?.lowercased() == kind.name.text || content["type"]?.text == nil
  }

  /// True for what `docs/editors.md` lists under "What a schema can't say".
  fileprivate func isBeyondSchemas(_ errors: [Diagnostic]) -> Bool {
    var rules = Set(kind.checks.flatMap(\.rules).map(\.id))
    if kind.origin == .createdOrAttached { rules.insert("wrong-removal") }
    // Where a file may lie depends on where the document lies.
    rules.insert("secret-file")
    if errors.allSatisfy({ rules.contains($0.rule.id) }) { return true }
    switch (spoiled?.type, spoiled?.value) {
    case (.integer, .text), (.duration, .text): return true
    case (.text(.some), .integer), (.text(.some), .number), (.region, .integer): return true
    default: return false
    }
  }
}
