import ComputeKinds
import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

@Suite("Accepting what is live")
struct AcceptLiveTests {
  private static func accept(
    _ values: [AttributePath: AttributeValue?], in text: String,
    of address: String = "amlcompute.gpu"
  ) -> (text: String, findings: [Diagnostic]) {
    var findings = DiagnosticList()
    let bytes = acceptLiveValues(
      [AcceptedTarget(TargetAddress(address) ?? TargetAddress(kind: "x", name: "x"), values)],
      in: Array(text.utf8), file: "t.yml", rules: .azureML, reporting: &findings)
    return (String(decoding: bytes, as: UTF8.self), findings.findings)
  }

  private static let document = """
    # The cluster of the vision team.
    name: gpu          # not to be renamed
    type: amlcompute
    max_instances: 8   # enough for a night
    tags:
      # who pays
      team: vision     # until March
      stage: prod
    # Berth's own
    berth:
      protect: true    # precious

    """

  @Test func `values change in place and comments stay`() {
    let (text, findings) = Self.accept(
      [
        "max_instances": 20, "min_instances": 2, "tags": ["team": "audio", "cost": "7"],
      ], in: Self.document)
    #expect(findings.isEmpty)
    #expect(
      text == """
        # The cluster of the vision team.
        name: gpu          # not to be renamed
        type: amlcompute
        max_instances: 20   # enough for a night
        tags:
          # who pays
          team: audio     # until March
          cost: "7"
        min_instances: 2
        # Berth's own
        berth:
          protect: true    # precious

        """)
  }

  @Test func `what is gone is taken out, and what was made is put in`() {
    let (text, findings) = Self.accept(
      ["tags": Optional<AttributeValue>.none, "identity.type": "system_assigned"], in: Self.document
    )
    #expect(findings.isEmpty)
    #expect(!text.contains("tags:"))
    #expect(text.contains("identity:\n  type: system_assigned\n"))
    #expect(text.contains("# Berth's own\nberth:\n  protect: true    # precious\n"))
  }

  @Test func `older names, flow style, a missing last line break and other documents`() {
    #expect(
      Self.accept(["max_instances": 3], in: "name: gpu\ntype: amlcompute\nmax_nodes: 8 # x").text
        == "name: gpu\ntype: amlcompute\nmax_nodes: 3 # x")
    #expect(
      Self.accept(["max_instances": 3], in: "name: gpu\ntype: amlcompute").text
        == "name: gpu\ntype: amlcompute\nmax_instances: 3")
    #expect(
      Self.accept(["max_instances": 3], in: "{name: gpu, type: amlcompute} # x\n").text
        == "{name: gpu, type: amlcompute, max_instances: 3} # x\n")
    let two = "name: other\ntype: amlcompute\nmax_instances: 8\n---\nname: GPU\ntype: amlcompute\n"
    #expect(Self.accept(["max_instances": 3], in: two).text == two + "max_instances: 3\n")
  }

  @Test func `power is written below berth`() {
    let box = "name: box\ntype: computeinstance\nberth:\n  power_state: running # by day\n"
    #expect(
      Self.accept(["berth.power_state": "stopped"], in: box, of: "computeinstance.box").text
        == "name: box\ntype: computeinstance\nberth:\n  power_state: stopped # by day\n")
  }

  @Test(arguments: [
    // The value stands at another place too.
    "name: gpu\ntype: amlcompute\nmin_instances: &n 1\nmax_instances: *n\n",
    // An anchor that others need.
    "name: gpu\ntype: amlcompute\nmax_instances: &n 1\nmin_instances: *n\n",
  ])
  func `what can't be done in place is told and left alone`(text: String) {
    let (result, findings) = Self.accept(["max_instances": 20], in: text)
    #expect(result == text)
    #expect(findings.map(\.rule.id) == ["not-accepted"])
  }

  @Test func `a merged value is changed where it stands`() {
    let text = """
      name: one
      type: amlcompute
      tags: &common {team: vision}
      ---
      name: gpu
      type: amlcompute
      tags:
        <<: {team: vision, stage: prod}
        own: x
      """
    let (result, findings) = Self.accept(
      ["tags": ["team": "audio", "stage": "prod", "own": "x"]], in: text)
    #expect(findings.isEmpty)
    #expect(result == text.replacing("<<: {team: vision", with: "<<: {team: audio"))
  }

  /// Whatever is accepted, the manifest then says it, and keeps every comment.
  @Test func `a manifest says what was accepted and keeps its comments`() throws {
    for seed: UInt64 in 1...2_000 {
      var random = SeededRandom(seed: seed)
      let text = Self.randomDocument(&random)
      let accepted = Self.randomValues(&random)
      let (result, findings) = Self.accept(accepted, in: text)
      #expect(findings.isEmpty, "seed \(seed):\n\(text)")
      let before = try #require(Binding(text).targets.first, "seed \(seed):\n\(text)")
      let after = try #require(Binding(result).targets.first, "seed \(seed):\n\(result)")
      for (slot, field) in after.kind.fields.enumerated() {
        let wanted = accepted[field.path] ?? before.attributes[slot]
        let normal = { (value: AttributeValue?) in
          let value = field.normalised(value ?? field.defaultValue ?? .null)
          return value == [:] ? .null : value
        }
        #expect(
          normal(after.attributes[slot]) == normal(wanted), "seed \(seed) \(field.path):\n\(result)"
        )
      }
      let comments = { (text: String) in text.matches(of: /#own[0-9]+/).map { String($0.0) } }
      #expect(Set(comments(result)) == Set(comments(text)), "seed \(seed):\n\(text)\n\(result)")
      #expect(Self.accept(accepted, in: result).text == result, "seed \(seed): twice is once")
    }
  }

  private static func randomDocument(_ random: inout SeededRandom) -> String {
    var entries = [
      "max_instances: \(Int.random(in: 4...9, using: &random))",
      "min_instances: \(Int.random(in: 0...3, using: &random))",
      ["tier: dedicated", "tier: 'low_priority'"].randomElement(using: &random) ?? "",
      [
        "tags: {a: x, \"b c\": y}", "tags:", "tags:\n  a: x\n\n  \"b c\": 'y'",
        "tags:\n    # @\n    a: >-\n      folded\n      text\n    d: z",
      ].randomElement(using: &random) ?? "",
      ["identity:\n  type: system_assigned", "identity: {type: none}"]
        .randomElement(using: &random) ?? "",
      "berth:\n  # @\n  ignore_changes: [size]",
    ].filter { _ in Bool.random(using: &random) }
    entries.insert("name: gpu", at: 0)
    entries.append("type: amlcompute")
    entries.shuffle(using: &random)
    var count = 0
    var lines: [String] = []
    for entry in entries {
      count += 1
      if Bool.random(using: &random) { lines.append("#own\(count)") }
      lines += entry.split(separator: "\n", omittingEmptySubsequences: false).map {
        String($0).replacing("@", with: "own\(count)").replacing("# own", with: "#own")
      }
      if Int.random(in: 0...3, using: &random) == 0 { lines.append("") }
    }
    return lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "")
  }

  private static func randomValues(
    _ random: inout SeededRandom
  ) -> [AttributePath: AttributeValue?] {
    let all: [(AttributePath, [AttributeValue?])] = [
      ("max_instances", [20, 4]), ("min_instances", [1, nil]), ("tier", ["low_priority", nil]),
      (
        "tags",
        [["a": "x"], ["a": "- no: #b", "d": "two\nlines"], ["b c": "y", "n": "null", "1": "2"]]
      ),
      ("identity.type", ["system_assigned"]), ("idle_time_before_scale_down", [300]),
    ]
    var values: [AttributePath: AttributeValue?] = [:]
    for (path, choices) in all where Bool.random(using: &random) {
      values[path] = .some(choices.randomElement(using: &random) ?? nil)
    }
    return values
  }
}
