import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

private let gpu = "name: gpu\ntype: amlcompute\n"

@Suite("Variables")
struct VariableTests {
  @Test func `a whole scalar takes the variable's type, a part of one its text`() {
    let stack = Composing(
      """
      # berth.yaml
      variables: {most: 4, team: "12", tier: low_priority, on: false}
      # gpu.yml
      name: ${var:team}-gpu
      type: amlcompute
      tier: "${var:tier}"
      max_instances: ${var:most}
      min_instances: 0${var:team}
      enable_node_public_ip: ${var:on}
      tags: {team: "${var:team}", both: "a-${var:team}-${var:most}", "${var:team}": b}
      """)
    #expect(stack.faults == ["invalid-name gpu.yml:1"])
    let named = Composing(
      """
      # berth.yaml
      variables: {most: 4, team: "12", tier: low_priority, on: false, name: gpu}
      # gpu.yml
      name: ${var:name}
      type: amlcompute
      tier: "${var:tier}"
      max_instances: 1${var:most}
      min_instances: ${var:most}
      enable_node_public_ip: true
      tags: {team: "${var:team}", both: "a-${var:team}-${var:most}", "${var:team}": b}
      """)
    #expect(named.faults.isEmpty, "\(named.findings.map(\.detail))")
    #expect(named.value("max_instances") == 14)
    #expect(named.value("min_instances") == 4)
    #expect(named.value("tier") == "low_priority")
    // No substitution in keys.
    #expect(
      named.value("tags")
        == .map(["team": "12", "both": "a-12-4", "${var:team}": "b"]))
    #expect(named.bound?.usedVariables.map(\.name) == ["most", "name", "team", "tier"])
  }

  @Test func `the command line wins over files, files over the environment, that over defaults`() {
    // Which of the four sources are there, as bits; the strongest wins.
    for sources in 0..<16 {
      func has(_ bit: Int) -> Bool { sources & 1 << bit != 0 }
      let stack = Composing(
        """
        # berth.yaml
        variables: {most: \(has(0) ? "1" : "{type: number}")}
        \(has(2) ? "# a.vars\nmost: 20\n# b.vars\nmost: 3" : "")
        # gpu.yml
        \(gpu)max_instances: ${var:most}
        """, variables: has(3) ? ["most=40", "most=4"] : [],
        environment: has(1) ? ["BERTH_VAR_most": "2", "BERTH_VAR_other": "9"] : [:])
      if let strongest = (0..<4).last(where: has) {
        #expect(stack.value("max_instances") == .integer(strongest + 1), "sources \(sources)")
      } else {
        #expect(stack.faults == ["variable-unset gpu.yml:3"])
      }
    }
  }

  @Test func `what is wrong besides an unknown variable is told too`() {
    let composed = Composing(
      """
      # berth.yaml
      defaults: {aks: {agent_count: "${var:nodes}"}}
      # a.yml
      name: gpu
      type: amlcompute
      max_instances: ${var:y}
      sise: STANDARD_DS3_V2
      ---
      name: serving
      type: aks
      agent_vm_sise: x
      """)
    #expect(
      composed.faults == [
        "unknown-variable a.yml:3", "unknown-key a.yml:4", "unknown-key a.yml:8",
        "unknown-variable berth.yaml:1",
      ])
    #expect(composed.targets.isEmpty)
  }

  @Test(arguments: [
    ("{type: number}", "many"), ("{type: bool}", "1"), ("{type: number}", ""), ("", "${env:HOME}"),
    ("", "a${var:v}"), ("", "a\u{1B}[31m"), ("", "a\u{0}"), ("", "\u{9B}"),
    ("text", "${file:x}"),
  ])
  func `a value that does not fit is refused without being shown`(type: String, value: String) {
    let stack = Composing(
      "# berth.yaml\nvariables: {v: \(type)}\n# gpu.yml\n\(gpu)size: ${var:v}\n",
      variables: ["v=\(value)"])
    #expect(stack.faults == ["variable-value"], "\(stack.findings.map(\.detail))")
    let said = stack.findings.map(\.detail).joined()
    #expect(value.isEmpty || value == "1" || !said.contains(value))
  }

  @Test(arguments: [
    ("variables: {v: [1]}", "variable-value berth.yaml:1"),
    ("variables: {v: '${var:w}', w: 1}", "variable-value berth.yaml:1"),
    ("variables: {1v: a}", "invalid-configuration berth.yaml:1"),
    ("variables: {v: {tpye: string}}", "unknown-key berth.yaml:1"),
    ("variables: {v: {sensitive: true}}", "unknown-key berth.yaml:1"),
    ("variables: {v: {type: strnig}}", "invalid-value berth.yaml:1"),
    ("variables: [v]", "wrong-type berth.yaml:1"),
  ])
  func `a declaration that can't be is refused`(text: String, fault: String) {
    #expect(Composing("# berth.yaml\n\(text)\n# gpu.yml\n\(gpu)").faults == [fault])
  }

  @Test(arguments: [
    ("${var.v}", "variable-reference"), ("${vars:v}", "variable-reference"),
    ("${var:}", "variable-reference"), ("${var:v", "variable-reference"),
    ("${var:${var:v}}", "variable-reference"), ("${var:w}", "unknown-variable"),
    ("${var:v }", "variable-reference"), ("${var:\u{7F}}", "variable-reference"),
  ])
  func `a reference that can't be is refused where it stands`(text: String, rule: String) {
    let quoted = text.replacing("\u{7F}", with: "\\x7f")
    let stack = Composing("# berth.yaml\nvariables: {v: a}\n# gpu.yml\n\(gpu)size: \"\(quoted)\"\n")
    #expect(stack.faults == ["\(rule) gpu.yml:3"])
  }

  @Test(arguments: [
    ("$${var:v}", "${var:v}"), ("$$${var:v}", "$${var:v}"), ("$${env:HOME}", "${env:HOME}"),
    ("$v ${v} $ ${{x}}", "$v ${v} $ ${{x}}"), ("$", "$"), ("a$${", "a${"),
    ("${var:v}$${x}", "A${x}"), ("{${var:v}}", "{A}"),
  ])
  func `two dollars make a brace that means nothing`(text: String, expected: String) {
    let stack = Composing(
      "# berth.yaml\nvariables: {v: A}\n# gpu.yml\n\(gpu)tags: {a: '\(text)'}\n")
    #expect(stack.faults.isEmpty, "\(stack.findings.map(\.detail))")
    #expect(stack.value("tags") == .map(["a": .text(expected)]))
  }

  @Test func `a secret's path may have a variable in it, and a value never makes a reference`() {
    let secrets = FixedSecrets(
      variables: ["A_B": "s3cret"],
      files: ["prod/key": .success(SecretFile(contents: "k", isReadableByOthers: false))])
    let text = { (value: String) in
      "# berth.yaml\nvariables: {v: prod}\n# gpu.yml\n\(gpu)"
        + "ssh_settings: {admin_username: me, admin_password: '\(value)'}\n"
    }
    #expect(Composing(text("${file:${var:v}/key}"), secrets: secrets).errors.isEmpty)
    // An escaped reference is a text, and a text that is a secret earns its warning.
    let escaped = Composing(text("$${env:A_B}"), secrets: secrets)
    #expect(escaped.findings.map(\.rule.id).contains("literal-secret"))
    #expect(Composing(text("${env:A_B}$${"), secrets: secrets).errors.count == 1)
    let size = "# berth.yaml\nvariables: {v: A_B}\n# gpu.yml\n\(gpu)size: '${env:${var:v}}'\n"
    #expect(Composing(size, secrets: secrets).faults == ["reference-not-allowed gpu.yml:3"])
  }

  @Test func `a large variable that is used often is refused`() {
    let long = String(repeating: "a", count: 200_000)
    let documents = (0..<10_000).map { "name: gpu-\($0)x\ntype: amlcompute\nsize: ${var:v}" }
    let stack = Composing(
      "# berth.yaml\nvariables: {v: }\n# all.yml\n" + documents.joined(separator: "\n---\n"),
      variables: ["v=\(long)"])
    #expect(stack.errors.map(\.rule.id).contains("expansion-limit"))
    #expect(stack.errors.filter { $0.rule.id == "expansion-limit" }.count == 1)
    let longer = Composing(
      "# berth.yaml\nvariables: {v: }\n# gpu.yml\n\(gpu)size: ${var:v}\n",
      variables: ["v=" + String(repeating: "a", count: 1 << 20)])
    #expect(longer.faults == ["variable-value"])
  }

  @Test func `large defaults of many documents are refused`() {
    let tags = (0..<2_500).map { "k\($0): v" }.joined(separator: ", ")
    let documents = (0..<10_000).map { "name: gpu-\($0)x\ntype: amlcompute" }
    let stack = Composing(
      "# berth.yaml\ndefaults: {amlcompute: {tags: {\(tags)}}}\n# all.yml\n"
        + documents.map { $0 + "\ntags: {a: b}" }.joined(separator: "\n---\n"))
    #expect(stack.faults.filter { $0.hasPrefix("expansion-limit") }.count == 1)
  }
}

