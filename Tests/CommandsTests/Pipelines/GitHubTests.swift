import Diagnostics
import Foundation
import ManifestSyntax
import Testing

/// `examples/pipelines/github`: the action's own steps and the jobs of the workflow, run by bash.
@Suite("Recipe for GitHub")
struct GitHubTests {
  /// What a job left.
  private struct Job {
    var hasFailed = false
    var log = ""
    var outputs: [String: String] = [:]
  }

  private func runner(_ max: Int = 8) throws -> FakeRunner {
    let folder = try ManyStacksTests.tree([
      "ml/dev": ("ws-dev", ["gpu.yml": "name: gpu\ntype: amlcompute\nmax_instances: \(max)\n"]),
      "ml/prod": ("ws-prod", ["gpu.yml": ManyStacksTests.pool]),
    ])
    try folder.write(".berth/\nrunner/\n", to: ".gitignore")
    try folder.git("init", "--quiet", "--initial-branch", "main")
    try folder.commit(on: "2026-01-01")
    try folder.git("update-ref", "refs/remotes/origin/main", "HEAD")
    let runner = try FakeRunner(folder)
    try folder.write("", to: "runner/summary.md")
    runner.environment = [
      "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "org/repo", "CI": "true",
      "RUNNER_TEMP": folder.url.path + "/runner",
      "GITHUB_STEP_SUMMARY": folder.url.path + "/runner/summary.md",
    ]
    return runner
  }

