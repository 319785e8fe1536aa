import Foundation
import ManifestSyntax
import Testing

/// What runs on machines: the image, the timer and the hooks of a checkout.
@Suite("Recipes for hosts")
struct HostRecipeTests {
  /// A program from `scripts/install-test-tools`; nil, aloud, where it is not there.
  static func checker(_ name: String) -> URL? {
    let file = BerthBinary.packageFolder.appendingPathComponent(
      ".build/recipe-checkers/bin/\(name)")
    if FileManager.default.isExecutableFile(atPath: file.path) { return file }
    print("SKIPPED: no \(name), for want of scripts/install-test-tools.")
    return nil
  }

  @Test func `pre-commit brings manifests into form and refuses what is not valid`() throws {
    guard let preCommit = Self.checker("pre-commit") else { return }
    // A repository of hooks as pre-commit clones it, with our file.
    let hooks = try TemporaryFolder()
    try hooks.write(
      try String(
        contentsOf: BerthBinary.packageFolder.appendingPathComponent(".pre-commit-hooks.yaml"),
        encoding: .utf8), to: ".pre-commit-hooks.yaml")
    try hooks.git("init", "--quiet")
    try hooks.commit(on: "2026-01-01")
    let revision = try hooks.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
    let folder = try TemporaryFolder.stack(["gpu.yml": "name:   gpu\ntype: amlcompute\n"])
    try folder.write(
      """
      repos:
        - repo: file://\(hooks.url.path)
          rev: \(revision)
          hooks:
            - id: berth-fmt
            - id: berth-validate

      """, to: ".pre-commit-config.yaml")
    try folder.git("init", "--quiet")
    try folder.git("add", "--all")
    let runner = try FakeRunner(folder)
    runner.environment["PRE_COMMIT_HOME"] = hooks.url.path + "/.cache"
    let command = "'\(preCommit.path)' run --all-files --color never"
    let first = try runner.bash(command)
    #expect(first.status == 1, "\(first.output)\(first.messages)")
    #expect(first.output.contains("files were modified by this hook"))
    #expect(try folder.read("gpu.yml") == "name: gpu\ntype: amlcompute\n")
    try folder.git("add", "--all")
    let second = try runner.bash(command)
    #expect(second.status == 0, "\(second.output)\(second.messages)")
    try folder.write("name: gpu\ntype: amlcompute\nsise: 1\n", to: "gpu.yml")
    let third = try runner.bash(command)
    #expect(third.status == 1)
    #expect(third.output.contains("[unknown-key]"), "\(third.output)")
  }

  // MARK: systemd

  private func unit(_ name: String) throws -> [String: [String]] {
    let lines = try Recipe.text("systemd/\(name)").split(separator: "\n")
    let pairs = lines.filter { !$0.hasPrefix("#") && $0.contains("=") }.map { line in
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), String(parts[1]))
    }
    return Dictionary(grouping: pairs, by: \.0).mapValues { $0.map(\.1) }
  }

  @Test func `the service's command leaves metrics of all stacks, also when it finds drift`() throws
  {
    let folder = try ManyStacksTests.tree([
      "a": ("ws-one", ["gpu.yml": ManyStacksTests.pool]),
      "b": ("ws-two", ["gpu.yml": ManyStacksTests.pool]),
    ])
    _ = try folder.run("apply", "--all", "--auto-approve")
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=20", "--chdir", "b")
    let runner = try FakeRunner(folder)
    let service = try unit("berth-drift@.service")
    for setting in service["Environment"] ?? [] {
      for pair in setting.split(separator: " ") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        runner.environment[String(parts[0])] = String(parts[1])
      }
    }
    let command = try #require(service["ExecStart"]?.first).replacing("%i", with: "ml")
      .replacing("/usr/local/bin/berth", with: "berth")
      .replacing("/var/lib/node_exporter/textfile", with: folder.url.path)
    let run = try runner.bash(command)
    #expect(run.status == 0, "\(run.messages)")
    let metrics = try folder.read("berth-ml.prom")
    #expect(metrics.contains("action=\"update\",stack=\"b\",folder=\"b\"} 1\n"))
    #expect(metrics.hasSuffix("# EOF\n"))
  }

  @Test func `systemd finds nothing wrong with the units`() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else {
      print("SKIPPED: no systemd-analyze here.")
      return
    }
    let folder = try TemporaryFolder()
    let service = try Recipe.text("systemd/berth-drift@.service")
      .replacing("/usr/local/bin/berth", with: BerthBinary.location.path)
    try folder.write(service, to: "berth-drift@.service")
    try folder.write(try Recipe.text("systemd/berth-drift@.timer"), to: "berth-drift@.timer")
    let runner = try FakeRunner(folder)
    let run = try runner.bash(
      "systemd-analyze --man=no verify ./berth-drift@.service ./berth-drift@.timer")
    #expect(run.status == 0, "\(run.messages)")
    #expect(!run.messages.contains("berth-drift"), "\(run.messages)")
    let unit = try unit("berth-drift@.service")
    #expect(unit["User"] == ["berth"])
    #expect(unit["NoNewPrivileges"] == ["yes"])
    #expect(unit["ProtectSystem"] == ["strict"])
  }

  // MARK: Docker

  @Test func `the image is small, pinned, and nobody's`() throws {
    let lines = try Recipe.text("docker/Dockerfile")
      .replacing("\\\n", with: " ").split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map(String.init)
    let from = lines.filter { $0.hasPrefix("FROM ") }
    #expect(from.count == 2, "the compiler is no part of the image")
    for line in from { #expect(line.contains(/:[0-9]/), "\(line) names no version") }
    let users = lines.filter { $0.hasPrefix("USER ") }
    #expect(users.last?.wholeMatch(of: /USER ([1-9][0-9]*):([1-9][0-9]*)/) != nil)
    for line in lines where line.contains("apt-get install") {
      #expect(line.contains("--no-install-recommends"))
      #expect(line.contains("rm -rf /var/lib/apt/lists/*"))
    }
    #expect(!lines.contains { $0.hasPrefix("ADD ") })
    #expect(lines.contains("ENTRYPOINT [\"berth\"]"))
    let ignored = try Recipe.text("docker/Dockerfile.dockerignore").split(separator: "\n")
    #expect(ignored.first == "**", "nothing gets in that is not named")
    let unkept = try String(
      contentsOf: BerthBinary.packageFolder.appendingPathComponent(".gitignore"), encoding: .utf8
    ).split(separator: "\n")
    for line in lines where line.hasPrefix("COPY ") && !line.contains("--from") {
      for source in line.split(separator: " ").dropFirst().dropLast() {
        #expect(ignored.contains("!\(source)"))
        #expect(!unkept.contains(source), "a fresh clone has no \(source)")
        #expect(
          FileManager.default.fileExists(
            atPath: BerthBinary.packageFolder.appendingPathComponent(String(source)).path))
      }
    }
  }
}
