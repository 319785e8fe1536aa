import Foundation
import Testing

@Suite("Blast radius")
struct BlastRadiusTests {
  private static func documents(_ range: Range<Int>) -> String {
    range.map { "name: pool-a\($0)x\ntype: amlcompute\n" }.joined(separator: "---\n")
  }

  @Test func `T15 a large removal needs leave for exactly that plan`() throws {
    let folder = try TemporaryFolder.stack(["pools.yml": Self.documents(0..<12)])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.documents(6..<12), to: "pools.yml")
    let plan = try folder.run("plan", "--out", "plan.json")
    #expect(plan.status == 3)
    #expect(plan.messages.contains("[blast-radius]"))
    let digest = try #require(
      plan.messages.firstMatch(of: /Digest of the refused plan: (sha256:[0-9a-f]{64})/)?.1)
    #expect(plan.output.contains("Digest: \(digest)"), "the saved plan has the same")
    let refused = try folder.run("apply", "plan.json")
    #expect(refused.status == 5)
    #expect(refused.messages.contains("[plan-errored]"), "\(refused.messages)")
    #expect(try folder.run("apply", "--auto-approve").status == 3)

    // The leave is for this plan: with one target more in it, it is worth nothing.
    try folder.write(Self.documents(7..<12), to: "pools.yml")
    let other = try folder.run(
      "apply", "--auto-approve", "--dangerous-removals", String(digest))
    #expect(other.status == 3)
    expectGolden(other.messages, "guards/blast-radius-stale-leave.txt")
    try folder.write(Self.documents(6..<12), to: "pools.yml")
    let run = try folder.run("apply", "--auto-approve", "--dangerous-removals", String(digest))
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("Warning: Plan takes away too much"))
    expectGolden(run.messages, "guards/blast-radius-leave.txt")
    #expect(run.output.contains("6 destroyed"))
  }

  @Test func `limits are set in the stack, and slips of the pen are refused`() throws {
    let folder = try TemporaryFolder.stack(["pools.yml": Self.documents(0..<3)])
    let stack = try folder.read("berth.yaml")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.documents(2..<3), to: "pools.yml")
    try folder.write(
      stack + "blast_radius:\n  kinds:\n    amlcompute: {removals: {count: 1}}\n",
      to: "berth.yaml")
    let run = try folder.run("plan")
    #expect(run.status == 3)
    #expect(run.messages.contains("'blast_radius.kinds.amlcompute.removals.count'"))
    for (wrong, rule) in [
      ("kinds: {amlcomputer: {}}", "invalid-configuration"),
      ("removals: {percent: 101}", "invalid-configuration"),
      ("removals: 30", "invalid-configuration"), ("removal: {}", "unknown-key"),
    ] {
      try folder.write(stack + "blast_radius:\n  \(wrong)\n", to: "berth.yaml")
      let run = try folder.run("validate")
      #expect(run.status == 1)
      #expect(run.messages.contains("[\(rule)]"), "\(wrong): \(run.messages)")
    }
  }
}
