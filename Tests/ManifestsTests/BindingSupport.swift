import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import TestSupport

/// Secrets that a test lays out.
struct FixedSecrets: SecretSource {
  var variables: [String: String] = [:]
  var files: [String: Result<SecretFile, SecretFileFailure>] = [:]
  var outputs: [[String]: String] = [:]

  func environment(_ name: String) -> String? { variables[name] }

  func file(
    _ path: String, namedIn manifest: String
  ) -> Result<SecretFile, SecretFileFailure> {
    files[path] ?? .failure(SecretFileFailure("does not exist"))
  }

  func output(of command: [String]) -> Result<String, SecretCommandFailure> {
    outputs[command].map { .success($0) } ?? .failure(SecretCommandFailure("ended with status 2"))
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
    keyAdvice: { ComputeKinds.keyAdvice(for: $0, of: $1) },
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

  /// Binds a document that refers to variables.
  init(
    _ text: String, variables: AttributeMap, secrets: some SecretSource
  ) {
    let declarations = AttributeValue.map(variables).canonicalJSON
    let composed = Composing(
      "# berth.yaml\nvariables: \(declarations)\n# 1.yml\n\(text)\n", secrets: secrets)
    targets = composed.targets
    findings = composed.findings
  }

  var errors: [Diagnostic] { findings.filter { $0.severity == .error } }

  /// Everything that findings tell, as one text.
  var everythingSaid: String {
    findings.map { "\($0.summary) \($0.detail) \($0.related.map(\.message))" }
      .joined(separator: "\n")
  }
}

/// What became of a stack whose files stand in one text, each below a line `# PATH`.
///
/// `berth.yaml` leaves out what is the same for all; what lies in `overlays/` is an overlay each, and
/// what ends in `.vars` a file of variables.
struct Composing {
  let bound: BoundStack?
  let findings: [Diagnostic]

  init(
    _ text: String, variables: [String] = [], environment: [String: String] = [:],
    secrets: some SecretSource = FixedSecrets()
  ) {
    var files: [(path: String, text: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("# "),
        line.hasSuffix(".yaml") || line.hasSuffix(".yml") || line.hasSuffix(".vars")
      {
        files.append((String(line.dropFirst(2)), ""))
      } else if !files.isEmpty {
        files[files.count - 1].text += line + "\n"
      }
    }
    let head =
      "stack: ml-prod\nworkspace: {subscription_id: 00000000-0000-0000-0000-000000000000, "
      + "resource_group: ml-prod-rg, name: ml-prod, location: westeurope}\n"
    let said = files.first { $0.path == "berth.yaml" }?.text ?? ""
    var list = DiagnosticList()
    let manifests = files.map { ManifestFile(path: $0.path, bytes: Array($0.text.utf8)) }
    let configuration = readConfiguration(
      Array((head + said).utf8), file: "berth.yaml", reporting: &list)
    bound = configuration.map { configuration in
      bindStack(
        manifests.filter { $0.path.hasSuffix(".yml") && !$0.path.hasPrefix("overlays/") },
        of: configuration, overlays: manifests.filter { $0.path.hasPrefix("overlays/") },
        variables: GivenVariables(
          environment: environment, files: manifests.filter { $0.path.hasSuffix(".vars") },
          assignments: variables),
        rules: .azureML, secrets: secrets, reporting: &list)
    }
    findings = list.sorted
  }

  var targets: [ComputeTarget] { bound?.targets ?? [] }
  var errors: [Diagnostic] { findings.filter { $0.severity == .error } }
  /// What errors are about: `rule file:line`, of `berth.yaml` without its first two lines.
  var faults: [String] {
    errors.map { error in
      guard let place = error.location else { return error.rule.id }
      let line = place.start.line - (place.file == "berth.yaml" ? 2 : 0)
      return "\(error.rule.id) \(place.file):\(line)"
    }
  }

  /// A field's value as text.
  func value(_ path: AttributePath, of name: String = "gpu") -> AttributeValue? {
    targets.first { $0.name == name }?[path]
  }
}

let vmID =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers"
  + "/Microsoft.Compute/virtualMachines/vm"
