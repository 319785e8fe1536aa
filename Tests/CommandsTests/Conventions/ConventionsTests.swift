import Foundation
import TestSupport
import Testing

/// Clauses of the conventions that no other test is about.
@Suite("Conventions")
struct ConventionsTests {
  private static let pool = "name: gpu\ntype: amlcompute\nmax_instances: 8\n"

  private func applied() throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    return folder
  }

  // MARK: Subcommands

  @Test func `commands have the names of the conventions`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let plan = try folder.run("plan")
    #expect(plan.status == 0)
    for name in ["preview", "diff"] { #expect(try folder.run(name).output == plan.output) }
    #expect(try folder.run("generate").output == folder.run("import").output)
    for command in [
      "validate", "fmt", "plan", "apply", "drift", "show", "import", "generate", "explain", "lock",
      "force-unlock", "workspace", "version",
    ] {
      #expect(try folder.run(command, "--help").status == 0, "\(command)")
    }
  }

  @Test func `drift says what plan --refresh-only says`() throws {
    let folder = try applied()
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    let drift = try folder.run("drift", "--detailed-exitcode")
    let plan = try folder.run("plan", "--refresh-only", "--detailed-exitcode")
    #expect(drift.output == plan.output)
    #expect(drift.status == 2 && plan.status == 2)
    #expect(drift.output.contains("has changed"))
  }

  @Test func `a stale plan is shown all the same`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    let fresh = try folder.run("show", "plan.json").output
    try folder.write(Self.pool.replacing("8", with: "9"), to: "gpu.yml")
    #expect(try folder.run("apply", "plan.json").status == 5)
    let stale = try folder.run("show", "plan.json")
    #expect(stale.status == 0)
    #expect(stale.output == fresh)
    #expect(try folder.run("show", "plan.json", "--json").status == 0)
  }

  @Test func `addresses need no quotes`() throws {
    let folder = try applied()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(BerthBinary.location.path) plan --target amlcompute.gpu"]
    process.currentDirectoryURL = folder.url
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try folder.run("list").output.contains("amlcompute.gpu"))
  }

  // MARK: Flags

  @Test(arguments: [
    ("validate", ["chdir", "report", "no-color", "color", "input", "json"]),
    ("fmt", ["check", "diff", "chdir", "no-color", "color", "input"]),
    (
      "plan",
      [
        "chdir", "out", "detailed-exitcode", "fail-on", "target", "exclude", "target-file",
        "exclude-file", "replace", "destroy", "refresh-only", "refresh", "parallelism",
        "generate-config-out", "json", "json-into", "report", "no-color", "color", "concise",
        "compact-warnings", "input",
      ]
    ),
    (
      "apply",
      [
        "chdir", "target", "exclude", "target-file", "exclude-file", "replace", "destroy",
        "refresh-only", "parallelism", "lock", "lock-timeout", "auto-approve", "input",
        "expect-digest", "json", "json-into", "concise", "compact-warnings", "no-color", "color",
      ]
    ),
    ("drift", ["detailed-exitcode", "fail-on", "json", "json-into", "report", "chdir", "input"]),
  ])
  func `every flag of the conventions is in the help of its commands`(
    command: String, flags: [String]
  ) throws {
    let help = try BerthBinary.run([command, "--help"], in: BerthBinary.packageFolder).output
    for flag in flags {
      #expect(help.contains("--\(flag) ") || help.contains("--\(flag)\n"), "\(command) --\(flag)")
    }
  }

  @Test func `every flag that lifts a safety rule says that it is dangerous`() throws {
    let help = try BerthBinary.run(["apply", "--help"], in: BerthBinary.packageFolder).output
    #expect(help.matches(of: /--dangerous-[a-z-]+/).count >= 2)
    for word in ["--force", "--ignore", "--skip", "--allow", "--unsafe", "--no-protect"] {
      #expect(!help.contains(word), "\(word)")
    }
  }

  @Test func `--fail-on knows each class of the conventions`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    for word in ["create", "attach", "update", "detach", "replace", "delete", "drift"] {
      let run = try folder.run("plan", "--fail-on", word, "--detailed-exitcode")
      #expect(run.status == (word == "create" ? 3 : 2), "\(word)")
    }
    #expect(try folder.run("plan", "--fail-on", "update,create").status == 3)
    #expect(try folder.run("plan", "--fail-on", "creates").status == 1)
    let made = try applied()
    _ = try made.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    #expect(try made.run("drift", "--fail-on", "drift").status == 3)
    #expect(try made.run("plan", "--fail-on", "update").status == 3)
  }

  @Test func `--parallelism is a number, and 10 by itself`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    #expect(
      try folder.run("apply", "--help").output.contains("--parallelism <n>")
        && folder.run("apply", "--help").output.contains("(default: 10)"))
    for wrong in ["0", "-1", "many", "1001"] {
      #expect(try folder.run("apply", "--parallelism=\(wrong)").status == 1, "\(wrong)")
      #expect(try folder.run("plan", "--parallelism=\(wrong)").status == 1, "\(wrong)")
    }
    #expect(try folder.run("apply", "--auto-approve", "--parallelism", "1").status == 0)
  }

  @Test func `nobody is asked where nobody can answer`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    for (arguments, environment) in [
      (["apply"], [:]), (["apply", "--input=false"], [:]), (["apply"], ["BERTH_INPUT": "0"]),
      (["destroy"], [:]),
    ] as [([String], [String: String])] {
      if arguments == ["destroy"] { _ = try folder.run("apply", "--auto-approve") }
      let run = try folder.run(arguments, environment: environment)
      #expect(run.status == 1)
      #expect(run.messages.contains("[not-approved]"))
      #expect(!run.messages.contains("Enter a value"))
    }
    #expect(try folder.run("list").output.contains("gpu"), "nothing was destroyed")
    #expect(try folder.run("destroy", "--auto-approve").status == 0)
  }

  @Test func `--expect-digest wants exactly that plan`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let plan = try folder.run("plan", "--out", "plan.json").output
    let digest = String(try #require(plan.firstMatch(of: /Digest: (\S+)\n/)?.1))
    let wrong = "sha256:" + String(repeating: "0", count: 64)
    #expect(try folder.run("apply", "--auto-approve", "--expect-digest", wrong).status == 5)
    #expect(try folder.run("apply", "plan.json", "--expect-digest", wrong).status == 5)
    #expect(try folder.run("apply", "--auto-approve", "--expect-digest", digest).status == 0)
  }

  @Test func `a plan writes manifests for live targets that have none`() throws {
    let folder = try applied()
    let id =
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/"
      + "Microsoft.ContainerService/managedClusters/aks"
    _ = try folder.run("workspace", "attach", "by-hand", "kubernetes", id)
    let plan = try folder.run("plan", "--generate-config-out", "found.yml")
    #expect(plan.status == 0, "\(plan.messages)")
    #expect(plan.output.contains("Wrote 1 target to found.yml"))
    #expect(try folder.read("found.yml").contains("name: by-hand"))
    let again = try folder.run("plan", "--generate-config-out", "found.yml")
    #expect(again.messages.contains("has a document or another owner"))
    _ = try folder.run("workspace", "attach", "other", "kubernetes", id + "2")
    let there = try folder.run("plan", "--generate-config-out", "found.yml")
    #expect(there.status == 1, "what is there is not touched")
    #expect(try folder.run("plan", "--generate-config-out", "x", "--destroy").status == 1)
  }

  @Test func `hints about the next command are for people`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let hinted = try folder.run("plan", "--out", "a.json", environment: ["BERTH_IN_AUTOMATION": ""])
    #expect(hinted.output.contains("run: berth apply a.json"))
    #expect(try !folder.run("plan", "--out", "b.json").output.contains("run: berth apply"))
  }

  @Test func `results and messages have a stream each`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": "name: gpu\ntype: amlcompute\nmin_instances: 1\nmax_instances: 8\n"
    ])
    let plan = try folder.run("plan")
    #expect(plan.output.contains("Plan: 1 to add"))
    #expect(plan.messages.contains("Warning: "))
    #expect(!plan.output.contains("Warning: "))
    #expect(!plan.messages.contains("Plan: 1 to add"))
  }

  // MARK: Exit codes

  @Test func `exit codes are those of the conventions`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    #expect(try folder.run("plan").status == 0, "changes alone are no exit code")
    #expect(try folder.run("plan", "--detailed-exitcode").status == 2)
    #expect(try folder.run("plan", "--detailed-exitcode", "--fail-on", "create").status == 3)
    #expect(try folder.run("plan", "--destroy", "--detailed-exitcode").status == 0)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
    #expect(try folder.run("plan", "--destroy", "--detailed-exitcode").status == 2)
    #expect(try folder.run("plan", "--nonsense").status == 1)
  }

  // MARK: Approval

  /// Runs a command on a terminal of its own, where somebody types an answer.
  private func answering(
    _ answer: String, _ arguments: [String], in folder: TemporaryFolder
  ) throws -> BerthBinary.Run? {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else {
      print("SKIPPED: no script(1) here to type an answer on a terminal.")
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "printf '%s\\n' '\(answer)' | script --quiet --return --echo never --command "
        + "'\(BerthBinary.location.path) \(arguments.joined(separator: " ")) --no-color 2>asked' "
        + "/dev/null >shown",
    ]
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C", "TERM": "dumb"]
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return BerthBinary.Run(
      status: process.terminationStatus, output: try folder.read("shown"),
      messages: try folder.read("asked"))
  }

  @Test func `the question is that of the conventions, and only yes goes on`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    for answer in ["no", "y", "YES", ""] {
      guard let run = try answering(answer, ["apply"], in: folder) else { return }
      #expect(run.status == 1, "\(answer)")
      #expect(run.output.contains("Apply cancelled."))
      #expect(
        run.messages.contains(
          """

          Do you want to perform these actions?
            Berth will perform the actions described above.
            Only 'yes' will be accepted to approve.

            Enter a value:
          """), "\(run.messages)")
    }
    #expect(try answering("yes", ["apply"], in: folder)?.status == 0)
    let destroy = try #require(try answering("no", ["destroy"], in: folder))
    #expect(destroy.status == 1)
    #expect(destroy.output.contains("Destroy cancelled."))
    #expect(destroy.messages.contains("Do you really want to destroy all resources?\n"))
    #expect(
      destroy.messages.contains("There is no undo. Only 'yes' will be accepted to confirm.\n"))
  }
}
