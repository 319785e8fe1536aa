import Foundation
import ManifestSyntax
import Testing

/// `examples/pipelines/gitlab` and `examples/pipelines/azure`: their jobs' scripts, run by bash.
@Suite("Recipes for GitLab and Azure Pipelines")
struct OtherPipelinesTests {
  private func runner() throws -> FakeRunner {
    let folder = try TemporaryFolder.stack(["gpu.yml": ManyStacksTests.pool])
    let runner = try FakeRunner(folder)
    try runner.fake("curl")
    runner.environment = ["CI": "true", "BERTH_INPUT": "0", "BERTH_IN_AUTOMATION": "1"]
    return runner
  }

  // MARK: GitLab

  /// Runs the scripts of a job; those of `after_script` whatever came before.
  private func job(
    _ name: String, _ runner: FakeRunner, _ more: [String: String] = [:]
  ) throws -> BerthBinary.Run {
    let file = try Recipe.yaml("gitlab/berth.yml")
    let node = try #require(file[name])
    var environment = more
    for (name, value) in file["variables"]?.entries ?? .empty {
      environment[name.text] = value.text
    }
    let lines = try #require(node["script"]).elements.map(\.text)
    let run = try runner.bash(lines.joined(separator: "\n"), environment)
    for script in node["after_script"]?.elements.map(\.text) ?? [] {
      let after = try runner.bash(script, environment)
      #expect(after.status == 0, "\(after.messages)")
    }
    return run
  }

  private func hasArtifacts(_ name: String, _ runner: FakeRunner) throws -> Bool {
    let node = try #require(try Recipe.yaml("gitlab/berth.yml")[name]?["artifacts"])
    let paths =
      (node["paths"]?.elements ?? []).map(\.text)
      + (node["reports"]?.entries ?? .empty).map(\.value.text)
    return paths.allSatisfy {
      FileManager.default.fileExists(
        atPath: runner.checkout.url.appendingPathComponent($0).path)
    }
  }

