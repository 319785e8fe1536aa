import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

@Suite("Accepted manifests")
struct AcceptanceTests {
  /// The one target of a faultless text.
  private func target(
    _ text: String, rules: KindRules = .azureML,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> ComputeTarget {
    let binding = Binding(text, rules: rules)
    #expect(
      binding.errors.isEmpty, "\(binding.errors.map(\.detail))", sourceLocation: sourceLocation)
    return try #require(binding.targets.first, sourceLocation: sourceLocation)
  }

  @Test func `a document of az ml works as it is`() throws {
    let target = try target(
      """
      $schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json
      name: low-pri-example
      type: amlcompute
      size: STANDARD_DS3_v2
      min_instances: 0
      max_instances: 2
      idle_time_before_scale_down: 120
      tier: low_priority
      """)
    #expect(target.address.description == "amlcompute.low-pri-example")
    #expect(target["size"] == "STANDARD_DS3_v2")
    #expect(target["max_instances"] == 2)
    #expect(target["tier"] == "low_priority")
    #expect(target["ssh_public_access_enabled"] == nil)
    #expect(target.location.start.line == 2)
    #expect(target.location(of: "tier").start.line == 8)
  }

  @Test func `a schedule of az ml works as it is`() throws {
    let target = try target(
      """
      $schema: https://azuremlschemas.azureedge.net/latest/computeInstance.schema.json
      name: schedule-example-i
      type: computeinstance
      size: STANDARD_DS3_v2
      schedules:
         compute_start_stop:
            - action: stop
              trigger:
               type: cron
               start_time: "2021-03-10T21:21:07"
               time_zone: Pacific Standard Time
               expression: 0 18 * * *

      """)
    let schedule = target["schedules.compute_start_stop"]?.list?.first
    #expect(schedule?["action"] == "stop")
    #expect(schedule?[AttributePath("trigger.expression")] == "0 18 * * *")
  }

  @Test func `a password in the manifest works as in az ml`() {
    let binding = Binding(
      "name: ssh-example\ntype: amlcompute\nssh_settings:\n  admin_username: example-user\n"
        + "  admin_password: example-password\n")
    #expect(binding.errors.isEmpty)
    #expect(binding.findings.contains { $0.rule.id == "literal-secret" })
  }

  @Test func `every kind's sample is faultless or lacks only its secrets`() {
    for kind in KindRules.azureML.catalog.kinds {
      let binding = Binding(kind.sample, secrets: UnresolvedSecrets())
      #expect(binding.errors.isEmpty, "\(kind.name.text): \(binding.errors.map(\.detail))")
      #expect(binding.targets.count == (kind.isInWorkspace ? 1 : 0))
    }
  }

  @Test(arguments: [
    ("max_instances: \"4\"", "max_instances", AttributeValue.integer(4)),
    ("max_instances: 0x10", "max_instances", 16), ("max_instances: 4.0", "max_instances", 4),
    ("idle_time_before_scale_down: PT2M", "idle_time_before_scale_down", 120),
    ("tier: Dedicated", "tier", "dedicated"), ("description: no", "description", "no"),
    ("description: 1.10", "description", "1.10"), ("description: \"\"", "description", ""),
    ("description: costs ${amount} or $5", "description", "costs ${amount} or $5"),
    ("description:", "description", nil),
    ("location: West Europe", "location", "West Europe"),
    ("tags: {team: on, port: 1:30}", "tags", .map(["team": "on", "port": "1:30"])),
    ("ssh_public_access_enabled: False", "ssh_public_access_enabled", false),
    ("ssh_settings:", "ssh_settings.admin_username", nil),
  ])
  func `values are read as the field wants them`(
    line: String, path: String, value: AttributeValue?
  ) throws {
    let target = try target("name: gpu\ntype: amlcompute\n\(line)\n")
    #expect(target[AttributePath(path)] == value)
  }

  @Test(arguments: ["system_assigned", "SystemAssigned", "systemassigned"])
  func `the service's words for an identity are taken, as az ml takes them`(word: String) throws {
    let target = try target("name: gpu\ntype: amlcompute\nidentity: {type: \(word)}\n")
    #expect(target["identity.type"] == "system_assigned")
  }

