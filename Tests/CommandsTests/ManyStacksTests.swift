import Foundation
import Testing

/// Commands with `--all`: many stacks, one summary, one exit code.
@Suite("Many stacks")
struct ManyStacksTests {
  static let pool = "name: gpu\ntype: amlcompute\nmax_instances: 8\n"

  private static func cluster(_ name: String, _ resource: String) -> String {
    """
    name: \(name)
    type: kubernetes
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml/providers/\
    Microsoft.ContainerService/managedClusters/\(resource)

    """
  }

  /// A folder with stacks below it: each with its workspace, its manifests, and a store of its own.
  static func tree(
    _ stacks: [String: (workspace: String, files: [String: String])], milliseconds: Int = 1
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (path, stack) in stacks {
      let name = path.split(separator: "/").last.map(String.init) ?? "root"
      let manifest = """
        stack: \(name)
        workspace:
          subscription_id: 00000000-0000-0000-0000-000000000000
          resource_group: group
          name: \(stack.workspace)
          location: westeurope
        backend:
          type: local
          operation_milliseconds: \(milliseconds)
        \(stack.files["store"].map { "  store: \($0)\n" } ?? "")
        """
      try folder.write(manifest, to: "\(path)/berth.yaml")
      for (file, text) in stack.files where file != "store" {
        try folder.write(text, to: "\(path)/\(file)")
      }
    }
    return folder
  }

  private func two() throws -> TemporaryFolder {
    try Self.tree([
      "ml/dev": ("ws-dev", ["gpu.yml": Self.pool]),
      "ml/prod": ("ws-prod", ["gpu.yml": Self.pool]),
    ])
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  // MARK: Finding

  @Test func `every folder with a berth.yaml counts, but none that is hidden or installed`() throws
  {
    let folder = try two()
    for place in [".git/x", ".terraform/x", "node_modules/x", "ml/.build/x", "ml/prod/.berth"] {
      try folder.write("stack: x\n", to: "\(place)/berth.yaml")
    }
    try folder.write("name: gpu\n", to: "ml/prod/overlays/prod.yml")
    try folder.write("unrelated: true\n", to: "shared/base.yml")
    try FileManager.default.createSymbolicLink(
      at: folder.url.appendingPathComponent("link"),
      withDestinationURL: folder.url.appendingPathComponent("ml/prod"))
    let run = try folder.run("validate", "--all")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output.matches(of: /\nStack (.+)\n/).map(\.1) == ["ml/dev", "ml/prod"])
    #expect(run.output.contains("  ml/dev   valid, 1 target\n  ml/prod  valid, 1 target\n"))
    let inside = try folder.run("validate", "--all", "--chdir", "ml/prod")
    #expect(inside.output.contains("\nStack .\n"))
  }

  @Test func `no stack at all, and a folder that is none, are errors with a way out`() throws {
    let folder = try TemporaryFolder()
    for command in ["validate", "plan", "apply", "drift"] {
      let run = try folder.run(command, "--all")
      #expect(run.status == 1)
      #expect(run.messages.contains("[stack-not-found]"))
      #expect(try folder.run(command, "--all", "--chdir", "none").status == 1)
    }
  }

  @Test func `options about one stack are refused`() throws {
    let folder = try two()
    for arguments in [
      ["plan", "--out", "p"], ["plan", "--target", "a.b"], ["plan", "--destroy"],
      ["apply", "--resume"], ["apply", "--destroy"], ["apply", "p.json"],
      ["apply", "--replace", "amlcompute.gpu"], ["drift", "--target", "a.b"],
    ] {
      let run = try folder.run(arguments + ["--all"])
      #expect(run.status == 1)
      #expect(run.messages.contains("is about one stack"), "\(arguments) \(run.messages)")
    }
  }

  // MARK: Planning

