import ComputeKinds
import Diagnostics
import Digests
import Manifests
import TargetModel
import TestSupport
import Testing

private let cluster = "name: gpu\ntype: amlcompute\nssh_settings:\n  admin_username: me\n"

/// A text that occurs nowhere else.
private let canary = "C4nary-7f3a9e-hunter2"

private let secrets = FixedSecrets(
  variables: ["GPU_PASSWORD": canary, "BLANK": "", "AZURE_CLIENT_SECRET": canary],
  files: [
    "pw.txt": .success(SecretFile(contents: canary + "\n", isReadableByOthers: false)),
    "key.pem": .success(SecretFile(contents: "-----\nabc\n", isReadableByOthers: true)),
    "blank.txt": .success(SecretFile(contents: "\n", isReadableByOthers: false)),
    "folder": .failure(SecretFileFailure("is a folder")),
  ])

@Suite("Secrets in manifests")
struct SecretTests {
  private func password(_ value: String) -> Binding {
    Binding(cluster + "  ssh_key_value: ssh-rsa A\n  admin_password: \(value)\n", secrets: secrets)
  }

  private func secret(_ binding: Binding) -> SecretText? {
    if case .secret(let secret) = binding.targets.first?["ssh_settings.admin_password"] {
      secret
    } else {
      nil
    }
  }

  @Test func `a variable and a file give the secret and say where it came from`() {
    let variable = secret(password("${env:GPU_PASSWORD}"))
    #expect(variable?.reveal() == canary)
    #expect(variable?.origin == .environment("GPU_PASSWORD"))
    let file = secret(password("\"${file:pw.txt}\""))
    #expect(file?.reveal() == canary, "the end of the only line is no part of it")
    #expect(file?.origin == .file("pw.txt"))
    #expect(password("${env:GPU_PASSWORD}").findings.isEmpty)
  }

  @Test(arguments: [
    ("${env:NOT_SET}", "secret-unset", "export NOT_SET="),
    ("${env:BLANK}", "secret-unset", "not set or empty"),
    ("${env:AZURE_CLIENT_SECRET}", "secret-reference", "credential of the machine"),
    ("${env:arm_access}", "secret-reference", "credential of the machine"),
    ("${env:GITHUB_TOKEN}", "secret-reference", "credential of the machine"),
    ("${env:1X}", "secret-reference", "no name of a variable"),
    ("${env:}", "secret-reference", "no name of a variable"),
    ("${env:\u{FF21}ZURE_X}", "secret-reference", "no name of a variable"),
    ("${vault:x}", "secret-reference", "'${env:NAME}' or '${file:path}'"),
    ("${file:}", "secret-reference", "no path"),
    ("pre-${env:GPU_PASSWORD}", "secret-reference", "stands alone"),
    ("'${env:A}${env:B}'", "secret-reference", "stands alone"),
    ("''", "secret-reference", "empty"), ("[a]", "secret-reference", "a text or a reference"),
    ("${file:missing.txt}", "secret-file", "does not exist"),
    ("${file:folder}", "secret-file", "is a folder"),
    ("${file:blank.txt}", "secret-file", "is empty"),
  ])
  func `T13 a reference that can't be followed is an error with the reason`(
    value: String, rule: String, phrase: String
  ) throws {
    let binding = password(value)
    let error = try #require(binding.errors.first)
    #expect(binding.errors.count == 1, "\(binding.errors.map(\.detail))")
    #expect(error.rule.id == rule)
    #expect(error.detail.contains(phrase), "\(error.detail)")
    #expect(error.location?.start.line == 6)
    #expect(error.hidesSource)
    #expect(binding.targets.isEmpty)
  }

  @Test func `T14 a literal secret works, earns a warning, and is not shown`() throws {
    let binding = password(canary)
    let warning = try #require(binding.findings.first { $0.rule.id == "literal-secret" })
    #expect(warning.severity == .warning && warning.hidesSource)
    #expect(secret(binding)?.reveal() == canary)
    #expect(secret(binding)?.origin == .literal)
    #expect(!binding.everythingSaid.contains(canary))
  }

  @Test(arguments: [
    ("secrets/key", true), ("../key", true), ("../../key", false), ("a/../../../key", false),
    ("/etc/key", false),
  ])
  func `T12 a path that leads out of the stack is told before anything is read`(
    path: String, isInside: Bool
  ) {
    let result = UnresolvedSecrets().file(path, namedIn: "compute/vm.yml")
    #expect(((try? result.get()) != nil) == isInside)
  }

