import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

/// A manifest with one mistake, at the mark, and what must be said about it.
struct Refusal: CustomTestStringConvertible, Sendable {
  let rule: String
  let manifest: String
  let phrase: String

  init(_ rule: String, _ manifest: String, says phrase: String) {
    self.rule = rule
    self.manifest = manifest
    self.phrase = phrase
  }

  var testDescription: String { "\(rule): \(manifest.split(separator: "\n").last ?? "")" }
}

private let cluster = "name: gpu\ntype: amlcompute\n"
private let instance = "name: box\ntype: computeinstance\n"
private let machine = "name: vm-a\ntype: virtualmachine\n"

private let refusals: [Refusal] = [
  // Documents
  Refusal("not-a-target", "1️⃣- a\n- b\n", says: "a list"),
  Refusal("not-a-target", "1️⃣hello\n", says: "the text 'hello'"),
  Refusal("missing-field", "1️⃣type: amlcompute\n", says: "'name'"),
  Refusal("missing-field", "1️⃣name: gpu\n", says: "'type'"),
  Refusal("wrong-type", "name: 1️⃣[gpu]\ntype: amlcompute\n", says: "a list"),
  Refusal("wrong-type", "name:1️⃣\ntype: amlcompute\n", says: "nothing"),
  Refusal("wrong-type", "name: gpu\ntype: 1️⃣{a: b}\n", says: "a mapping"),
  Refusal("unknown-type", "name: gpu\ntype: 1️⃣amlcompte\n", says: "Did you mean \"amlcompute\"?"),
  Refusal("unknown-type", "name: gpu\ntype: 1️⃣kusto\n", says: "never touched"),
  Refusal("made-by-deployment", "name: gpu\ntype: 1️⃣iotedge\n", says: "IoT Hub"),
  Refusal("retired-type", "name: gpu\ntype: 1️⃣dsvm\n", says: "type: virtualmachine"),
  Refusal(
    "duplicate-name", cluster + "---\nname: 1️⃣GPU\ntype: computeinstance\n",
    says: "amlcompute.gpu has this name already (1.yml:1:7)"),
  // Keys
  Refusal("unknown-key", cluster + "1️⃣vmSize: x\n", says: "Did you mean \"size\"?"),
  Refusal("unknown-key", cluster + "1️⃣max_nods: 4\n", says: "Did you mean \"max_instances\"?"),
  Refusal(
    "unknown-key", cluster + "1️⃣ssh_key_value: x\n",
    says: "Did you mean \"ssh_settings.ssh_key_value\"?"),
  Refusal(
    "unknown-key", cluster + "ssh_settings:\n  1️⃣admin_usernam: x\n",
    says: "no 'admin_usernam' in ssh_settings. Did you mean \"admin_username\"?"),
  Refusal(
    "unknown-key",
    cluster + "identity:\n  type: user_assigned\n  user_assigned_identities:\n    - 1️⃣id: x\n      "
      + "resource_id: \(vmID)\n",
    says: "in identity.user_assigned_identities.0"),
  Refusal("set-by-service", cluster + "1️⃣current_node_count: 3\n", says: "can't set it"),
  Refusal(
    "given-twice", cluster + "size: a1\n1️⃣size: a2\n".replacing("1️⃣size", with: "1️⃣vm_size"),
    says: "both set 'size'"),
  // Scalars
  Refusal("wrong-type", cluster + "max_instances: 1️⃣four\n", says: "the text 'four'"),
  Refusal("wrong-type", cluster + "max_instances: 1️⃣1_000\n", says: "a whole number"),
  Refusal("wrong-type", cluster + "max_instances: 1️⃣1:30\n", says: "a whole number"),
  Refusal("wrong-type", cluster + "max_instances: 1️⃣4.5\n", says: "the number 4.5"),
  Refusal("wrong-type", cluster + "max_instances: 1️⃣.inf\n", says: "a whole number"),
  Refusal("wrong-type", cluster + "max_instances: 1️⃣no\n", says: "the text 'no'"),
  Refusal("wrong-type", cluster + "max_instances: 1️⃣[4]\n", says: "a list"),
  Refusal("out-of-range", cluster + "max_instances: 1️⃣-1\n", says: "from 0 to 100000"),
  Refusal(
    "out-of-range", cluster + "max_instances: 1️⃣12345678901234567890\n",
    says: "12345678901234567890"),
  Refusal(
    "wrong-type", cluster + "idle_time_before_scale_down: 1️⃣2 minutes\n",
    says: "a whole number of seconds"),
  Refusal("wrong-type", instance + "enable_sso: 1️⃣no\n", says: "true or false"),
  Refusal("wrong-type", instance + "enable_sso: 1️⃣1\n", says: "the number 1"),
  Refusal("invalid-value", cluster + "tier: 1️⃣LowPriority\n", says: "\"low_priority\""),
  Refusal("invalid-value", cluster + "tier: 1️⃣cheap\n", says: "'dedicated', 'low_priority'"),
  Refusal("wrong-type", cluster + "tier: 1️⃣[dedicated]\n", says: "a list"),
  Refusal("invalid-value", cluster + "size: 1️⃣'Standard DS3'\n", says: "pattern"),
  Refusal("invalid-value", cluster + "location: 1️⃣west/europe\n", says: "West Europe"),
  Refusal("wrong-type", cluster + "description: 1️⃣{a: b}\n", says: "must be a text"),
  // Collections
  Refusal("wrong-type", cluster + "tags: 1️⃣[a]\n", says: "must be a mapping"),
  Refusal("wrong-type", cluster + "tags:\n  a: 1️⃣[b]\n", says: "'tags.a' must be a text"),
  Refusal("wrong-type", cluster + "tags:\n  a: 1️⃣~\n", says: "here is nothing"),
  Refusal("reserved-tag", cluster + "tags:\n  1️⃣Berth-Stack: mine\n", says: "Remove it"),
  Refusal(
    "wrong-type", cluster + "identity:\n  user_assigned_identities: 1️⃣x\n", says: "must be a list"),
  Refusal(
    "wrong-type", cluster + "identity:\n  user_assigned_identities: [1️⃣x]\n",
    says: "must be a mapping"),
  Refusal(
    "missing-field", cluster + "identity:\n  user_assigned_identities: [1️⃣{}]\n",
    says: "'identity.user_assigned_identities.0.resource_id'"),
  Refusal(
    "wrong-type", cluster + "network_settings: 1️⃣yes\n", says: "'network_settings' must be a mapping"
  ),
  Refusal(
    "out-of-range",
    instance + "schedules:\n  compute_start_stop: 1️⃣[{}, {}, {}, {}, {}]\n",
    says: "at most 4"),
  // Resource ids
  Refusal(
    "malformed-resource-id",
    machine + "resource_id: 1️⃣https://example.com/vm\nssh_settings: {admin_username: a}\n",
    says: "must begin with '/subscriptions/'"),
  Refusal(
    "malformed-resource-id",
    machine + "resource_id: 1️⃣\(vmID)%2F\nssh_settings: {admin_username: a}\n",
    says: "the character '%'"),
  Refusal(
    "malformed-resource-id",
    machine + "resource_id: 1️⃣\(vmID.replacing("/rg/", with: "/../"))\n"
      + "ssh_settings: {admin_username: a}\n",
    says: "'..'"),
  Refusal(
    "malformed-resource-id",
    machine + "resource_id: 1️⃣\(vmID.replacing("virtualMachines", with: "disks"))\n"
      + "ssh_settings: {admin_username: a}\n",
    says: "Microsoft.Compute/virtualMachines, and this is a microsoft.compute/disks"),
  Refusal(
    "missing-field", machine + "resource_id: \(vmID)\n1️⃣ssh_settings:\n  ssh_port: 22\n",
    says: "'ssh_settings.admin_username'"),
  Refusal(
    "missing-field", "name: 1️⃣vm-a\ntype: virtualmachine\nresource_id: \(vmID)\n",
    says: "'ssh_settings.admin_username'"),
  // Settings
  Refusal("wrong-type", cluster + "berth: 1️⃣protect\n", says: "must be a mapping"),
  Refusal("unknown-key", cluster + "berth:\n  1️⃣protct: true\n", says: "\"protect\""),
  Refusal("wrong-type", cluster + "berth:\n  protect: 1️⃣yes\n", says: "true or false"),
  Refusal("wrong-type", cluster + "berth:\n  adopt:1️⃣\n", says: "nothing"),
  Refusal("invalid-value", cluster + "berth:\n  on_remove: 1️⃣delet\n", says: "\"delete\""),
  Refusal("wrong-type", cluster + "berth:\n  on_remove: 1️⃣[delete]\n", says: "a list"),
  Refusal("wrong-removal", cluster + "berth:\n  on_remove: 1️⃣detach\n", says: "made by the service"),
  Refusal(
    "wrong-removal",
    "name: k8s\ntype: kubernetes\nresource_id: "
      + vmID.replacing("Compute/virtualMachines", with: "ContainerService/managedClusters")
      + "\nberth:\n  on_remove: 1️⃣delete\n",
    says: "is attached"),
  Refusal(
    "invalid-value", cluster + "berth:\n  ignore_changes: [1️⃣max_instance]\n",
    says: "\"max_instances\""),
  Refusal(
    "invalid-value", cluster + "berth:\n  ignore_changes: [1️⃣max_nodes]\n",
    says: "\"max_instances\""),
  Refusal("wrong-type", cluster + "berth:\n  depends_on: 1️⃣{a: b}\n", says: "a list of texts"),
  Refusal("invalid-value", cluster + "berth:\n  depends_on: [1️⃣base]\n", says: "amlcompute.base"),
  Refusal(
    "invalid-value", cluster + "berth:\n  depends_on: [1️⃣amlcomputer.base]\n",
    says: "\"amlcompute.base\""),
  Refusal("wrong-setting", cluster + "berth:\n  1️⃣power_state: running\n", says: "switched off"),
  Refusal("wrong-setting", cluster + "berth:\n  1️⃣tls_update: in_place\n", says: "no TLS"),
  Refusal(
    "unsupported-workload", cluster + "berth:\n  workloads: [training, 1️⃣realtime-inference]\n",
    says: "'aks'"),
  Refusal("invalid-value", cluster + "berth:\n  workloads: 1️⃣trainin\n", says: "\"training\""),
  Refusal(
    "invalid-value", instance + "berth:\n  power_state: 1️⃣off\n", says: "'running', 'stopped'"),
]

