import Foundation
import Testing

/// Saved plans: reviewed once, done once, exactly as they were reviewed or not at all.
@Suite("Saved plans")
struct SavedPlanTests {
  private static let cluster = "name: gpu\ntype: amlcompute\nmax_instances: 4\n"

  private func stack() throws -> TemporaryFolder {
    try TemporaryFolder.stack(["gpu.yml": Self.cluster])
  }

  private func attachment(_ name: String, _ cluster: String) -> String {
    """
    name: \(name)
    type: aks
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/\(cluster)

    """
  }

  @Test func `T17 a plan is applied once, also if the workspace is again what it was`() throws {
    let folder = try stack()
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    #expect(try folder.run("apply", "plan.json").status == 0)
    #expect(try folder.run("workspace", "remove", "amlcompute.gpu").status == 0)
    let again = try folder.run("apply", "plan.json")
    #expect(again.status == 5)
    #expect(again.messages.contains("[plan-applied]"))
    #expect(try folder.run("list").output == "The workspace has no targets.\n")
    // The same change, reviewed anew, is another plan.
    #expect(try folder.run("plan", "--out", "next.json").status == 0)
    #expect(try folder.run("apply", "next.json").status == 0)
  }

  @Test func `T17 a plan that was begun and killed is never begun again`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.cluster], milliseconds: 1_000)
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    var apply = try RunningApply(in: folder, ["apply", "plan.json"])
    apply.wait(for: "Creating...")
    kill(apply.process.processIdentifier, SIGKILL)
    apply.waitUntilExit()
    // What it left is taken away, if it got so far.
    _ = try folder.run("workspace", "remove", "amlcompute.gpu")
    #expect(try folder.run("apply", "plan.json").messages.contains("[plan-applied]"))
  }

  @Test func `T17 a plan tells the field that moved since`() throws {
    let folder = try stack()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.cluster.replacing("4", with: "9"), to: "gpu.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    #expect(try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=7").status == 0)
    let stale = try folder.run("apply", "plan.json")
    #expect(stale.status == 5)
    #expect(stale.messages.contains("'max_instances' was 4 and is 7"), "\(stale.messages)")
    // It can still be looked at.
    #expect(try folder.run("show", "plan.json").output.contains("max_instances = 4 -> 9"))
  }

  @Test func `T17 a plan is stale once a name that it needs belongs to another target`() throws {
    let folder = try stack()
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    try folder.write("name: gpu\ntype: computeinstance\nsize: STANDARD_DS3_V2\n", to: "gpu.yml")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.cluster, to: "gpu.yml")
    let stale = try folder.run("apply", "plan.json")
    #expect(stale.status == 5)
    #expect(
      stale.messages.contains("its name belongs to computeinstance.gpu by now"),
      "\(stale.messages)")
  }

  @Test func `F1 a plan that would leave alone what an apply took away is stale`() throws {
    let (folder, before) = (
      try TemporaryFolder.rotatingTLS(), try TemporaryFolder.example("tls-rotation")
    )
    let files = ["certs/www.pem", "certs/www.key"]
    let renewed = try files.map(folder.read)
    for file in files { try folder.write(try before.read(file), to: file) }
    try folder.write(Self.cluster, to: "gpu.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    for (file, text) in zip(files, renewed) { try folder.write(text, to: file) }
    var apply = try RunningApply(
      in: folder, ["apply", "--auto-approve", "--target", "aks.inference"])
    apply.wait(for: "Detachment complete")
    kill(apply.process.processIdentifier, SIGKILL)
    apply.waitUntilExit()
    // The second half may have been on its way.
    _ = try folder.run("workspace", "remove", "aks.inference")
    for file in files { try folder.write(try before.read(file), to: file) }
    let stale = try folder.run("apply", "plan.json")
    #expect(stale.status == 5, "\(stale.output)\(stale.messages)")
    #expect(
      stale.messages.contains("An apply took aks.inference away after"), "\(stale.messages)")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }

  @Test func `T17 targets that a plan does not touch may move`() throws {
    let folder = try stack()
    try folder.write("name: cpu\ntype: amlcompute\n", to: "cpu.yml")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.cluster.replacing("4", with: "9"), to: "gpu.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    #expect(try folder.run("workspace", "set", "amlcompute.cpu", "max_instances=7").status == 0)
    #expect(try folder.run("apply", "plan.json").status == 0)
  }

  @Test func `T17 a plan is stale if somebody else took what it attaches`() throws {
    let folder = try TemporaryFolder.stack(["a.yml": attachment("att-a", "one")])
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    let id =
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/G/providers/Microsoft.ContainerService/managedClusters/ONE"
    #expect(try folder.run("workspace", "attach", "rival", "aks", id).status == 0)
    let stale = try folder.run("apply", "plan.json")
    #expect(stale.status == 5)
    #expect(stale.messages.contains("aks.rival holds what it would"), "\(stale.messages)")
    #expect(try !folder.run("list").output.contains("att-a"))
  }

  @Test func `T17 every single value of a plan is under its seal`() throws {
    let folder = try stack()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.cluster.replacing("4", with: "9"), to: "gpu.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    let plan = try folder.read("plan.json")
    let edits = [
      ("\"after\": 9", "\"after\": 8"), ("\"operation\": \"update\"", "\"operation\": \"delete\""),
      ("\"act\": \"update\"", "\"act\": \"delete\""), ("\"errored\": false", "\"errored\": true"),
      ("\"stack\": \"test\"", "\"stack\": \"prod\""), ("\"update\"\n", "\"delete\"\n"),
      ("\"fingerprint\": \"sha256:", "\"fingerprint\": \"sha256:0"),
      ("\"applyable\": true", "\"applyable\": false"),
      ("\"mode\": \"apply\"", "\"mode\": \"destroy\""),
    ]
    for (text, other) in edits {
      let edited = plan.replacing(text, with: other, maxReplacements: 1)
      #expect(edited != plan, "nothing says \(text)")
      try folder.write(edited, to: "edited.json")
      for command in ["apply", "show"] {
        let run = try folder.run(command, "edited.json")
        #expect([1, 5].contains(run.status), "\(text): \(run.output)")
      }
    }
    #expect(try folder.run("apply", "plan.json").status == 0)
  }

  @Test func `T18 a plan that is no plan is told, and never a crash`() throws {
    let folder = try stack()
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    let plan = try folder.read("plan.json")
    let wrong: [(String, Int32)] = [
      ("", 1), ("[]", 1), ("null", 1), ("{}", 1), (String(plan.prefix(plan.count / 2)), 1),
      (String(repeating: "[", count: 100_000), 1),
      (plan.replacing("{\n", with: "{\n  \"mode\": \"destroy\",\n", maxReplacements: 1), 1),
      (plan.replacing("\"1.0\"", with: "\"2.0\""), 5),
      (plan.replacing("\"1.0\"", with: "\"x\""), 5),
      (plan.replacing("\"1.0\"", with: "1"), 1),
      (plan.replacing("\"unchanged_count\": 0", with: "\"unchanged_count\": 1e99"), 1),
    ]
    for (text, status) in wrong {
      try folder.write(text, to: "wrong.json")
      for command in ["apply", "show"] {
        let run = try folder.run(command, "wrong.json")
        #expect(run.status == status, "\(text.prefix(60)): \(run.messages.prefix(300))")
        #expect(run.messages.contains("Error: "), "\(text.prefix(60))")
      }
    }
    try folder.write(plan.replacing("\"1.0\"", with: "\"1.7\""), to: "later.json")
    #expect(try folder.run("show", "later.json").status == 0)
  }

  @Test func `a plan that did not read the workspace is never applied`() throws {
    let folder = try stack()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let run = try folder.run("plan", "--refresh=false", "--out", "plan.json")
    #expect(run.status == 0)
    #expect(run.messages.contains("[not-refreshed]"))
    #expect(try folder.read("plan.json").contains("\"applyable\": false"))
    let applied = try folder.run("apply", "plan.json")
    #expect(applied.status == 5)
    #expect(applied.messages.contains("[plan-unread]"))
    #expect(try folder.run("show", "plan.json").output.contains("did not read the workspace"))
  }

  @Test func `a plan tells what its selection left out`() throws {
    let folder = try stack()
    try folder.write("name: cpu\ntype: amlcompute\n", to: "cpu.yml")
    let run = try folder.run("plan", "--target", "amlcompute.gpu", "--out", "plan.json")
    #expect(run.status == 0)
    #expect(run.messages.contains("[part-of-stack]"))
    #expect(
      try folder.run("show", "plan.json").output.contains(
        "Left out by the selection: amlcompute.cpu"))
    #expect(try folder.run("apply", "plan.json").status == 0)
    #expect(try !folder.run("list").output.contains("cpu"))
  }

  @Test(arguments: [
    ["--destroy"], ["--refresh-only"], ["--resume"], ["--target", "amlcompute.gpu"],
    ["--replace", "amlcompute.gpu"], ["--exclude", "amlcompute.gpu"],
  ])
  func `no planning flag goes with a saved plan`(flags: [String]) throws {
    let folder = try stack()
    let run = try BerthBinary.run(["apply", "plan.json"] + flags, in: folder.url)
    #expect(run.status == 1)
    #expect(run.messages.contains("go with none"))
  }
}