  @Test(arguments: [("", 0), ("-----BEGIN PRIVATE KEY-----\nb\n-----END PRIVATE KEY-----\n", 1)])
  func `others may read a certificate, and no key beside it`(key: String, warnings: Int) {
    let certificate = "-----BEGIN CERTIFICATE-----\na\n-----END CERTIFICATE-----\n"
    let files = FixedSecrets(files: [
      "www.pem": .success(SecretFile(contents: certificate + key, isReadableByOthers: true))
    ])
    let binding = Binding(
      "name: serving\ntype: aks\ntls:\n  certificate: ${file:www.pem}\n", secrets: files)
    #expect(binding.findings.count { $0.rule.id == "secret-file-exposed" } == warnings)
  }

  @Test func `T14 a secret file that others can read earns a warning`() throws {
    let binding = Binding(
      "name: vm-a\ntype: virtualmachine\nresource_id: \(vmID)\nssh_settings:\n  admin_username: a\n"
        + "  ssh_private_key_file: key.pem\n", secrets: secrets)
    #expect(binding.errors.isEmpty, "\(binding.errors.map(\.detail))")
    let warning = try #require(binding.findings.first { $0.rule.id == "secret-file-exposed" })
    #expect(warning.detail.contains("chmod 600 key.pem"))
    guard case .secret(let key) = binding.targets.first?["ssh_settings.ssh_private_key_file"] else {
      Issue.record("the key is no secret")
      return
    }
    #expect(key.reveal() == "-----\nabc\n", "a key of many lines is whole")
  }

  @Test(arguments: [
    "description: 1️⃣${env:HOME}", "description: 1️⃣'at ${file:/etc/passwd}'",
    "tags: {a: 1️⃣'${env:GPU_PASSWORD}'}", "size: 1️⃣'${env:SIZE}'", "tier: 1️⃣'${env:TIER}'",
    "location: 1️⃣'${env:PLACE}'", "max_instances: 1️⃣'${env:MOST}'",
  ])
  func `T13 references stand in secret fields only`(line: String) throws {
    let manifest = MarkedText("name: gpu\ntype: amlcompute\n\(line)\n")
    let binding = Binding(manifest.text, secrets: secrets)
    let error = try #require(binding.errors.first)
    #expect(manifest.mark(at: error.location) == "1️⃣")
    #expect(["reference-not-allowed", "wrong-type"].contains(error.rule.id))
    #expect(binding.targets.isEmpty)
    #expect(!binding.everythingSaid.contains(canary))
  }