  @Test func `plans are printed whole, in the order of the folders, whatever the width`() throws {
    var stacks: [String: (workspace: String, files: [String: String])] = [:]
    for number in 10..<30 { stacks["s\(number)"] = ("ws-\(number)", ["gpu.yml": Self.pool]) }
    let folder = try Self.tree(stacks)
    let wide = try folder.run("plan", "--all", "--parallelism", "16", "--detailed-exitcode")
    let narrow = try folder.run("plan", "--all", "--parallelism", "1", "--detailed-exitcode")
    #expect(wide.status == 2)
    #expect(wide.output == narrow.output)
    #expect(
      wide.output.matches(of: /\nStack (.+)\n/).map { String($0.1) } == (10..<30).map { "s\($0)" })
    #expect(wide.output.contains("\nPlan for all stacks: 20 to add, 0 to change, 0 to destroy.\n"))
  }

  @Test func `the worst exit code of a stack is that of the command`() throws {
    let folder = try two()
    #expect(try folder.run("plan", "--all").status == 0)
    #expect(try folder.run("plan", "--all", "--detailed-exitcode").status == 2)
    #expect(try folder.run("plan", "--all", "--fail-on", "create").status == 3)
    try folder.write("name: gpu\ntype: amlcompute\nsise: 1\n", to: "ml/dev/gpu.yml")
    let run = try folder.run("plan", "--all", "--fail-on", "create")
    #expect(run.status == 1)
    #expect(run.output.contains("  ml/dev   went wrong (exit code 1)\n"))
    #expect(run.output.contains("  ml/prod  went wrong (exit code 3)\n"))
    #expect(run.output.contains("1 to add"), "what can be planned is")
    #expect(try folder.run("validate", "--all").status == 1)
  }

  @Test func `events say which stack they are about`() throws {
    let folder = try two()
    let run = try folder.run("plan", "--all", "--json")
    let events = try run.output.split(separator: "\n").map { try json(String($0)) }
    #expect(events.first?["type"] as? String == "version")
    #expect(events.filter { $0["type"] as? String == "version" }.count == 1)
    let planned = events.filter { $0["type"] as? String == "planned_change" }
    #expect(planned.map { $0["stack"] as? String } == ["ml/dev", "ml/prod"])
    let summaries = events.filter { $0["type"] as? String == "change_summary" }
    #expect(summaries.map { $0["stack"] as? String } == ["ml/dev", "ml/prod", nil])
    let total = try #require(summaries.last?["changes"] as? [String: Any])
    #expect(total["add"] as? Int == 2)
    _ = try folder.run("plan", "--all", "--json-into", "events.jsonl")
    #expect(try folder.read("events.jsonl").split(separator: "\n").count == events.count)
  }

  @Test func `validate tells everything in one JSON object`() throws {
    let folder = try two()
    try folder.write("name: gpu\ntype: amlcompute\nsise: 1\n", to: "ml/dev/gpu.yml")
    let object = try json(try folder.run("validate", "--all", "--json").output)
    #expect(object["valid"] as? Bool == false)
    #expect(object["error_count"] as? Int == 1)
    let stacks = try #require(object["stacks"] as? [[String: Any]])
    #expect(stacks.map { $0["stack"] as? String } == ["ml/dev", "ml/prod"])
    #expect(stacks.map { $0["valid"] as? Bool } == [false, true])
    let found = try #require(object["diagnostics"] as? [[String: Any]])
    #expect(found.map { $0["stack"] as? String } == ["ml/dev"])
  }

  // MARK: Between stacks

  @Test func `one resource in two workspaces is refused before anything is applied`() throws {
    let folder = try Self.tree([
      "dev": ("ws-dev", ["k.yml": Self.cluster("k8s-dev", "shared")]),
      "prod": ("ws-prod", ["k.yml": Self.cluster("k8s-prod", "SHARED"), "g.yml": Self.pool]),
    ])
    let run = try folder.run("apply", "--all", "--auto-approve")
    #expect(run.status == 3)
    #expect(run.messages.contains("[cross-workspace]"))
    #expect(run.messages.contains("in the workspace 'ws-dev'"))
    #expect(run.messages.contains("Nothing was applied: 1 of 2 stacks can't be planned."))
    for stack in ["dev", "prod"] {
      #expect(try !folder.run("list", "--chdir", stack).output.contains("gpu"))
    }
    #expect(try folder.run("plan", "--all").status == 3)
    let check = try folder.run("validate", "--all")
    #expect(check.status == 0)
    #expect(check.messages.contains("Warning: Cluster is wanted in two workspaces"))
    // Each by itself may have it; then nothing is about to break.
    #expect(try folder.run("apply", "--auto-approve", "--chdir", "dev").status == 0)
    #expect(try folder.run("plan", "--all").status == 3)
    #expect(try folder.run("apply", "--auto-approve", "--chdir", "prod").status == 0)
    let both = try folder.run("plan", "--all")
    #expect(both.status == 0)
    #expect(both.messages.contains("[cross-workspace]"))
  }

  @Test func `one resource, or one name, in two stacks of one workspace is refused`() throws {
    let folder = try Self.tree([
      "a": ("shared-ws", ["k.yml": Self.cluster("k8s-a", "one"), "store": "../shared.db"]),
      "b": ("shared-ws", ["k.yml": Self.cluster("k8s-b", "one"), "store": "../shared.db"]),
    ])
    for command in ["validate", "plan", "apply"] {
      let run = try folder.run(command, "--all")
      #expect(run.status == 3)
      #expect(run.messages.contains("[attach-once]"))
    }
    try folder.write(Self.cluster("k8s-a", "two"), to: "b/k.yml")
    #expect(try folder.run("plan", "--all").messages.contains("[shared-name]"))
    try folder.write(Self.cluster("k8s-b", "two"), to: "b/k.yml")
    #expect(try folder.run("plan", "--all").status == 0)
    try folder.write(
      try folder.read("b/berth.yaml").replacing("stack: b", with: "stack: a"), to: "b/berth.yaml")
    let same = try folder.run("plan", "--all")
    #expect(same.status == 3)
    #expect(same.messages.contains("[same-stack]"))
  }

  @Test func `what moves to another workspace is let go there first`() throws {
    let folder = try Self.tree([
      "a-takes": ("ws-new", ["g.yml": Self.pool]),
      "b-gives": (
        "ws-old", ["k.yml": Self.cluster("k8s", "one"), "g.yml": Self.pool]
      ),
    ])
    #expect(try folder.run("apply", "--all", "--auto-approve").status == 0)
    try FileManager.default.moveItem(
      at: folder.url.appendingPathComponent("b-gives/k.yml"),
      to: folder.url.appendingPathComponent("a-takes/k.yml"))
    let run = try folder.run("apply", "--all", "--auto-approve")
    #expect(run.status == 0, "\(run.messages)")
    let lines = run.output.split(separator: "\n")
    let detached = try #require(
      lines.firstIndex { $0.hasPrefix("[b-gives] kubernetes.k8s: Detachment complete") })
    let attaching = try #require(
      lines.firstIndex { $0.hasPrefix("[a-takes] kubernetes.k8s: Attaching") })
    #expect(detached < attaching)
    #expect(!run.messages.contains("cross-workspace"))
  }

  // MARK: Applying

  @Test func `all plans are approved at once, and nothing is done if one can't be made`() throws {
    let folder = try two()
    let asked = try folder.run("apply", "--all")
    #expect(asked.status == 1)
    #expect(asked.messages.contains("[not-approved]"))
    try folder.write("name: gpu\ntype: amlcompute\nsise: 1\n", to: "ml/prod/gpu.yml")
    let run = try folder.run("apply", "--all", "--auto-approve")
    #expect(run.status == 1)
    #expect(run.messages.contains("Nothing was applied: 1 of 2 stacks can't be planned."))
    #expect(try !folder.run("list", "--chdir", "ml/dev").output.contains("gpu"))
    try folder.write(Self.pool, to: "ml/prod/gpu.yml")
    let whole = try folder.run("apply", "--all", "--auto-approve")
    #expect(whole.status == 0, "\(whole.messages)")
    #expect(whole.output.contains("[ml/dev] amlcompute.gpu: Creating...\n"))
    #expect(whole.output.hasSuffix("Apply complete! Resources: 2 added, 0 changed, 0 destroyed.\n"))
    let again = try folder.run("apply", "--all", "--auto-approve")
    #expect(again.status == 0)
    #expect(again.output.contains("  ml/dev   nothing to do\n"))
    #expect(try folder.run("drift", "--all", "--detailed-exitcode").status == 0)
    _ = try folder.run(
      "workspace", "set", "amlcompute.gpu", "max_instances=20", "--chdir", "ml/prod")
    let drift = try folder.run("drift", "--all", "--detailed-exitcode")
    #expect(drift.status == 2)
    #expect(drift.output.contains("  ml/dev   no drift\n  ml/prod  1 drifted\n"))
  }

  @Test func `the digest of all plans is what a review approves`() throws {
    let folder = try two()
    let plan = try folder.run("plan", "--all")
    let digest = try #require(plan.output.firstMatch(of: /Digest: (sha256:[0-9a-f]{64})\n/)?.1)
    try folder.write(Self.pool.replacing("8", with: "9"), to: "ml/dev/gpu.yml")
    let other = try folder.run(
      "apply", "--all", "--auto-approve", "--expect-digest", String(digest))
    #expect(other.status == 5)
    #expect(other.messages.contains("[digest-differs]"))
    try folder.write(Self.pool, to: "ml/dev/gpu.yml")
    let same = try folder.run(
      "apply", "--all", "--auto-approve", "--expect-digest", String(digest))
    #expect(same.status == 0, "\(same.messages)")
  }

  @Test func `stacks of one workspace take turns with its lock`() throws {
    let folder = try Self.tree([
      "a": ("shared-ws", ["a.yml": "name: pool-a\ntype: amlcompute\n", "store": "../shared.db"]),
      "b": ("shared-ws", ["b.yml": "name: pool-b\ntype: amlcompute\n", "store": "../shared.db"]),
      "c": ("shared-ws", ["c.yml": "name: pool-c\ntype: amlcompute\n", "store": "../shared.db"]),
    ])
    let run = try folder.run("apply", "--all", "--auto-approve", "--parallelism", "9")
    #expect(run.status == 0, "\(run.messages)")
    #expect(try folder.run("plan", "--all", "--detailed-exitcode").status == 0)
  }

  @Test func `an interrupt lets what runs come to its end and begins no other stack`() throws {
    let folder = try Self.tree(
      [
        "a": ("shared-ws", ["a.yml": "name: pool-a\ntype: amlcompute\n", "store": "../shared.db"]),
        "b": ("shared-ws", ["b.yml": "name: pool-b\ntype: amlcompute\n", "store": "../shared.db"]),
      ], milliseconds: TemporaryFolder.longEnough)
    var apply = try RunningApply(
      in: folder, ["apply", "--all", "--auto-approve", "--report", "json=report.json"])
    apply.wait(for: "[a] amlcompute.pool-a: Creating...")
    apply.process.interrupt()
    #expect(apply.waitUntilExit() == 130)
    #expect(apply.output.contains("  b  not begun\n"))
    let list = try folder.run("list", "--chdir", "b").output
    #expect(list.contains("pool-a"))
    #expect(!list.contains("pool-b"))
    let report = try json(try folder.read("report.json"))
    #expect(report["exit_code"] as? Int == 130)
  }

  @Test func `F25 a stack that was asked to end before it began anything begins nothing`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    // The first list is for the question that all stacks share.
    try folder.write("faults: [{on: list, nth: 2, delay: 600}]\n", to: ".faults")
    let emulator = try EmulatorProcess(
      ["--auth", "none", "--faults", ".faults"], in: folder.url)
    try folder.useService(at: try emulator.url())
    var apply = try RunningApply(in: folder, ["apply", "--all", "--auto-approve", "--json"])
    apply.wait(for: "state_lock_acquire")
    apply.process.interrupt()
    #expect(apply.waitUntilExit() == 130, "\(apply.output)")
    #expect(!apply.output.contains("apply_start"), "\(apply.output)")
    #expect(try folder.run("list").output == "The workspace has no targets.\n")
  }

  // MARK: Reports

  @Test func `a report is about all stacks, each in the form's own grouping`() throws {
    let folder = try two()
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent(".git"), withIntermediateDirectories: true)
    _ = try folder.run("apply", "--all", "--auto-approve")
    _ = try folder.run(
      "workspace", "set", "amlcompute.gpu", "max_instances=20", "--chdir", "ml/prod")
    let kinds = ["markdown", "sarif", "junit", "metrics", "github", "json", "html"]
    let run = try folder.run(
      ["drift", "--all"] + kinds.flatMap { ["--report", "\($0)=\($0).out"] })
    #expect(run.status == 0, "\(run.messages)")
    let sarif = try json(try folder.read("sarif.out"))
    let runs = try #require(sarif["runs"] as? [[String: Any]])
    #expect(runs.count == 2)
    #expect(
      try folder.read("junit.out").matches(of: /<testsuite name="([^"]+)"/).map { String($0.1) }
        == ["ws-dev/dev", "ws-prod/prod"])
    let metrics = try folder.read("metrics.out")
    #expect(
      metrics.contains(
        "berth_drift_resources{workspace=\"ws-prod\",action=\"update\",stack=\"prod\","
          + "folder=\"ml/prod\"} 1\n"))
    #expect(metrics.matches(of: /# TYPE berth_exit_code/).count == 1)
    #expect(metrics.hasSuffix("# EOF\n"))
    #expect(
      try folder.read("github.out")
        == "::warning file=ml/prod/gpu.yml,line=1,col=7,title=drift::Target has changed\n")
    let whole = try json(try folder.read("json.out"))
    #expect(
      (whole["stacks"] as? [[String: Any]])?.map { $0["folder"] as? String }
        == ["ml/dev", "ml/prod"])
    let markdown = try folder.read("markdown.out")
    #expect(markdown.hasPrefix("<!-- berth:drift:all_stacks -->\n## :warning: Drift of all stacks"))
    #expect(markdown.contains("| `ml/prod` | :warning: 1 target changed"))
    #expect(try folder.read("html.out").contains("\"stacks\":["))
  }

  @Test func `a metrics file keeps when each stack last went well`() throws {
    let folder = try two()
    _ = try folder.run("plan", "--all", "--report", "metrics=m.prom")
    func last(_ stack: String) throws -> String? {
      try folder.read("m.prom").split(separator: "\n").first {
        $0.hasPrefix("berth_last_success") && $0.contains("folder=\"ml/\(stack)\"")
      }.map(String.init)
    }
    // Another time than now, as if it had been yesterday.
    let text = try folder.read("m.prom")
      .replacing(/(berth_last_success_timestamp_seconds\{[^}]*\}) [0-9]+/) { "\($0.1) 1700000000" }
    try folder.write(text, to: "m.prom")
    try folder.write("name: [\n", to: "ml/dev/gpu.yml")
    #expect(try folder.run("plan", "--all", "--report", "metrics=m.prom").status == 1)
    let (dev, prod) = (try last("dev"), try last("prod"))
    #expect(dev?.hasSuffix(" 1700000000") == true)
    #expect(prod?.hasSuffix(" 1700000000") == false)
  }

  @Test func `later steps on GitHub get one digest and the number of all changes`() throws {
    let folder = try two()
    try folder.write("", to: "outputs")
    let run = try folder.run(
      "plan", "--all",
      environment: ["GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": folder.url.path + "/outputs"])
    let digest = try #require(run.output.firstMatch(of: /Digest: (sha256:[0-9a-f]{64})\n/)?.1)
    #expect(try folder.read("outputs") == "exitcode=0\nchanges=2\ndigest=\(digest)\n")
  }
}