@Suite("Refused manifests")
struct RefusalTests {
  @Test(arguments: refusals)
  func `a mistake is found once, where it is, with a way out`(refusal: Refusal) throws {
    let manifest = MarkedText(refusal.manifest)
    let binding = Binding(manifest.text)
    let error = try #require(binding.errors.first, "nothing was found")
    #expect(binding.errors.count == 1, "\(binding.errors.map(\.detail))")
    #expect(error.rule.id == refusal.rule)
    #expect(manifest.mark(at: error.location) == "1️⃣")
    #expect(error.detail.contains(refusal.phrase), "\(error.detail)")
  }

  @Test func `everything wrong with a stack is found in one pass`() {
    let first = MarkedText(
      """
      name: gpu
      type: amlcompute
      1️⃣sise: small
      max_instances: 2️⃣many
      tier: 3️⃣cheap
      berth:
        on_remove: 4️⃣destroy
      ---
      5️⃣name: nameless-type

      """)
    let second = MarkedText("name: vm-a\ntype: virtualmachine\n1️⃣ssh_settings:\n  2️⃣admin: root\n")
    let binding = Binding([first.text, second.text])
    let inFirst = binding.errors.filter { $0.location?.file == "1.yml" }
    #expect(inFirst.map { first.mark(at: $0.location) } == first.marks)
    let inSecond = binding.errors.filter { $0.location?.file == "2.yml" }
    #expect(inSecond.map { second.mark(at: $0.location) } == second.marks)
    #expect(binding.targets.isEmpty)
  }

  @Test func `a target with an error is left out and the others stay`() {
    let binding = Binding(
      "name: good\ntype: amlcompute\n---\nname: bad\ntype: amlcompute\nmax_instances: x\n")
    #expect(binding.targets.map(\.name) == ["good"])
    #expect(binding.errors.count == 1)
  }

  @Test func `names are compared over files and types`() throws {
    let binding = Binding(["name: gpu\ntype: amlcompute\n", "name: Gpu\ntype: computeinstance\n"])
    let error = try #require(binding.errors.first)
    #expect(error.rule.id == "duplicate-name")
    #expect(error.location?.file == "2.yml")
    #expect(error.related.first?.location.file == "1.yml")
  }
}
