import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import TestSupport

/// Secrets that a test lays out.
struct FixedSecrets: SecretSource {
  var variables: [String: String] = [:]
  var files: [String: Result<SecretFile, SecretFileFailure>] = [:]

  func environment(_ name: String) -> String? { variables[name] }

  func file(
    _ path: String, namedIn manifest: String
  ) -> Result<SecretFile, SecretFileFailure> {
    files[path] ?? .failure(SecretFileFailure("does not exist"))
  }
}

extension StackConfiguration {
  static let sample = StackConfiguration(
    stack: "ml-prod",
    workspace: WorkspaceIdentity(
      subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "ml-prod-rg",
      name: "ml-prod", location: "westeurope"))
}

extension KindRules {
  /// The kinds of Azure Machine Learning, with their rules.
  static let azureML = KindRules(
    catalog: .azureML,
    checkName: { ComputeKinds.checkName($0, of: $1, at: $2, reporting: &$3) },
    advice: { kindAdvice(for: $0) },
    refusal: { refusedKind($0, $1, at: $2) })

  /// Kinds made up for tests, without rules for names.
  static let invented = KindRules(catalog: .invented)
}

/// What binding made of some manifests.
struct Binding {
  let targets: [ComputeTarget]
  let findings: [Diagnostic]

  init(
    _ texts: [String], rules: KindRules = .azureML, secrets: some SecretSource = FixedSecrets()
  ) {
    var list = DiagnosticList()
    targets = bindManifests(
      texts.enumerated().map { ManifestFile(path: "\($0 + 1).yml", bytes: Array($1.utf8)) },
      of: .sample, rules: rules, secrets: secrets, reporting: &list)
    findings = list.sorted
  }

  init(_ text: String, rules: KindRules = .azureML, secrets: some SecretSource = FixedSecrets()) {
    self.init([text], rules: rules, secrets: secrets)
  }

  var errors: [Diagnostic] { findings.filter { $0.severity == .error } }

  /// Everything that findings tell, as one text.
  var everythingSaid: String {
    findings.map { "\($0.summary) \($0.detail) \($0.related.map(\.message))" }
      .joined(separator: "\n")
  }
}

let vmID =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers"
  + "/Microsoft.Compute/virtualMachines/vm"
