import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite("Completion", .timeLimit(.minutes(60)))
struct CompletionTests {
  private static func stack() throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack([
      "ml/gpu.yml": "name: gpu-a100\ntype: amlcompute\n---\nname: gpu-b200\ntype: amlcompute\n",
      "ml/box.yml": """
      name: box
      type: virtualmachine
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/\
      providers/Microsoft.Compute/virtualMachines/box
      ssh_settings: {admin_username: me, admin_password: '${env:NEVER}'}

      """,
      // A name that a shell could take for a command.
      "ml/wrong.yml": "name: $(touch ran)\ntype: amlcompute\n",
    ])
    try folder.write("name: gpu-a100\nmax_instances: 3\n", to: "overlays/prod.yml")
    try folder.write("", to: "zones/readme.txt")
    try folder.write("", to: "plan.json")
    return folder
  }

  /// What the program answers, without the meanings.
  private func answer(_ words: [String], in folder: TemporaryFolder) throws -> [String] {
    let run = try folder.run([CompletionRequest.marker, "words"] + words)
    #expect(run.status == 0 && run.messages.isEmpty, "\(run.messages)")
    return run.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
  }

  private static let offers: [([String], [String])] = [
    (["ap"], ["words", "apply"]),
    (["lock", ""], ["words", "list", "show"]),
    (["--chdir", "ml", "lock", "s"], ["words", "show"]),
    (["nonsense", "pl"], ["words"]),
    (["plan", "--det"], ["words", "--detailed-exitcode"]),
    (["plan", "-det"], ["words", "--detailed-exitcode"]),
    (["plan", "--detailed-exitcode", "--det"], ["words"]),
    (["plan", "--target", "x", "--target-f"], ["words", "--target-file"]),
    (["plan", "--nonsense=a"], ["words"]),
    (["plan", "--target", "amlcompute.gpu-a"], ["words", "amlcompute.gpu-a100"]),
    (["plan", "-target", "v"], ["words", "virtualmachine.box"]),
    (["plan", "--exclude=v"], ["words", "--exclude=virtualmachine.box"]),
    (["apply", "--replace", "amlcompute.gpu-b"], ["words", "amlcompute.gpu-b200"]),
    (["plan", "--overlay", ""], ["words", "prod"]),
    (["plan", "--changed-since", ""], ["words", "HEAD"]),
    (["plan", "--color", "a"], ["words", "auto", "always"]),
    (["plan", "--refresh", ""], ["words", "true", "false"]),
    (["plan", "--report", "m"], ["open", "markdown=", "metrics="]),
    (["plan", "--report=s"], ["open", "--report=sarif="]),
    (["plan", "--report", "markdown=pl"], ["files"]),
    (["plan", "--fail-on", "delete,d"], ["words", "delete,detach", "delete,drift"]),
    (["drift", "--write", ""], ["words", "accept"]),
    (["plan", "--out", ""], ["files"]),
    (["plan", "--chdir", ""], ["folders"]),
    (["apply", "pl"], ["files"]),
    (["apply", "plan.json", ""], ["words"]),
    (["fmt", "a", "b", ""], ["files"]),
    (["plan", "--", "--out"], ["words"]),
    (["explain", "amlc"], ["open", "amlcompute"]),
    (["explain", "amlcompute.gpu-a"], ["words", "amlcompute.gpu-a100"]),
    (["explain", "aks.tls.cn"], ["words", "aks.tls.cname"]),
    (["explain", "aks.berth.prot"], ["words", "aks.berth.protect"]),
    (["explain", "nonsense.x"], ["open"]),
    (["schema", "com"], ["words", "computeinstance", "compute"]),
    (["workspace", "set", "amlcompute.gpu-a100", "max"], ["open", "max_instances="]),
    (["workspace", "set", "amlcompute.gpu-a100", "tier=x", "tie"], ["open", "tier="]),
    (["workspace", "attach", "name", "kub"], ["words", "kubernetes"]),
    (["completion", ""], ["words", "bash", "zsh", "fish"]),
    (["manual", "lo"], ["words", "lock"]),
    (["manual", "lock", "l"], ["words", "list"]),
    (["help", "dr"], ["words", "drift"]),
    (["help", "lock", "s"], ["words", "show"]),
    (["hel"], ["words", "help"]),
  ]

  @Test func `what may stand at the cursor is offered, and nothing else`() throws {
    let folder = try Self.stack()
    for (words, expected) in Self.offers {
      #expect(try answer(words, in: folder) == expected, "\(words)")
    }
    let all = try answer(["plan", "--target", ""], in: folder)
    #expect(all == ["words", "amlcompute.gpu-a100", "amlcompute.gpu-b200", "virtualmachine.box"])
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/ran"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/.berth"))
  }

  @Test func `the folder that the line names is the one whose addresses count`() throws {
    let folder = try Self.stack()
    let parent = try TemporaryFolder()
    let path = folder.url.path
    for words in [
      ["plan", "--chdir", path, "--target", "v"], ["--chdir", path, "plan", "--target", "v"],
      ["-chdir=\(path)", "plan", "--target", "v"],
    ] {
      #expect(try answer(words, in: parent) == ["words", "virtualmachine.box"], "\(words)")
    }
    #expect(try answer(["plan", "--target", "v"], in: parent) == ["words"], "there is no stack")
  }

  @Test func `the ids of locks are offered to whoever ends one`() throws {
    let folder = try TemporaryFolder.stack(
      ["gpu.yml": "name: gpu\ntype: amlcompute\n"], milliseconds: 60_000)
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Creating...")
    defer {
      kill(apply.process.processIdentifier, SIGKILL)
      apply.waitUntilExit()
    }
    let offered = try answer(["force-unlock", ""], in: folder)
    #expect(offered.count == 2 && offered[1].contains(/^[0-9a-f]{32}$/), "\(offered)")
    #expect(try answer(["lock", "show", ""], in: folder) == offered)
  }

  /// Every option with a value is one whose values somebody thought of.
  @Test func `each value has something to offer, or is one that nobody could know`() async throws {
    let unknown: Set = ["name=value", "n", "time", "sha256:hex", "host:port", "resource-id", "id"]
    let folder = try Self.stack()
    for command in CommandTree.berth.all {
      for argument in command.arguments where argument.form != .flag {
        guard !unknown.contains(argument.valueName) else { continue }
        // The name of what is to be made, and the targets of a workspace that has none.
        if argument.form == .positional, argument.valueName == "name" { continue }
        let path = Array(command.path.dropFirst())
        let before = argument.valueName == "kind" ? ["x"] : []
        let given = argument.valueName == "field=value" ? ["amlcompute.gpu-a100"] : before
        let words = argument.form == .option ? [argument.names[0]] : given
        let offered = try answer(path + words + [""], in: folder)
        #expect(
          offered.count > 1 || ["files", "folders"].contains(offered[0]),
          "\(command.path) \(argument.names) \(argument.valueName)")
      }
    }
  }

  @Test(arguments: [
    ("berth plan --ta", ["plan"], "--ta", ""), ("berth ", [], "", ""),
    ("FOO=1 berth plan --target=aml", ["plan"], "--target=aml", "--target="),
    ("berth --chdir 'a b' plan 'x", ["--chdir", "a b", "plan"], "x", ""),
    ("berth a\\ b ", ["a b"], "", ""),
  ])
  func `a line is read as bash hands it over`(
    line: String, words: [String], beginning: String, kept: String
  ) throws {
    let request = try #require(CompletionRequest(["line", "berth", " \t\n\"'><=;|&(:", line]))
    #expect(request.words == words && request.beginning == beginning && request.kept == kept)
    let whole = try #require(CompletionRequest(["line", "berth", " \t", line]))
    #expect(whole.kept.isEmpty)
  }

  @Test(arguments: [[], ["words"], ["line", "berth"], ["nonsense", "a"]])
  func `what is no request is none`(arguments: [String]) {
    #expect(CompletionRequest(arguments) == nil)
  }

  // MARK: Real shells

  @Test(arguments: ["bash", "zsh", "fish"])
  func `a real shell completes by it`(shell: String) throws {
    let folder = try Self.stack()
    let presses: [(line: String, becomes: String)] = [
      ("berth app", "[berth apply]"),
      ("berth plan --detailed", "[berth plan --detailed-exitcode]"),
      ("berth plan --target virt", "[berth plan --target virtualmachine.box]"),
      ("berth plan --target=virt", "[berth plan --target=virtualmachine.box]"),
      ("berth --chdir ml plan -target virt", "[berth --chdir ml plan -target virtualmachine.box]"),
      ("berth plan --target amlcompute.?", "amlcompute.gpu-a100 amlcompute.gpu-b200"),
      ("berth plan --report mark", "[berth plan --report markdown=]"),
      ("berth plan --fail-on delete,dr", "[berth plan --fail-on delete,drift]"),
      ("berth explain aks.tls.cn", "[berth explain aks.tls.cname]"),
      ("berth lock ?", "list show"),
      ("berth show pla", "[berth show plan.json]"),
      ("berth plan --chdir zon", "[berth plan --chdir zones/]"),
      ("berth completion f", "[berth completion fish]"),
    ]
    let process = Process()
    process.executableURL = BerthBinary.packageFolder.appendingPathComponent("scripts/press-tab")
    process.arguments = [shell, BerthBinary.location.path, folder.url.path]
    let lines = try folder.write(presses.map { $0.line + "\n" }.joined(), to: ".lines")
    process.standardInput = try FileHandle(forReadingFrom: lines)
    let output = folder.url.appendingPathComponent(".output")
    try process.write(into: output)
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus == 69 {
      print("SKIPPED: there is no \(shell) here; scripts/install-test-tools gets one.")
      return
    }
    let found = try String(contentsOf: output, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(found)")
    let answers = found.split(separator: "\n", omittingEmptySubsequences: false)
    for ((line, expected), answer) in zip(presses, answers) {
      // Shells differ in whether they put a blank behind a word that is whole, and zsh takes the
      // slash behind a folder away when the line goes on.
      let plain = answer.replacing(" ]", with: "]").replacing("/]", with: "]")
      #expect(plain == expected.replacing("/]", with: "]"), "\(shell): \(line)")
    }
    #expect(answers.count == presses.count + 1)
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/ran"))
  }
}
