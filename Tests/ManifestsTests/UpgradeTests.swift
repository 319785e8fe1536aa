import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import Testing

@Suite("Names of older clients")
struct UpgradeTests {
  private static func upgraded(_ text: String) -> (text: String, findings: [Diagnostic]) {
    var findings = DiagnosticList()
    let bytes = upgradeManifest(
      Array(text.utf8), file: "t.yml", rules: .azureML, reporting: &findings)
    return (String(decoding: bytes, as: UTF8.self), findings.findings)
  }

  /// A value that a field takes, as older clients wrote it.
  private static func value(of type: FieldType) -> String {
    switch type {
    case .text(let pattern):
      pattern?.contains("a-fA-F") == true ? "00000000-0000-0000-0000-000000000001" : "some-text"
    case .boolean: "true"
    case .toggle(let on, _): on
    case .integer(let range): "\(range.lowerBound)"
    case .duration(let unit, let range): "PT\(range.lowerBound * unit.rawValue)S"
    case .choice(let choices): choices.first.map { $0.olderNames.first ?? $0.wire } ?? ""
    case .resourceID: "/subscriptions/x"
    case .region: "westeurope"
    case .secretFile: "key.pem"
    case .list: "[]"
    case .object, .map, .anything: "{}"
    }
  }

  @Test func `defaults in berth yaml are upgraded too`() {
    let (result, findings) = Self.upgraded(
      """
      stack: s
      defaults:
        amlcompute:
          max_nodes: ${var:largest} # at most
          admin_username: ana
        aks: null

      """)
    #expect(findings.isEmpty)
    #expect(
      result == """
        stack: s
        defaults:
          amlcompute:
            max_instances: ${var:largest} # at most
            ssh_settings:
              admin_username: ana
          aks: null

        """)
  }

  @Test func `every older name of every kind becomes today's and means the same`() throws {
    var count = 0
    for kind in KindCatalog.azureML.kinds {
      for field in kind.fields where field.setBy == .user {
        for older in field.olderNames {
          let lines = older.segments.enumerated().map { depth, key in
            String(repeating: "  ", count: depth) + key + ":"
          }
          let text =
            "name: abc # one\ntype: \(kind.name)\n# two\n" + lines.joined(separator: "\n")
            + " \(Self.value(of: field.type)) # three\n# four\n"
          let (result, findings) = Self.upgraded(text)
          #expect(findings.isEmpty, "\(kind.name) \(older)")
          #expect(result.contains("\(field.path.segments.last ?? ""):"), "\(result)")
          for comment in ["# one", "# two", "# three", "# four"] {
            #expect(result.contains(comment), "\(result)")
          }
          #expect(
            !Binding(result).findings.contains { $0.rule.id == "older-name" }, "\(result)")
          #expect(Self.upgraded(result).text == result)
          count += 1
        }
      }
    }
    #expect(count > 30)
  }

  @Test func `fields move into their group with their comments`() {
    let (text, findings) = Self.upgraded(
      """
      name: abc
      type: amlcompute
      # who
      admin_username: "ana" # her
      vm_priority: LowPriority

      # how
      admin_user_ssh_key: >-
        ssh-rsa
        AAAA
      network_settings:
          # where
          subnet: s

      vnet_name: net # which
      """)
    #expect(findings.isEmpty)
    #expect(
      text == """
        name: abc
        type: amlcompute
        ssh_settings:
          # who
          admin_username: "ana" # her
          # how
          ssh_key_value: >-
            ssh-rsa
            AAAA
        tier: low_priority

        network_settings:
            # where
            subnet: s
            vnet_name: net # which

        """)
  }

  @Test func `ids of identities become a list of objects`() {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
    let (text, findings) = Self.upgraded(
      """
      name: abc
      type: amlcompute
      identity_type: UserAssigned
      # both
      identity_id:
      - \(id)/userAssignedIdentities/a # one
      - "\(id)/userAssignedIdentities/b"
      ---
      name: abd
      type: amlcompute
      identity_ids: ['\(id)/userAssignedIdentities/c']
      identity: { type: user_assigned }

      """)
    #expect(
      text.hasPrefix(
        """
        name: abc
        type: amlcompute
        identity:
          type: user_assigned
          # both
          user_assigned_identities:
          - resource_id: \(id)/userAssignedIdentities/a # one
          - resource_id: "\(id)/userAssignedIdentities/b"
        ---

        """), "\(text)")
    // Into brackets on one line nothing is moved.
    #expect(findings.map(\.rule.id) == ["not-upgraded"])
    #expect(text.contains("identity_ids: ['"))
    let flow = Self.upgraded("name: a\ntype: amlcompute\nidentity_ids: [ '\(id)/x', \(id)/y ]\n")
    #expect(
      flow.text == """
        name: a
        type: amlcompute
        identity:
          user_assigned_identities: [ { resource_id: '\(id)/x' }, { resource_id: \(id)/y } ]

        """)
  }

  @Test func `words of older clients become today's where the key is the same`() throws {
    var count = 0
    for kind in KindCatalog.azureML.kinds {
      for field in kind.fields where field.setBy == .user && field.everyOlderName.isEmpty {
        guard case .choice(let choices) = field.type, let key = field.path.segments.last,
          field.path.segments.count == 1
        else { continue }
        for choice in choices {
          for older in choice.olderNames {
            let text = "name: abc\ntype: \(kind.name)\n\(key): '\(older)' # why\n"
            let binding = Binding(text)
            let warning = try #require(binding.findings.first { $0.rule.id == "older-name" })
            #expect(warning.detail.contains("'\(older)'"))
            #expect(warning.detail.contains("'\(choice.name)'"))
            #expect(!binding.findings.contains { $0.rule.id == "invalid-value" })
            let (result, findings) = Self.upgraded(text)
            #expect(findings.isEmpty)
            #expect(result.contains("\(key): \(choice.name) # why\n"), "\(result)")
            #expect(!Binding(result).findings.contains { $0.rule.id == "older-name" })
            count += 1
          }
        }
      }
    }
    #expect(count >= 5)
  }

  @Test(arguments: [
    "name: abc\ntype: aks\ncluster_purpose: &p DevTest\n",
    "{ name: abc, type: amlcompute, admin_username: ana }\n",
    "name: abc\ntype: amlcompute\nssh_settings: { ssh_key_value: k }\nadmin_username: ana\n",
    "name: abc\ntype: amlcompute\nvm_size: STANDARD_DS3_V2\nsize: STANDARD_DS3_V2\n",
    "name: abc\ntype: amlcompute\ndescription: &p LowPriority\nvm_priority: *p\n",
  ])
  func `what can't be rewritten by rule is kept and told`(text: String) {
    let (result, findings) = Self.upgraded(text)
    #expect(result == text)
    #expect(findings.map(\.rule.id) == ["not-upgraded"])
  }

  @Test(arguments: [
    "a: [", "name: abc\n", "vm_size: x\n", "- vm_size\n", "type: other\nvm_size: x\n",
  ])
  func `what is no target of a known kind is left alone`(text: String) {
    #expect(Self.upgraded(text).text == text)
  }
}