@Suite("Defaults and overlays")
struct OverlayTests {
  private static let stack = """
    # berth.yaml
    defaults:
      amlcompute:
        tier: low_priority
        size: STANDARD_DS3_V2
        tags: {a: default, b: default}
        berth: {protect: true}
    # all.yml
    name: gpu
    type: amlcompute
    size: STANDARD_NC6S_V3
    tags: {b: own, c: own}
    ---
    name: web
    type: kubernetes
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c

    """

  @Test func `what is said wins, mappings merge, and each value keeps its place`() throws {
    let stack = Composing(Self.stack)
    #expect(stack.faults.isEmpty, "\(stack.findings.map(\.detail))")
    #expect(stack.value("size") == "STANDARD_NC6S_V3")
    #expect(stack.value("tier") == "low_priority")
    #expect(stack.value("tags") == .map(["a": "default", "b": "own", "c": "own"]))
    let target = try #require(stack.targets.first { $0.name == "gpu" })
    #expect(target.settings.protect)
    #expect(stack.targets.first { $0.name == "web" }?.settings.protect == false)
    let places = target.kind.fields.enumerated().compactMap { slot, field in
      target.fieldLocations[slot].map { "\(field.path) \($0.file):\($0.start.line)" }
    }
    #expect(places.contains("size all.yml:3"))
    #expect(places.contains("tier berth.yaml:5"))
  }

