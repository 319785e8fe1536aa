import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

@Suite("Manifests of live targets")
struct ManifestWriterTests {
  private func observed(
    _ name: String, _ kind: KindDescriptor, _ values: [AttributePath: AttributeValue],
    marks: OwnershipMarks = OwnershipMarks()
  ) -> ObservedTarget {
    var attributes = Attributes(for: kind)
    for (path, value) in values {
      if let slot = kind.slot(path) { attributes[slot] = value }
    }
    return ObservedTarget(
      name: name, kind: kind.name, attributes: attributes, isAttached: kind.origin == .attached,
      marks: marks)
  }

  @Test func `fields stand in the order of the table without defaults and secrets`() throws {
    let kind = try #require(KindRules.azureML.catalog["amlcompute"])
    let target = observed(
      "gpu-1a", kind,
      [
        "size": "STANDARD_NC6", "tier": "dedicated", "max_instances": 8,
        "ssh_settings.admin_username": "me", "identity.type": "system_assigned",
        "current_node_count": 3, "tags": ["b": "no", "a": "x: y", "berth-stack": "other"],
      ],
      marks: OwnershipMarks(isProtected: true))
    #expect(
      manifest(of: target, kind: kind, in: StackConfiguration.sample.workspace, adopting: true)
        == """
        name: gpu-1a
        type: amlcompute
        tags:
          a: "x: y"
          b: no
        size: STANDARD_NC6
        max_instances: 8
        ssh_settings:
          admin_username: me
        identity:
          type: system_assigned
        berth:
          protect: true
          adopt: true
        # ssh_settings.admin_password: not shown by the service; set ${env:GPU_1A_ADMIN_PASSWORD}
        # ssh_settings.ssh_key_value: not shown by the service

        """)
  }

  /// The values in which a target and its document compare.
  private func normalised(_ attributes: Attributes, _ kind: KindDescriptor) -> [AttributeValue] {
    kind.fields.enumerated().map { slot, field in
      (attributes[slot] ?? field.defaultValue).map(field.normalised) ?? .null
    }
  }

  @Test func `bound again a written manifest wants what the target has`() throws {
    let texts: [AttributeValue] = [
      "plain", "no", "12", "a: b", "# x", "", " lead", "tail ", "two\nlines\n", "ünï", "'q\"",
      "${x}", "${env:A}", "$${file:b} $${", "x${var:size}", "$$${", "~", "- a", "true", "\u{202E}x",
      "\t", "*a", "&a", "!t", "%d", "@", "`",
    ]
    for seed in UInt64(0)..<300 {
      var random = SeededRandom(seed: seed)
      func text() -> AttributeValue { texts.randomElement(using: &random) ?? "" }
      let pool = observed(
        "a-pool", .inventedPool,
        [
          "size": text(), "count": .integer(.random(in: 0...100, using: &random)),
          "tags": .map(["team": text(), "a b": text()]),
        ])
      let link = observed(
        "a-link", .inventedLink,
        ["resource_id": .text(vmID.uppercased().replacing("/SUBS", with: "/subs")), "tls": text()])
      for (target, kind) in [(pool, KindDescriptor.inventedPool), (link, .inventedLink)] {
        let written = manifest(of: target, kind: kind, in: StackConfiguration.sample.workspace)
        let binding = Binding(written, rules: .invented)
        #expect(
          binding.findings.isEmpty, "seed \(seed): \(binding.findings.map(\.detail))\n\(written)")
        let bound = try #require(binding.targets.first, "seed \(seed)")
        #expect(
          normalised(bound.attributes, kind) == normalised(target.attributes, kind),
          "seed \(seed):\n\(written)")
      }
    }
  }

  @Test func `a kind's sample comes back from the service's own form`() throws {
    let mapping = WireMapping(catalog: KindRules.azureML.catalog)
    let workspace = StackConfiguration.sample.workspace
    // What the service never shows may be required, alone or beside other fields.
    let expected: Set = ["missing-field", "ssh-credentials", "tls-form"]
    for kind in KindRules.azureML.catalog.kinds where kind.isInWorkspace {
      let desired = try #require(
        Binding(kind.sample, secrets: UnresolvedSecrets()).targets.first, "\(kind.name.text)")
      var body = mapping.body(for: desired, marks: OwnershipMarks(), in: workspace)
      body["name"] = .text(desired.name)
      let observed = try #require(mapping.target(in: body))
      let written = manifest(of: observed, kind: kind, in: workspace)
      let binding = Binding(written, secrets: UnresolvedSecrets())
      let others = binding.errors.filter { !expected.contains($0.rule.id) }
      #expect(others.isEmpty, "\(others.map(\.detail))\n\(written)")
      guard let bound = binding.targets.first else { continue }
      for (slot, field) in kind.fields.enumerated()
      where !field.isWriteOnly && field.setBy == .user && field.path != "location" {
        let one = (bound.attributes[slot] ?? field.defaultValue).map(field.normalised)
        let other = (observed.attributes[slot] ?? field.defaultValue).map(field.normalised)
        #expect(one == other, "\(kind.name.text) \(field.path.description)\n\(written)")
      }
    }
  }
}
