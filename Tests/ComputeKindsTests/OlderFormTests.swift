import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import Testing

/// What the Python SDK (v1) called things where only its form differs, and where there is no field.
@Suite("Older forms")
struct OlderFormTests {
  private static let inference = """
    name: box
    type: aks
    ssl_cname: www.example.com
    ssl_cert_pem_file: certs/www.pem
    ssl_key_pem_file: certs/www.key

    """

  private static let training = """
    name: box
    type: amlcompute
    identity_type: UserAssigned
    identity_id:
      - \(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one

    """

  @Test func `a file's name means what is in the file`() throws {
    let older = bound(Self.inference)
    let today = bound(
      """
      name: box
      type: aks
      tls:
        cname: www.example.com
        certificate: ${file:certs/www.pem}
        key: ${file:certs/www.key}

      """)
    #expect(
      older.findings.filter { !notices.contains($0.rule) }.map(\.rule.id) == [
        "older-name", "older-name", "older-name",
      ])
    #expect(older.targets.map(\.attributes) == today.targets.map(\.attributes))
    #expect(older.targets.count == 1)
  }

  @Test func `a list of ids means a list of identities`() throws {
    let target = try #require(bound(Self.training).targets.first)
    #expect(
      target["identity.user_assigned_identities"]?.list?.first?["resource_id"]?.text?
        .hasSuffix("/userAssignedIdentities/one") == true)
    #expect(target["identity.type"] == "user_assigned")
  }

  @Test(arguments: [
    ("amlcompute", "vnet_resourcegroup_name: rg", "full resource id"),
    ("databricks", "workspace_name: w", "'resource_id'"),
    ("batch", "account_name: a", "'resource_id'"),
    ("aks", "renew: true", "renewed by the service"),
  ])
  func `a key without a field is told what to write`(
    kind: String, key: String, advice: String
  ) throws {
    let findings = bound("name: box\ntype: \(kind)\n\(key)\n").findings
    let finding = try #require(findings.first { $0.rule.id == "unknown-key" })
    #expect(finding.detail.contains(advice), "\(finding.detail)")
  }

  @Test func `upgrading writes files' names as references, and lists of ids as lists of objects`() {
    var findings = DiagnosticList()
    let upgraded = upgradeManifest(
      Array(Self.inference.utf8), file: "a.yml", rules: kindRules, reporting: &findings)
    #expect(
      String(decoding: upgraded, as: UTF8.self) == """
        name: box
        type: aks
        tls:
          cname: www.example.com
          certificate: ${file:certs/www.pem}
          key: ${file:certs/www.key}

        """)
    #expect(findings.isEmpty)
    let training = upgradeManifest(
      Array(Self.training.utf8), file: "a.yml", rules: kindRules, reporting: &findings)
    #expect(findings.isEmpty)
    #expect(String(decoding: training, as: UTF8.self).contains("- resource_id: /"))
  }
}