  @Test func `overlays count in their order, and null takes away`() throws {
    let stack = Composing(
      Self.stack + """
        # overlays/a.yml
        name: GPU
        type: amlcompute
        max_instances: 5
        tier: null
        tags: {b: null, d: first}
        # overlays/b.yml
        name: gpu
        max_instances: 6
        tags: {d: second}
        """)
    #expect(stack.faults.isEmpty, "\(stack.findings.map(\.detail))")
    #expect(stack.value("max_instances") == 6)
    #expect(stack.value("tier") != "low_priority")
    #expect(stack.value("tags") == .map(["a": "default", "c": "own", "d": "second"]))
    let target = try #require(stack.targets.first { $0.name == "gpu" })
    #expect(target.location.file == "all.yml")
  }

  @Test(arguments: [
    ("name: gpv\nsize: a", "overlay-target overlays/a.yml:1"),
    ("size: a", "overlay-target overlays/a.yml:1"),
    ("- name: gpu", "overlay-target overlays/a.yml:1"),
    ("name: gpu\ntype: aks", "overlay-target overlays/a.yml:2"),
    ("name: gpu\nmax_instanses: 3", "unknown-key overlays/a.yml:2"),
    ("name: gpu\nmax_instanses: null", "unknown-key overlays/a.yml:2"),
    ("name: gpu\nmax_instances: many", "wrong-type overlays/a.yml:2"),
    ("name: gpu\nsize: ${var:x}", "unknown-variable overlays/a.yml:2"),
  ])
  func `a mistake in an overlay is found there`(text: String, fault: String) {
    #expect(Composing(Self.stack + "# overlays/a.yml\n\(text)\n").faults == [fault])
  }

  @Test(arguments: [
    ("amlcompute: {vmSize: a}", ["unknown-key berth.yaml:1"]),
    ("computeinstance: {sise: a}", ["unknown-key berth.yaml:1"]),
    ("amlcompute: {tier: cheap}", ["invalid-value berth.yaml:1"]),
    ("amlcompute: {berth: {protcet: true}}", ["unknown-key berth.yaml:1"]),
    ("amlcomputer: {tier: dedicated}", ["unknown-type berth.yaml:1"]),
    ("amlcompute: {name: gpu}", ["invalid-configuration berth.yaml:1"]),
    ("amlcompute: [a]", ["invalid-configuration berth.yaml:1"]), ("amlcompute: ", []),
  ])
  func `a mistake in defaults is told once, there`(text: String, faults: [String]) {
    let documents = ["gpu", "cpu", "all"].map { "name: \($0)\ntype: amlcompute\n" }
    let stack = Composing(
      "# berth.yaml\ndefaults: {\(text)}\n# all.yml\n" + documents.joined(separator: "---\n"))
    #expect(stack.faults == faults, "\(stack.findings.map(\.detail))")
  }

  @Test func `no finding shows a secret that stands in defaults or an overlay`() {
    let stack = Composing(
      """
      # berth.yaml
      defaults: {amlcompute: {ssh_settings: {admin_pasword: CANARY-1}}}
      # gpu.yml
      name: gpu
      type: amlcompute
      # overlays/a.yml
      name: gpu
      ssh_settings: {admin_username: me, admin_password: [CANARY-2]}
      """)
    #expect(stack.errors.count == 2)
    for finding in stack.errors {
      #expect(finding.hidesSource, "\(finding.rule.id)")
      #expect(!finding.detail.contains("CANARY"))
    }
  }

