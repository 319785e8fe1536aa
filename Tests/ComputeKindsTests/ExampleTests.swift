import ComputeKinds
import Diagnostics
import FoundationEssentials
import Manifests
import TargetModel
import Testing

/// Secrets from the files of an example, counted from the manifest's folder; variables are all
/// set.
private struct ExampleSecrets: SecretSource {
  let folder: String

  func environment(_ name: String) -> String? { "value of \(name)" }

  func file(
    _ path: String, namedIn manifest: String
  ) -> Result<SecretFile, SecretFileFailure> {
    let parts = manifest.split(separator: "/").dropLast() + path.split(separator: "/")
    guard let contents = packageText("\(folder)/\(parts.joined(separator: "/"))") else {
      return .failure(SecretFileFailure("does not exist"))
    }
    return .success(SecretFile(contents: contents, isReadableByOthers: false))
  }
}

private func manifests(below folder: String) throws -> [ManifestFile] {
  let root = "\(packageFolder)/\(folder)"
  let paths = try FileManager.default.subpathsOfDirectory(atPath: root)
  return paths.filter { $0.hasSuffix(".yml") }.sorted().compactMap { path in
    packageText("\(folder)/\(path)").map { ManifestFile(path: path, bytes: Array($0.utf8)) }
  }
}

@Suite struct ExampleTests {
  /// Each example with its targets and what it is told.
  static let examples: [(name: String, targets: [String], warnings: [String])] = [
    (
      "quickstart",
      [
        "amlcompute.cpu-cluster", "computeinstance.ana-notebooks", "kubernetes.k8s-training",
        "synapsespark.spark-pool", "virtualmachine.build-vm",
      ], []
    ),
    ("tls-rotation", ["aks.inference"], []),
    (
      "rename-and-swap",
      ["aks.inference-blue", "synapsespark.spark-adhoc", "synapsespark.spark-etl"], []
    ),
    (
      "gitops",
      [
        "amlcompute.shared-cpu", "amlcompute.vision-gpu", "amlcompute.vision-sweeps",
        "computeinstance.mina-dev", "kubernetes.risk-adhoc", "kubernetes.risk-batch",
        "virtualmachine.build-vm",
      ], ["low-priority-preemption", "password-not-key"]
    ),
    (
      "az-ml",
      [
        "amlcompute.all-defaults", "amlcompute.from-sdk-v1", "amlcompute.near-the-data",
        "amlcompute.nightly", "amlcompute.spare-capacity", "amlcompute.with-ssh",
        "amlcompute.with-system-identity", "amlcompute.with-user-identity",
        "computeinstance.plain-instance", "computeinstance.sleeps-at-six",
        "kubernetes.arc-cluster", "synapsespark.spark-pool", "virtualmachine.remote-machine",
      ],
      [
        "idle-cost", "literal-secret", "literal-secret", "low-priority-preemption",
        "low-priority-preemption",
        "older-name", "older-name", "older-name", "older-name", "older-name", "other-region",
        "password-not-key", "password-not-key", "weak-password",
      ]
    ),
  ]

  @Test(arguments: examples.indices)
  func `examples bind, with the findings they are there to show`(index: Int) throws {
    let example = Self.examples[index]
    let folder = "examples/\(example.name)"
    var findings = DiagnosticList()
    let text = try #require(packageText("\(folder)/berth.yaml"))
    _ = readConfiguration(Array(text.utf8), file: "berth.yaml", reporting: &findings)
    #expect(findings.isEmpty)
    let result = bound(try manifests(below: folder), secrets: ExampleSecrets(folder: folder))
    #expect(!result.findings.contains { $0.severity == .error }, "\(result.findings)")
    #expect(result.targets.map(\.address.description) == example.targets)
    #expect(result.findings.map(\.rule.id).sorted() == example.warnings)
  }

  @Test func `every folder of examples is tried and explained`() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: "\(packageFolder)/examples")
    // The one with variables and overlays, and the recipes, are tried through the program alone.
    let others = ["environments", "pipelines"]
    #expect(folders.sorted() == (Self.examples.map(\.name) + others).sorted())
    for folder in folders { #expect(packageText("examples/\(folder)/README.md") != nil) }
  }

  @Test func `the renewed certificate is another one`() throws {
    for file in ["www.pem", "www.key"] {
      let present = try #require(packageText("examples/tls-rotation/certs/\(file)"))
      let renewed = try #require(packageText("examples/tls-rotation/certs/renewed/\(file)"))
      #expect(present != renewed)
    }
  }

  @Test(arguments: KindCatalog.azureML.kinds.map(\.name.text))
  func `samples bind without a finding`(name: String) throws {
    let kind = try #require(KindCatalog.azureML[KindName(name)])
    let file = ManifestFile(path: "sample.yml", bytes: Array(kind.sample.utf8))
    let result = bound([file], secrets: UnresolvedSecrets())
    #expect(result.targets.count == (kind.isInWorkspace ? 1 : 0))
    #expect(result.findings.filter { !notices.contains($0.rule) } == [])
  }

  /// The yaml of every rule's page brings the rule about.
  @Test(arguments: KindPageTests.rules)
  func `pages of rules show what they are about`(rule: Rule) throws {
    let page = try #require(packageText("docs/diagnostics/\(rule).md"))
    let match = try #require(page.firstMatch(of: /```yaml\n((?s:.*?))```/))
    let yaml = match.1.replacing(
      "/subscriptions/SUB/", with: "\(group)/".replacing("resourceGroups/my-rg/", with: ""))
    let contents: String? =
      switch rule {
      case .tlsNotPEM: "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"
      case .accessToken: "token: dapi0"
      case .weakPassword: "example-password"
      default: nil
      }
    let result = bound(
      [ManifestFile(path: "page.yml", bytes: Array(yaml.utf8))],
      secrets: FixedSecrets(contents: contents ?? SecretText.unresolved))
    let found = result.findings.filter { $0.rule == rule }
    #expect(!found.isEmpty, "\(result.findings)")
    // Only what is beside the point differs: regions and line breaks.
    let quoted = page.split(separator: "\n").filter { $0.hasPrefix(">") }
      .map { $0.dropFirst() }.joined(separator: " ")
    let isQuoted = found.contains {
      $0.detail.filter { !$0.isWhitespace }.replacing("eastus", with: "westeurope")
        == quoted.filter { !$0.isWhitespace }
    }
    #expect(isQuoted, "the page says: \(quoted); found: \(found.map(\.detail))")
  }

  /// Microsoft's own files work as they are, once their placeholders are filled in.
  @Test func `Microsoft's examples bind`() throws {
    let folder = "../shared/azure/spec/cli-v2-examples"
    guard packageText("\(folder)/cluster-basic.yml") != nil else {
      print("Skipped: there are no examples at \(folder).")
      return
    }
    for file in try manifests(below: folder) {
      let text = String(decoding: file.bytes, as: UTF8.self)
        .replacing("<SUBSCRIPTION_ID>", with: workspace.subscriptionID)
        .replacing(/<([A-Za-z_]+)>/) { $0.1.lowercased().replacing("_", with: "").prefix(20) }
      let filled = ManifestFile(path: file.path, bytes: Array(text.utf8))
      let result = bound([filled], secrets: UnresolvedSecrets())
      #expect(result.targets.count == 1, "\(file.path): \(result.findings)")
    }
  }
}