  /// Whatever is wrong around a secret, no finding tells it or shows its line.
  @Test(arguments: [
    "  admin_password: CANARY", "  admin_pasword: CANARY", "  Password: CANARY",
    "  acces_token: CANARY", "  admin_password: [CANARY]", "  admin_password: {a: CANARY}",
    "  admin_password: ${CANARY:x}", "  admin_password: ${env:CANARY}x",
    "  admin_password: ${env:CANARY!}", "  admin_password: CANARY\n  admin_password: CANARY",
    "  admin_password: \"CANARY", "  admin_password: CANARY: CANARY", "admin_user_password: CANARY",
    "  admin_password: CANARY\nadmin_user_password: CANARY",
    "ssh_setings: {admin_password: CANARY}",
    "  admin_password: |\n    CANARY\n  \tCANARY", "ssh_private_key: CANARY",
    "berth: {protct: 1, password: CANARY}", "  admin_password: !CANARY",
    "  admin_password: !!CANARY",
    "  admin_password: *CANARY", "  admin_password:CANARY: x", "  admin_password=CANARY:",
    "tls: {key:CANARY}",
  ])
  func `T14 a canary in any mistake is never told and its line never shown`(line: String) {
    let text = cluster + line.replacing("CANARY", with: canary) + "\n"
    let binding = Binding(text, secrets: secrets)
    #expect(!binding.findings.isEmpty)
    #expect(!binding.everythingSaid.contains(canary))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for finding in binding.findings where !finding.hidesSource {
      guard let place = finding.location else { continue }
      let shown = lines[(place.start.line - 1)...max(place.start.line, place.end.line) - 1]
      #expect(!shown.joined().contains(canary), "\(finding.rule): \(finding.detail)")
    }
  }

  @Test func `T14 the lines of every secret field are known by their words`() {
    for kind in KindCatalog.azureML.kinds {
      for field in kind.fields where field.isSecret {
        for name in [field.path] + field.everyOlderName {
          let key = name.segments.last ?? ""
          let lines = linesThatMayHoldSecrets(in: Array("a: 1\n\(key): x\n".utf8))
          #expect(lines.contains(2), "\(kind.name) \(name)")
        }
      }
    }
  }

  @Test(arguments: [
    "  ? admin_password\n  :   CANARY\n", "{a: {admin_password:\nCANARY, b: c}}\n",
    "{a: {admin_password:\n\nCANARY, b: c}}\n",
    // A mark above the last letter.
    "admin_pass\u{301}word: CANARY\n",
  ])
  func `T14 a value below its key is hidden however it stands`(text: String) {
    let canaryLine = text.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.contains("CANARY") }
    let lines = linesThatMayHoldSecrets(in: Array(text.utf8))
    #expect(canaryLine.map { lines.contains($0 + 1) } == true)
  }

  @Test func `T14 a document on one line hides it for every finding`() {
    let binding = Binding(
      "{name: gpu, type: amlcompute, sise: x, ssh_settings: {admin_username: a, admin_password: p}}"
    )
    #expect(binding.errors.count == 1)
    #expect(binding.findings.filter { !$0.hidesSource }.isEmpty)
  }

  @Test func `findings about other lines show them`() throws {
    let binding = Binding(cluster + "  admin_password: x\nsise: small\n", secrets: secrets)
    let error = try #require(binding.errors.first)
    #expect(!error.hidesSource)
  }

  @Test func `without secrets only the form of references is checked`() {
    let text = cluster + "  admin_password: ${env:NOT_SET}\n"
    #expect(Binding(text, secrets: UnresolvedSecrets()).errors.isEmpty)
    let malformed = Binding(text.replacing("env:", with: "env"), secrets: UnresolvedSecrets())
    #expect(malformed.errors.map(\.rule.id) == ["secret-reference"])
  }

  @Test func `one secret in two places has two fingerprints, and so has a public value`() {
    let fingerprinter = SecretFingerprinter(key: Array(repeating: 7, count: 16), rounds: 16)
    let secret = fingerprinter.stretched("one")
    let fingerprints = [
      fingerprinter.fingerprint(of: secret, at: "a"),
      fingerprinter.fingerprint(of: secret, at: "b"),
      fingerprinter.fingerprint(ofPublic: "one", at: "a"),
      fingerprinter.fingerprint(ofPublic: "one", at: "b"),
    ]
    #expect(Set(fingerprints).count == 4)
    #expect(Set(fingerprints.map { $0.prefix(4) }) == [fingerprinter.keyID.prefix(4)])
    #expect(fingerprints.allSatisfy { $0.count == 20 })
    let other = SecretFingerprinter(key: Array(repeating: 8, count: 16), rounds: 16)
    #expect(
      other.fingerprint(of: other.stretched("one"), at: "a").suffix(16)
        != fingerprints[0].suffix(16))
  }

  @Test func `a fingerprint tells a rotation and depends on the place`() {
    func fingerprint(_ name: String, _ value: String, workspace: String = "ml-prod") -> String? {
      var identity = StackConfiguration.sample.workspace
      identity = WorkspaceIdentity(
        subscriptionID: identity.subscriptionID, resourceGroup: identity.resourceGroup,
        name: workspace, location: identity.location)
      let text = cluster.replacing("gpu", with: name) + "  admin_password: ${env:P}\n"
      let targets = Binding(text, secrets: FixedSecrets(variables: ["P": value])).targets
      let fingerprinter = SecretFingerprinter(key: Array(repeating: 7, count: 16), rounds: 16)
      return withFingerprints(targets, by: fingerprinter, in: identity).first?
        .secretFingerprints["ssh_settings.admin_password"]
    }
    let first = fingerprint("gpu", "one")
    #expect(first != nil)
    #expect(fingerprint("gpu", "one") == first)
    #expect(fingerprint("GPU", "one") == first, "names compare without case")
    #expect(fingerprint("gpu", "two") != first)
    #expect(fingerprint("cpu", "one") != first)
    #expect(fingerprint("gpu", "one", workspace: "ml-test") != first)
  }
}