  @Test func `names of the older SDK are understood with a warning that shows the current ones`() {
    let manifest = MarkedText(
      """
      name: gpu
      type: amlcompute
      1️⃣vm_size: STANDARD_NC6
      2️⃣vm_priority: lowpriority
      3️⃣max_nodes: 8
      4️⃣remote_login_port_public_access: Enabled
      5️⃣identity_type: SystemAssigned

      """)
    let binding = Binding(manifest.text)
    #expect(binding.errors.isEmpty, "\(binding.errors.map(\.detail))")
    let warnings = binding.findings.filter { $0.rule.id == "older-name" }
    #expect(warnings.map { manifest.mark(at: $0.location) } == manifest.marks)
    #expect(warnings.first?.detail.contains("'size'") == true)
    let target = binding.targets.first
    #expect(target?["size"] == "STANDARD_NC6")
    #expect(target?["tier"] == "low_priority")
    #expect(target?["max_instances"] == 8)
    #expect(target?["ssh_public_access_enabled"] == true)
    #expect(target?["identity.type"] == "system_assigned")
  }

  @Test func `anchors and merge keys serve to say things once`() throws {
    let binding = Binding(
      """
      name: one
      type: amlcompute
      tags: &shared {team: ml}
      ---
      name: two
      type: amlcompute
      tags:
        <<: {team: ml}
        cost: low

      """)
    #expect(binding.errors.isEmpty)
    #expect(binding.targets.last?["tags"] == ["team": "ml", "cost": "low"])
  }

  @Test func `a subnet's two names become its id in the workspace's group`() throws {
    let target = try target(
      "name: gpu\ntype: amlcompute\nnetwork_settings: {vnet_name: net, subnet: ml}\n")
    let subnet = target["network_settings.subnet"]?.text
    #expect(
      subnet?.hasSuffix("ml-prod-rg/providers/Microsoft.Network/virtualNetworks/net/subnets/ml")
        == true)
  }

  @Test func `everything under berth is read`() throws {
    let target = try target(
      """
      name: base
      type: computeinstance
      berth:
        protect: true
        on_remove: retain
        allow_replace: true
        adopt: true
        power_state: stopped
        ignore_changes: [idle_time_before_shutdown_minutes, tags, ssh_settings]
        depends_on: [AmlCompute.gpu, kubernetes.k8s]
      """)
    var expected = TargetSettings()
    expected.protect = true
    expected.onRemove = .retain
    expected.allowReplace = true
    expected.adopt = true
    expected.power = .stopped
    expected.ignoreChanges = ["idle_time_before_shutdown_minutes", "tags", "ssh_settings"]
    expected.dependsOn = [
      TargetAddress(kind: "amlcompute", name: "gpu"),
      TargetAddress(kind: "kubernetes", name: "k8s"),
    ]
    var settings = target.settings
    #expect(settings.ignoredChanges.allSatisfy { $0.location != nil })
    settings.ignoreChanges = settings.ignoreChanges
    #expect(settings == expected)
  }

  @Test func `targets come sorted by address whatever the order of documents`() {
    let texts = ["name: zeta\ntype: amlcompute\n", "name: alpha\ntype: computeinstance\n"]
    let names = Binding(texts).targets.map(\.address.description)
    #expect(names == ["amlcompute.zeta", "computeinstance.alpha"])
    #expect(Binding(texts.reversed()).targets.map(\.address.description) == names)
  }

  @Test func `checks of several fields run only when each is well formed`() {
    let both = "name: gpu\ntype: amlcompute\nmin_instances: 5\nmax_instances: "
    #expect(Binding(both + "2\n").errors.map(\.rule.id) == ["scale-bounds"])
    #expect(Binding(both + "two\n").errors.map(\.rule.id) == ["wrong-type"])
  }

  @Test func `a file of comments earns a warning and a blank document nothing`() {
    #expect(Binding("# nothing\n").findings.map(\.rule.id) == ["empty-manifest"])
    #expect(Binding("name: gpu\ntype: amlcompute\n---\n# nothing\n").findings.isEmpty)
  }
}
