import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

/// The threats of the reliability document that binding answers, by their numbers.
///
/// T12, T13 and T14 are among the tests of secrets.
@Suite("Threats to binding")
struct ThreatTests {
  @Test(arguments: [
    ("max_instances: no", "wrong-type"), ("max_instances: 1:30", "wrong-type"),
    ("max_instances: 1_000", "wrong-type"), ("max_instances: .inf", "wrong-type"),
    ("max_instances: .nan", "wrong-type"), ("max_instances: 1.5", "wrong-type"),
    ("max_instances: 99999999999999999999", "out-of-range"),
    ("max_instances: 9223372036854775808", "out-of-range"),
    ("max_instances: 9223372036854775807", "out-of-range"),
    ("max_instances: -9223372036854775808", "out-of-range"),
    ("max_instances: 1e400", "wrong-type"), ("idle_time_before_scale_down: 1:30", "wrong-type"),
    ("idle_time_before_scale_down: 9223372036854775807", "out-of-range"),
    ("berth: {protect: no}", "wrong-type"), ("berth: {protect: 1}", "wrong-type"),
    ("ssh_public_access_enabled: yes", "wrong-type"), ("size: .inf", ""),
    ("tags: 12", "wrong-type"),
  ])
  func `T6 a value of another type is told where it stands, and no figure is cut short`(
    line: String, rule: String
  ) {
    let binding = Binding("name: gpu\ntype: amlcompute\n\(line)\n", rules: .azureML)
    guard !rule.isEmpty else { return }
    #expect(binding.errors.map(\.rule.id) == [rule], "\(binding.errors.map(\.detail))")
    #expect(binding.errors.allSatisfy { $0.location?.start.line == 3 })
    #expect(binding.targets.isEmpty)
  }

  @Test(arguments: [
    ("0o17", 15), ("0x1F", 31), ("010", 10), ("+7", 7), ("'7'", 7), ("7.0", 7), ("1e1", 10),
  ])
  func `T6 a figure is what the core schema says`(text: String, count: Int) {
    let binding = Binding("name: gpu\ntype: amlcompute\nmax_instances: \(text)\n")
    if let target = binding.targets.first {
      #expect(target["max_instances"] == .integer(count))
    } else {
      #expect(binding.errors.map(\.rule.id) == ["wrong-type"], "refused rather than read otherwise")
    }
  }

  @Test(arguments: ["no", "on", "12", "1:30", "0o17", ".inf", "2026-01-01", "null_and_void"])
  func `T6 a word is a text where a text is due`(word: String) {
    let binding = Binding("name: gpu\ntype: amlcompute\ntags: {a: \(word)}\n", rules: .azureML)
    #expect(binding.errors.isEmpty, "\(binding.errors.map(\.detail))")
    #expect(binding.targets.first?["tags"] == ["a": .text(word)])
  }

  @Test(arguments: ["delet", "Delete", "destroy", "true", "no", "''", "~", "{}"])
  func `T7 an unknown policy never becomes one that destroys`(word: String) {
    let binding = Binding("name: gpu\ntype: amlcompute\nberth:\n  on_remove: \(word)\n")
    #expect(binding.errors.count == 1)
    #expect(binding.targets.isEmpty)
  }

  @Test(arguments: ["protected", "Protect", "on_removal", "allow-replace", "prevent_destroy"])
  func `T7 an unknown setting is refused`(key: String) {
    let binding = Binding("name: gpu\ntype: amlcompute\nberth:\n  \(key): true\n")
    #expect(binding.errors.map(\.rule.id) == ["unknown-key"])
  }

  @Test(arguments: [
    "a/b", "a?b", "gpu%2fx", "..", "\"gpu\\nx\"", "gpu\u{0455}", "\u{FF47}pu", "gpu.x",
    String(repeating: "a", count: 200), "gpu\u{202E}x",
  ])
  func `T10 a name that could be read otherwise in a URL is refused`(name: String) {
    let binding = Binding("name: \(name)\ntype: amlcompute\n")
    #expect(binding.errors.map(\.rule.id) == ["invalid-name"])
    #expect(binding.targets.isEmpty)
  }

  @Test func `T10 a letter that only looks the same does not match a pattern`() {
    for size in ["STANDARD_D\u{FF33}3", "\u{212A}", "A\u{301}1", "a1\u{200B}"] {
      let binding = Binding("name: gpu\ntype: amlcompute\nsize: \(size)\n")
      #expect(binding.errors.map(\.rule.id) == ["invalid-value"], "\(size)")
    }
  }

  @Test(arguments: [
    "https://management.azure.com/subscriptions/x", "//evil/subscriptions/x",
    "/subscriptions/s//resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v?api-version=1",
    "/subscriptions/s/resourceGroups/\u{FF47}/providers/Microsoft.Compute/virtualMachines/v",
    "vm", "''", "[]", "12",
  ])
  func `T11 a resource id that is none is refused by its shape`(id: String) {
    let binding = Binding(
      "name: vm-a\ntype: virtualmachine\nresource_id: \(id)\nssh_settings: {admin_username: a}\n")
    #expect(binding.errors.count == 1)
    #expect(["malformed-resource-id", "wrong-type"].contains(binding.errors.first?.rule.id))
  }

  @Test func `T11 another subscription's resource is taken as it is`() throws {
    let id = vmID.replacing("00000000-", with: "11111111-") + "/"
    let binding = Binding(
      "name: vm-a\ntype: virtualmachine\nresource_id: \(id)\nssh_settings: {admin_username: a, "
        + "admin_password: x}\n")
    #expect(binding.errors.isEmpty, "\(binding.errors.map(\.detail))")
    #expect(binding.targets.first?.heldResource?.shown == String(id.dropLast()))
  }

  @Test func `T16 a stack of many mistakes is read in one pass, every mistake once`() {
    let count = 20_000
    let text = (0..<count)
      .map { "---\nname: n\($0)x\ntype: amlcompute\nmax_instances: many\n" }.joined()
    let binding = Binding(text)
    #expect(binding.errors.count == count)
    #expect(binding.errors.last?.location?.start.line == count * 4)
  }

  @Test func `no pile of random edits stops the binder`() {
    let text = """
      name: gpu
      type: amlcompute
      identity: {type: user_assigned, user_assigned_identities: [{resource_id: x}]}
      ssh_settings: {admin_username: me, admin_password: "${env:P}"}
      tags: {a: b}
      berth: {protect: true, on_remove: delete, ignore_changes: [tags], depends_on: [aks.a]}

      """
    let pieces = [
      ":", "\n", "  ", "[", "]", "{", "}", "~", "- ", "\"", "${", "12", "null", "&a", "*a", "<<: ",
    ]
    for seed in UInt64(0)..<400 {
      var random = SeededRandom(seed: seed)
      var characters = Array(text).map(String.init)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: characters.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: characters[index] = ""
        case 1: characters[index] += pieces.randomElement(using: &random) ?? ""
        default: characters[index] = pieces.randomElement(using: &random) ?? ""
        }
      }
      let binding = Binding(characters.joined(), rules: .azureML)
      let findsOrBinds = !binding.findings.isEmpty || !binding.targets.isEmpty
      #expect(findsOrBinds, "seed \(seed)")
      for finding in binding.findings { #expect(finding.location != nil, "seed \(seed)") }
    }
  }
}
