import Foundation
import Testing

/// Reports of real runs: which there are, where they go, and that every end of a run has them.
@Suite("Reports of runs")
struct ReportTests {
  private static let pool = "name: gpu\ntype: amlcompute\nmax_instances: 8\n"
  private static let kinds = ["markdown", "sarif", "junit", "metrics", "github", "json", "html"]

  private static func options(_ suffix: String = "out") -> [String] {
    kinds.flatMap { ["--report", "\($0)=\($0).\(suffix)"] }
  }

  /// Removes the reports of the run before, and reads those of this one.
  private func reports(
    of folder: TemporaryFolder, _ arguments: [String], exits status: Int32
  ) throws -> [String: String] {
    for kind in Self.kinds where kind != "metrics" {
      try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("\(kind).out"))
    }
    let run = try folder.run(arguments + Self.options())
    #expect(run.status == status, "\(arguments): \(run.messages)")
    var reports: [String: String] = [:]
    for kind in Self.kinds { reports[kind] = try folder.read("\(kind).out") }
    #expect(try #require(reports["json"]).contains("\"exit_code\": \(status),"))
    #expect(try #require(reports["metrics"]).contains("} \(status)\n"))
    #expect(try #require(reports["metrics"]).hasSuffix("# EOF\n"))
    return reports
  }

  @Test func `every command writes all of them, whatever its exit code`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool], name: "workspace")
    #expect(
      try reports(of: folder, ["validate"], exits: 0)["junit"]?.contains("name=\"gpu\"") == true)
    let planned = try reports(of: folder, ["plan", "--detailed-exitcode"], exits: 2)
    #expect(
      planned["markdown"]?.hasPrefix(
        "<!-- berth:plan:workspace -->\n## Plan for workspace: 1 to add,") == true)
    #expect(
      try reports(of: folder, ["plan", "--fail-on", "create"], exits: 3)["sarif"]?
        .contains("\"fail-on\"") == true)
    _ = try reports(of: folder, ["apply", "--input=false"], exits: 1)
    let digest = "sha256:" + String(repeating: "0", count: 64)
    _ = try reports(of: folder, ["apply", "--expect-digest", digest], exits: 5)
    let applied = try reports(of: folder, ["apply", "--auto-approve"], exits: 0)
    #expect(applied["markdown"]?.contains("1 added, 0 changed, 0 destroyed") == true)
    _ = try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=20")
    let drifted = try reports(of: folder, ["drift", "--detailed-exitcode"], exits: 2)
    #expect(
      drifted["junit"]?.contains("type=\"drift\" message=\"max_instances: 8 -&gt; 20\"") == true)
    #expect(
      drifted["metrics"]?.contains(
        "berth_drift_resources{workspace=\"workspace\",action=\"update\"} 1\n") == true)
    #expect(
      drifted["github"] == "::warning file=gpu.yml,line=1,col=7,title=drift::Target has changed\n")
    _ = try reports(of: folder, ["destroy", "--auto-approve"], exits: 0)
    try folder.write("name: gpu\ntype: amlcompute\nmax_instance: 8\n", to: "gpu.yml")
    for command in [["validate"], ["plan"], ["apply", "--auto-approve"], ["drift"]] {
      let wrong = try reports(of: folder, command, exits: 1)
      #expect(
        wrong["github"]?.contains("::error file=gpu.yml,line=3,col=1,title=unknown-key::") == true)
    }
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("berth.yaml"))
    #expect(
      try reports(of: folder, ["plan"], exits: 1)["sarif"]?.contains("stack-not-found") == true)
  }

  @Test func `a run that fails keeps the time of the last one that went well`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    func last() throws -> Substring? {
      try folder.read("metrics.out").split(separator: "\n").first {
        $0.hasPrefix("berth_last_success_timestamp_seconds{")
      }
    }
    _ = try reports(of: folder, ["plan"], exits: 0)
    let before = try #require(try last())
    try folder.write("name: [\n", to: "gpu.yml")
    _ = try reports(of: folder, ["plan"], exits: 1)
    #expect(try last()?.split(separator: " ").last == before.split(separator: " ").last)
  }

  @Test func `a run that is interrupted reports what it did`() throws {
    let folder = try TemporaryFolder.stack(
      ["gpu.yml": Self.pool, "cpu.yml": "name: cpu-pool\ntype: amlcompute\n"],
      milliseconds: TemporaryFolder.longEnough)
    var apply = try RunningApply(in: folder, ["apply", "--auto-approve"] + Self.options())
    apply.wait(for: "Creating...")
    apply.process.interrupt()
    #expect(apply.waitUntilExit() == 130)
    #expect(try folder.read("json.out").contains("\"exit_code\": 130,"))
    #expect(try folder.read("markdown.out").contains(": interrupted, "))
  }

  @Test func `paths are those of the repository`() throws {
    let folder = try TemporaryFolder()
    let stack = try TemporaryFolder.stack(["gpu.yml": "name: gpu\ntype: amlcompute\nsise: 8\n"])
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent(".git"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("ml"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: stack.url, to: folder.url.appendingPathComponent("ml/prod"))
    let run = try folder.run("--chdir", "ml/prod", "validate", "--report", "github=-")
    #expect(run.output.contains("::error file=ml/prod/gpu.yml,line=3,"), "\(run.output)")
  }

  @Test func `a report on the standard output has it for itself`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    for kind in Self.kinds where kind != "github" {
      let run = try folder.run("plan", "--report", "\(kind)=-")
      #expect(run.status == 0)
      #expect(!run.output.contains("Berth will perform"))
      #expect(run.messages.contains("Plan: 1 to add"))
    }
    let run = try folder.run("plan", "--report", "json=-")
    _ = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    for arguments in [
      ["--report", "json=-", "--report", "html=-"], ["--json", "--report", "json=-"],
    ] {
      #expect(try folder.run(["plan"] + arguments).status == 1)
    }
    let misspelt = try folder.run("plan", "--report", "markdwn=x")
    #expect(misspelt.status == 1)
    #expect(misspelt.messages.contains("Did you mean \"markdown\"?"))
    #expect(try folder.run("plan", "--report", "json").messages.contains("--report json=FILE"))
  }

  @Test func `what can't be written is said, and the other reports are there`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let run = try folder.run("plan", "--report", "json=none/x", "--report", "junit=x.xml")
    #expect(run.status == 1)
    #expect(run.messages.contains("[file-unwritable]"))
    #expect(try folder.read("x.xml").contains("<testsuites>"))
  }

  @Test func `on GitHub the runner, the summary and later steps are told`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    try folder.write("before\n", to: "summary.md")
    try folder.write("", to: "outputs")
    let environment = [
      "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": folder.url.path + "/outputs",
      "GITHUB_STEP_SUMMARY": folder.url.path + "/summary.md",
    ]
    #expect(try folder.run("plan", "--out", "plan.json", environment: environment).status == 0)
    #expect(try folder.read("summary.md").hasPrefix("before\n<!-- berth:plan:"))
    let outputs = try folder.read("outputs").split(separator: "\n").map(String.init)
    #expect(outputs.prefix(2) == ["exitcode=0", "changes=1"])
    #expect(try folder.read("plan.json").contains("\"\(outputs[2].dropFirst("digest=".count))\""))
    try folder.write("name: gpu\ntype: amlcompute\nsise: 8\n", to: "gpu.yml")
    let wrong = try folder.run("plan", environment: environment)
    #expect(wrong.output.contains("::error file=gpu.yml,line=3,"))
    // A stream of events stays one.
    let events = try folder.run("plan", "--json", environment: environment)
    #expect(!events.output.contains("\n::error"))
    #expect(events.messages.contains("::error file=gpu.yml,line=3,"))
    // A summary that is full stays as it is.
    try folder.write(String(repeating: "x", count: 999_990), to: "summary.md")
    #expect(try folder.run("plan", environment: environment).status == 1)
    #expect(try folder.read("summary.md").utf8.count == 999_990)
  }

  @Test func `T33 names that are markup or commands reach no report as such`() throws {
    let text = "| ::error:: <b>x</b> `@team` \\u202e \\e[31m"
    let folder = try TemporaryFolder.stack([
      "gpu.yml": "name: gpu\ntype: amlcompute\ntags: {\"\(text)\": \"\(text)\"}\n"
    ])
    for (kind, report) in try reports(of: folder, ["plan"], exits: 0) {
      #expect(!report.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }, "\(kind)")
      #expect(!report.contains("\n::error::"))
      if kind != "json", kind != "markdown" { #expect(!report.contains("<b>x"), "\(kind)") }
    }
  }

  @Test func `a saved plan is shown as Markdown`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    _ = try folder.run("plan", "--out", "plan.json", "--report", "markdown=plan.md")
    #expect(try folder.run("show", "plan.json", "--markdown").output == folder.read("plan.md"))
  }
}
