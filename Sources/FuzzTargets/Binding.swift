internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import TargetModel

/// The targets that a file with compute documents asks for.
struct Binding {
  static let workspace = WorkspaceIdentity(
    subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "group",
    name: "workspace", location: "westeurope")
  private static let configuration = StackConfiguration(stack: "s", workspace: workspace)
  private static let rules = KindRules(
    catalog: .azureML, checkName: checkName(_:of:at:reporting:),
    checkWorkspace: checkAgainstWorkspace(_:_:reporting:), advice: kindAdvice(for:),
    keyAdvice: keyAdvice(for:of:), refusal: refusedKind(_:_:at:), silenceable: silenceableRules)

  let targets: [ComputeTarget]
  let findings: [Diagnostic]

  init(_ bytes: [UInt8]) {
    var findings = DiagnosticList()
    targets = bindManifests(
      [ManifestFile(path: Reading.file, bytes: bytes)], of: Self.configuration, rules: Self.rules,
      secrets: UnresolvedSecrets(), reporting: &findings)
    self.findings = findings.findings
  }
}