  /// Runs the steps of a node that has them: those of the action, or of one of the workflow's jobs.
  private func run(
    _ steps: YAMLNode, _ runner: FakeRunner, _ given: Expressions, into job: inout Job
  ) throws -> Expressions {
    var expressions = given
    for step in steps.elements {
      let condition = step["if"]?.text ?? ""
      guard expressions.holds(condition, hasFailed: job.hasFailed) else { continue }
      if let action = step["uses"]?.text {
        guard action.hasPrefix("berth-iac/berth/examples/pipelines/github@") else { continue }
        let outputs = try self.action(
          step["with"], runner, expressions, into: &job)
        for (name, value) in outputs {
          expressions.values["steps.\(step["id"]?.text ?? "").outputs.\(name)"] = value
        }
        continue
      }
      let file = try runner.checkout.write("", to: "runner/outputs")
      var environment = ["GITHUB_OUTPUT": file.path]
      for (name, value) in step["env"]?.entries ?? .empty {
        environment[name.text] = expressions.filled(value.text)
      }
      let run = try runner.bash(try #require(step["run"]?.text), environment)
      job.log += run.output + run.messages
      if run.status != 0 { job.hasFailed = true }
      for line in try runner.checkout.read("runner/outputs").split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1)
        expressions.values["steps.\(step["id"]?.text ?? "").outputs.\(parts[0])"] =
          String(parts.last ?? "")
      }
    }
    return expressions
  }

  /// Runs the action with some inputs; its outputs.
  private func action(
    _ inputs: YAMLNode?, _ runner: FakeRunner, _ given: Expressions, into job: inout Job
  ) throws -> [String: String] {
    let action = try Recipe.yaml("github/action.yml")
    var own = Expressions(values: given.values.filter { $0.key.hasPrefix("github.") })
    for (name, input) in action["inputs"]?.entries ?? .empty {
      let value = inputs?[name.text]?.text ?? input["default"]?.text ?? ""
      own.values["inputs.\(name.text)"] = given.filled(value)
    }
    for name in inputs?.entries.map(\.key.text) ?? [] {
      #expect(own.values["inputs.\(name)"] != nil, "the action has no input '\(name)'")
    }
    let after = try run(
      try #require(action["runs"]?["steps"]), runner, own, into: &job)
    return Dictionary(
      uniqueKeysWithValues: (action["outputs"]?.entries ?? .empty).map {
        ($0.key.text, after.filled($0.value["value"]?.text ?? ""))
      })
  }

  private func run(
    job name: String, of runner: FakeRunner, _ values: [String: String]
  ) throws -> Job? {
    let workflow = try Recipe.yaml("github/workflow.yml")
    let node = try #require(workflow["jobs"]?[name])
    let expressions = Expressions(values: values)
    guard expressions.holds(node["if"]?.text ?? "", hasFailed: false) else { return nil }
    var job = Job()
    let after = try run(try #require(node["steps"]), runner, expressions, into: &job)
    for (name, value) in node["outputs"]?.entries ?? .empty {
      job.outputs[name.text] = after.filled(value.text)
    }
    return job
  }

  /// Runs the action alone.
  private func action(_ inputs: String, _ runner: FakeRunner) throws -> Job {
    var findings = DiagnosticList()
    let node = try #require(
      readYAML(Array(inputs.utf8), file: "inputs", reporting: &findings).first?.root)
    var job = Job()
    job.outputs = try action(
      node, runner, Expressions(values: ["github.token": "t"]), into: &job)
    return job
  }

  private static let pullRequest = [
    "github.event_name": "pull_request", "github.event.pull_request.number": "7",
    "github.token": "secret-token",
  ]

  @Test func `a pull request is validated, planned, told in a summary and commented on`() throws {
    let runner = try runner()
    try runner.fake("gh")
    try runner.checkout.write(ManyStacksTests.pool + "tier: dedicated\n", to: "ml/dev/gpu.yml")
    try runner.checkout.commit(on: "2026-01-02")
    let job = try #require(try run(job: "review", of: runner, Self.pullRequest))
    #expect(!job.hasFailed, "\(job.log)")
    #expect(job.log.contains("Success! The manifests are valid"))
    #expect(job.log.contains("Plan for all stacks: 1 to add"), "only what changed is planned")
    let summary = try runner.checkout.read("runner/summary.md")
    #expect(summary.hasPrefix("<!-- berth:plan:all_stacks -->"))
    let calls = runner.calls(of: "gh")
    #expect(calls.contains("repos/org/repo/issues/7/comments"))
    #expect(calls.contains("POST"))
    #expect(calls.contains { $0.hasPrefix("body=@") })
    #expect(!calls.contains { $0.contains("secret-token") })
    for other in ["plan", "apply", "drift"] {
      #expect(try run(job: other, of: runner, Self.pullRequest) == nil, "\(other)")
    }
  }

  @Test func `the comment of an earlier push is edited`() throws {
    let runner = try runner()
    try runner.fake("gh", printing: "4711")
    _ = try run(job: "review", of: runner, Self.pullRequest)
    #expect(runner.calls(of: "gh").contains("PATCH"))
    #expect(runner.calls(of: "gh").contains("repos/org/repo/issues/comments/4711"))
  }

  @Test func `mistakes fail the job, with annotations on their lines and a summary`() throws {
    let runner = try runner()
    try runner.fake("gh")
    try runner.checkout.write("name: gpu\ntype: amlcompute\nsise: 1\n", to: "ml/dev/gpu.yml")
    let job = try #require(try run(job: "review", of: runner, Self.pullRequest))
    #expect(job.hasFailed)
    #expect(
      job.log.contains("::error file=ml/dev/gpu.yml,line=3,col=1,title=unknown-key::"),
      "\(job.log)")
    #expect(try runner.checkout.read("runner/summary.md").contains("unknown-key"))
  }

  @Test func `what is merged is applied if it is what was planned, and nothing else`() throws {
    let runner = try runner()
    let push = ["github.event_name": "push"]
    let plan = try #require(try run(job: "plan", of: runner, push))
    #expect(!plan.hasFailed, "\(plan.log)")
    #expect(plan.outputs["changes"] == "2")
    let digest = try #require(plan.outputs["digest"])
    #expect(digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
    let needs = push.merging(
      ["needs.plan.outputs.changes": "2", "needs.plan.outputs.digest": digest]) { $1 }
    try runner.checkout.write(ManyStacksTests.pool.replacing("8", with: "9"), to: "ml/dev/gpu.yml")
    let other = try #require(try run(job: "apply", of: runner, needs))
    #expect(other.hasFailed)
    #expect(other.log.contains("[digest-differs]"))
    try runner.checkout.git("checkout", "--quiet", ".")
    let apply = try #require(try run(job: "apply", of: runner, needs))
    #expect(!apply.hasFailed, "\(apply.log)")
    #expect(apply.log.contains("Apply complete! Resources: 2 added"))
    let none = push.merging(["needs.plan.outputs.changes": "0"]) { $1 }
    #expect(try run(job: "apply", of: runner, none) == nil)
  }

  @Test func `drift found at night fails the job and opens a summary`() throws {
    let runner = try runner()
    _ = try runner.checkout.run("apply", "--all", "--auto-approve")
    let night = ["github.event_name": "schedule"]
    let calm = try #require(try run(job: "drift", of: runner, night))
    #expect(!calm.hasFailed, "\(calm.log)")
    _ = try runner.checkout.run(
      "workspace", "set", "amlcompute.gpu", "max_instances=20", "--chdir", "ml/prod")
    let job = try #require(try run(job: "drift", of: runner, night))
    #expect(job.hasFailed)
    #expect(job.log.contains("::warning file=ml/prod/gpu.yml,line=1,col=7,title=drift::"))
    #expect(try runner.checkout.read("runner/summary.md").contains("`max_instances`") == false)
    #expect(try runner.checkout.read("runner/summary.md").contains("1 target drifted"))
  }

  @Test func `the action works on one stack, and refuses what it does not know`() throws {
    let runner = try runner()
    let plan = try action("{command: plan, folder: ml/dev}", runner)
    #expect(!plan.hasFailed, "\(plan.log)")
    #expect(plan.outputs["changes"] == "1")
    #expect(plan.outputs["exitcode"] == "0")
    #expect(try action("{command: apply, folder: ml/dev}", runner).hasFailed, "without a digest")
    #expect(try action("{command: 'plan; id'}", runner).hasFailed)
    let digest = try #require(plan.outputs["digest"])
    let apply = try action(
      "{command: apply, folder: ml/dev, expect-digest: '\(digest)'}", runner)
    #expect(!apply.hasFailed, "\(apply.log)")
    let refused = try action(
      "{command: plan, folder: ml/prod, arguments: --fail-on create}", runner)
    #expect(refused.outputs["exitcode"] == "3")
    try runner.withoutBerth()
    let without = try action("{command: plan, folder: ml/dev}", runner)
    #expect(without.hasFailed)
    #expect(without.log.contains("berth is not on PATH"))
  }

  @Test func `hostile inputs are text and never commands`() throws {
    let runner = try runner()
    let trap = "$(touch sprung)`touch sprung`; touch sprung #"
    for input in ["folder", "changed-since", "options", "arguments", "expect-digest", "all"] {
      _ = try action("{command: plan, \(input): '\(trap)'}", runner)
      _ = try action("{command: apply, expect-digest: x, \(input): '\(trap)'}", runner)
    }
    #expect(
      !FileManager.default.fileExists(
        atPath: runner.checkout.url.appendingPathComponent("sprung").path))
  }
}