  @Test func `GitLab plans a merge request and leaves a note where it may`() throws {
    let runner = try runner()
    #expect(try job("berth:review", runner).status == 0)
    #expect(try hasArtifacts("berth:review", runner))
    #expect(runner.calls(of: "curl").isEmpty, "without a token")
    let merge = [
      "BERTH_GITLAB_TOKEN": "token", "CI_API_V4_URL": "https://gitlab.example/api/v4",
      "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "9",
    ]
    #expect(try job("berth:review", runner, merge).status == 0)
    let calls = runner.calls(of: "curl")
    #expect(
      calls.last == "https://gitlab.example/api/v4/projects/5/merge_requests/9/notes")
    #expect(calls.contains("body@plan.md"))
  }

  @Test func `GitLab applies the saved plan, and that one only`() throws {
    let runner = try runner()
    #expect(try job("berth:plan", runner).status == 0)
    #expect(try hasArtifacts("berth:plan", runner))
    let apply = try job("berth:apply", runner)
    #expect(apply.status == 0, "\(apply.messages)")
    #expect(apply.output.contains("Apply complete! Resources: 1 added"))
    #expect(try hasArtifacts("berth:apply", runner))
    #expect(try job("berth:apply", runner).status == 5, "once")
  }

  @Test func `GitLab's nightly job fails where there is drift`() throws {
    let runner = try runner()
    _ = try runner.checkout.run("apply", "--auto-approve")
    #expect(try job("berth:drift", runner).status == 0)
    _ = try runner.checkout.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    #expect(try job("berth:drift", runner).status == 3)
    #expect(try hasArtifacts("berth:drift", runner))
    #expect(try runner.checkout.read("drift.xml").contains("type=\"drift\""))
  }

  // MARK: Azure Pipelines

  /// The steps with a script of a stage, wherever they stand.
  private func steps(of stage: String) throws -> [YAMLNode] {
    func steps(_ node: YAMLNode) -> [YAMLNode] {
      if node["script"] != nil { return [node] }
      return node.elements.flatMap(steps) + node.entries.flatMap { steps($0.value) }
    }
    let stages = try #require(try Recipe.yaml("azure/berth.yml")["stages"]).elements
    return steps(try #require(stages.first { $0["stage"]?.text == stage }))
  }

  /// Runs a stage, with `$(name)` and `${{ parameters.name }}` put into the environment of its steps.
  private func stage(
    _ name: String, _ runner: FakeRunner, _ variables: [String: String] = [:]
  ) throws -> BerthBinary.Run {
    var all = BerthBinary.Run(status: 0, output: "", messages: "")
    for step in try steps(of: name) {
      var environment: [String: String] = [:]
      for (key, value) in step["env"]?.entries ?? .empty {
        environment[key.text] = value.text.replacing(/\$\{\{ parameters\.([a-z]+) \}\}/) {
          variables[String($0.1)] ?? "."
        }.replacing(/\$\(([A-Za-z_.]+)\)/) { variables[String($0.1)] ?? "" }
      }
      let run = try runner.bash(try #require(step["script"]?.text), environment)
      all = BerthBinary.Run(
        status: run.status, output: all.output + run.output,
        messages: all.messages + run.messages)
      if run.status != 0 { break }
    }
    return all
  }

  @Test func `Azure Pipelines plans, hands the digest on and applies exactly that`() throws {
    let runner = try runner()
    let place = runner.checkout.url.path + "/runner"
    try runner.checkout.write("", to: "runner/plan/none")
    let variables = [
      "Build.ArtifactStagingDirectory": place + "/plan", "Pipeline.Workspace": place,
    ]
    let plan = try stage("plan", runner, variables)
    #expect(plan.status == 0, "\(plan.messages)")
    #expect(plan.output.contains("##vso[task.uploadsummary]\(place)/plan/plan.md"))
    let digest = try #require(
      plan.output.firstMatch(of: /variable=digest;isOutput=true\](sha256:[0-9a-f]{64})\n/)?.1)
    let wrong = try stage(
      "apply", runner, variables.merging(["digest": "sha256:0"]) { $1 })
    #expect(wrong.status == 5)
    let apply = try stage(
      "apply", runner, variables.merging(["digest": String(digest)]) { $1 })
    #expect(apply.status == 0, "\(apply.messages)")
    #expect(apply.output.contains("Apply complete! Resources: 1 added"))
  }

  @Test func `Azure Pipelines shows drift in a summary and fails`() throws {
    let runner = try runner()
    _ = try runner.checkout.run("apply", "--auto-approve")
    _ = try runner.checkout.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    try runner.checkout.write("", to: "runner/none")
    let run = try stage(
      "drift", runner,
      ["Build.ArtifactStagingDirectory": runner.checkout.url.path + "/runner"])
    #expect(run.status == 3, "\(run.messages)")
    #expect(try runner.checkout.read("runner/drift.md").contains("drift"))
    #expect(run.output.contains("##vso[task.uploadsummary]"))
  }

  // MARK: All of them

  @Test func `no script has anything put into it before a shell reads it`() throws {
    let scripts = try Recipe.allScripts()
    #expect(scripts.count >= 10)
    let runner = try runner()
    for (file, script) in scripts {
      #expect(!script.contains("${{"), "\(file)")
      #expect(script.firstMatch(of: /\$\([A-Za-z_.]+\)/) == nil, "\(file)")
      let checked = try runner.bash("bash -n <<'END_OF_SCRIPT'\n\(script)\nEND_OF_SCRIPT")
      #expect(checked.status == 0 && checked.messages.isEmpty, "\(file): \(checked.messages)")
    }
  }

  @Test func `an action that is not ours is named by a version`() throws {
    for match in try Recipe.text("github/workflow.yml").matches(of: /uses: (\S+)/) {
      #expect(match.1.contains(/@v[0-9]/), "\(match.1)")
    }
  }
}