  @Test func `law: nothing over or under a document leaves it as it is`() {
    for seed in UInt64(0)..<200 {
      var random = SeededRandom(seed: seed)
      let document = Self.document(&random)
      let plain = Composing("# gpu.yml\n\(document)")
      let composed = Composing(
        "# berth.yaml\ndefaults: {amlcompute: {}}\n# gpu.yml\n\(document)\n# overlays/a.yml\nname: gpu\n"
          + "---\nname: gpu\nberth: {}\ntags: {}\n")
      #expect(plain.faults == composed.faults, "seed \(seed):\n\(document)")
      let same =
        plain.targets.map(\.attributes) == composed.targets.map(\.attributes)
        || plain.value("tags") == nil
      #expect(same, "seed \(seed):\n\(document)")
    }
  }

  @Test func `law: a document over itself is itself, and the last overlay wins`() {
    for seed in UInt64(0)..<200 {
      var random = SeededRandom(seed: seed)
      let (document, other) = (Self.document(&random), Self.document(&random))
      let plain = Composing("# gpu.yml\n\(document)")
      let doubled = Composing("# gpu.yml\n\(document)\n# overlays/a.yml\n\(document)")
      if !document.contains("null") {
        #expect(
          plain.targets.map(\.attributes) == doubled.targets.map(\.attributes), "seed \(seed)")
      }
      let once = Composing("# gpu.yml\n\(document)\n# overlays/a.yml\n\(other)")
      let twice = Composing(
        "# gpu.yml\n\(document)\n# overlays/a.yml\n\(other)\n# overlays/b.yml\n\(other)")
      if !other.contains("null") {
        #expect(once.targets.map(\.attributes) == twice.targets.map(\.attributes), "seed \(seed)")
      }
    }
  }

  private static func document(_ random: inout SeededRandom) -> String {
    var text = "name: gpu\ntype: amlcompute\n"
    let fields = [
      "size: STANDARD_DS3_V2", "max_instances: 4", "tier: low_priority", "tier: null",
      "tags: {a: b, c: d}", "tags: {c: e}", "idle_time_before_scale_down: 120",
      "berth: {protect: true}", "berth: {ignore_changes: [max_instances]}",
    ]
    var keys: Set<Substring> = []
    for field in fields where Bool.random(using: &random) {
      if keys.insert(field.prefix { $0 != ":" }).inserted { text += field + "\n" }
    }
    return text
  }
}

@Suite("Secrets from commands")
struct CommandSecretTests {
  private static func stack(_ value: String, commands: String = "{vault: [vault, read]}") -> String
  {
    "# berth.yaml\ncommands: \(commands)\n# gpu.yml\n\(gpu)"
      + "ssh_settings: {admin_username: me, admin_password: '\(value)'}\n"
  }

  @Test func `a command that the stack names gives a secret`() throws {
    let stack = Composing(
      Self.stack("${command:vault}"),
      secrets: FixedSecrets(outputs: [["vault", "read"]: "s3cret"]))
    #expect(stack.faults.isEmpty)
    guard case .secret(let secret) = stack.value("ssh_settings.admin_password") else {
      Issue.record("no secret")
      return
    }
    #expect(secret.reveal() == "s3cret")
    #expect(secret.origin == .command("vault"))
  }

  @Test(arguments: [
    ("${command:vualt}", "command-not-allowed"), ("${command:rm -rf /}", "secret-reference"),
    ("${command:}", "secret-reference"), ("x${command:vault}", "secret-reference"),
    ("${command:vault}", "secret-command"),
  ])
  func `anything else is refused`(value: String, rule: String) {
    #expect(Composing(Self.stack(value)).faults == ["\(rule) gpu.yml:3"])
  }

  @Test(arguments: ["{vault: vault read}", "{vault: []}", "{vault: [[a]]}", "{'a b': [a]}", "[a]"])
  func `commands that can't be are refused`(commands: String) {
    let stack = Composing(Self.stack("${command:vault}", commands: commands))
    #expect(stack.faults == ["invalid-configuration berth.yaml:1"])
  }

  @Test func `a command stands for no field that is shown`() {
    let stack = Composing(
      "# berth.yaml\ncommands: {vault: [vault]}\n# gpu.yml\n\(gpu)size: '${command:vault}'\n")
    #expect(stack.faults == ["reference-not-allowed gpu.yml:3"])
  }
}
