import ComputeKinds
import Diagnostics
import Manifests
import TargetModel

let kindRules = KindRules(
  catalog: .azureML,
  checkName: { checkName($0, of: $1, at: $2, reporting: &$3) },
  checkWorkspace: { checkAgainstWorkspace($0, $1, reporting: &$2) },
  advice: { kindAdvice(for: $0) },
  keyAdvice: { ComputeKinds.keyAdvice(for: $0, of: $1) },
  refusal: { refusedKind($0, $1, at: $2) }, silenceable: silenceableRules)

/// Rules that say something about a kind as a whole, whatever its document says.
let notices: Set<Rule> = [.serviceEnded, .sdkEnded]

/// Targets and findings of some files.
func bound(
  _ files: [ManifestFile], secrets: some SecretSource, silence: [Rule] = [],
  rules: KindRules = kindRules
) -> (targets: [ComputeTarget], findings: [Diagnostic]) {
  var findings = DiagnosticList()
  var configuration = StackConfiguration(stack: "s", workspace: workspace)
  configuration.silence = silence
  let targets = bindManifests(
    files, of: configuration, rules: rules,
    secrets: secrets, reporting: &findings)
  return (targets, findings.findings)
}

/// Targets and findings of a text with documents.
func bound(
  _ text: String, contents: String = SecretText.unresolved, silence: [Rule] = [],
  rules: KindRules = kindRules
) -> (targets: [ComputeTarget], findings: [Diagnostic]) {
  bound(
    [ManifestFile(path: "compute.yml", bytes: Array(text.utf8))],
    secrets: FixedSecrets(contents: contents), silence: silence, rules: rules)
}

/// Every variable and file has the same value.
struct FixedSecrets: SecretSource {
  let contents: String

  func environment(_ name: String) -> String? { contents }

  func file(
    _ path: String, namedIn manifest: String
  ) -> Result<SecretFile, SecretFileFailure> {
    .success(SecretFile(contents: contents, isReadableByOthers: false))
  }
}
