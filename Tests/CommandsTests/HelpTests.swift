import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite("Help and version")
struct HelpTests {
  @Test(arguments: CommandTree.berth.all)
  func `help fits 80 columns and gives an example and the exit codes`(tree: CommandTree) throws {
    let command = Array(tree.path.dropFirst())
    let folder = try TemporaryFolder()
    let run = try BerthBinary.run(command + ["--help"], in: folder.url)
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    for line in run.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    // What is too long is broken, and leaves a word alone in its line.
    for line in tree.discussion.split(separator: "\n") {
      #expect(run.output.contains("\(line)\n"), "\(line)")
    }
    if !command.isEmpty, command != ["workspace"], command != ["lock"] {
      #expect(run.output.contains("Example:\n  berth \(command.joined(separator: " "))"))
      #expect(run.output.contains("Exit codes:"))
    }
    let spelling = ArgumentSpelling(subcommands: [])
    for option in run.output.matches(of: /^  --([a-z-]+)/.anchorsMatchLineEndings()) {
      let known = spelling.normalised(["-\(option.1)"], environment: [:])
      #expect(known == ["--\(option.1)"], "Terraform's spelling of an option is not understood")
    }
  }

  @Test(arguments: [
    ("plan --taget x", "--target"), ("plan -taget x", "--target"), ("plan --target cpu.x", nil),
    ("plam", "plan"), ("help plam", "plan"), ("lock lst", "list"), ("workspace shw", "show"),
    ("manual lock lst", "list"), ("explain amlcompte", "amlcompute"), ("schema stak", "stack"),
    ("completion bsh", "bash"), ("plan --color alwys", "always"), ("drift --write acept", "accept"),
    ("plan --report markdwn=x", "markdown"), ("plan --fail-on delet", "delete"),
    ("emulate --auth isued", "issued"), ("plan --overlay prd", "prod"),
    ("plan --target amlcompute.gqu-a100", "amlcompute.gpu-a100"),
    ("plan --exclude amlcompte.gpu-a100", "amlcompute.gpu-a100"),
    ("plan --replace amlcompute.gpu-a10", "amlcompute.gpu-a100"),
    ("apply --target amlcompute.gpu-a10 --auto-approve", "amlcompute.gpu-a100"),
    ("explain amlcompute.max_instance", "amlcompute.max_instances"),
    ("explain amlcompute.gpu-a10", "amlcompute.gpu-a100"),
    ("workspace set amlcompute.gpu-a10 max_instances=3", "amlcompute.gpu-a100"),
    ("workspace remove amlcompute.gpu-a10", "amlcompute.gpu-a100"),
    ("import amlcompute.gpu-a10", "amlcompute.gpu-a100"),
    ("validate --chdir .wrong", "max_instances"),
  ])
  func `what is misspelt is answered with what was likely meant`(
    line: String, meant: String?
  ) throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": "name: gpu-a100\ntype: amlcompute\n"])
    try folder.write("name: gpu-a100\nmax_instances: 3\n", to: "overlays/prod.yml")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(folder.read("berth.yaml"), to: ".wrong/berth.yaml")
    try folder.write("name: gpu\ntype: amlcompute\nmax_instnces: 3\n", to: ".wrong/gpu.yml")
    let run = try BerthBinary.run(line, in: folder.url)
    #expect(run.status == 1, "\(run.messages)")
    let words = run.messages.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if let meant {
      #expect(words.contains("Did you mean \"\(meant)\"?"), "\(run.messages)")
    } else {
      #expect(!words.contains("Did you mean"), "\(run.messages)")
    }
    #expect(!words.contains("Did you mean '"))
  }

  @Test func `a flag with a value that is neither true nor false says so`() throws {
    let folder = try TemporaryFolder()
    let run = try folder.run("plan", "--input", "flase")
    #expect(run.status == 1 && run.messages.contains("It is true or false."), "\(run.messages)")
  }

  @Test func `the version says its formats to programs`() throws {
    let folder = try TemporaryFolder()
    #expect(try folder.run("version").output.hasPrefix("Berth "))
    #expect(try folder.run("--version").output.hasPrefix("Berth "))
    #expect(try folder.run("--no-color", "version").status == 0)
    let json = try folder.run("version", "--json").output
    #expect(json.contains("\"plan_format_version\": \"1.0\""))
  }

  @Test func `init writes a stack that plans and applies, and never touches what is there`() throws
  {
    let folder = try TemporaryFolder()
    #expect(try folder.run("init", "--chdir", "teams/vision/ml").status == 0)
    #expect(try folder.run("init", "--chdir", "ml").status == 0)
    #expect(try folder.run("--chdir", "ml", "validate").status == 0)
    for command in ["validate", "fmt", "plan", "destroy"] {
      // The stack above a misspelt folder is not the one that was meant.
      let run = try folder.run(command, "--chdir", "ml/prd")
      #expect(run.status == 1)
      #expect(run.messages.contains("/ml/prd. Begin"), "\(run.messages)")
    }
    #expect(try folder.run("apply", "-chdir=ml", "-auto-approve").status == 0)
    #expect(try folder.run("plan", "--chdir", "ml/compute", "--detailed-exitcode").status == 0)
    let text = try folder.read("ml/berth.yaml")
    #expect(try folder.run("init", "--chdir", "ml").status == 1)
    #expect(try folder.read("ml/berth.yaml") == text)
  }

  @Test func `init lives with a .gitignore that is there, and else writes all or nothing`() throws {
    let folder = try TemporaryFolder()
    try folder.write("*.log\n", to: ".gitignore")
    let run = try folder.run("init")
    #expect(run.status == 0)
    #expect(run.output.contains(".berth/"))
    #expect(try folder.read(".gitignore") == "*.log\n")

    let half = try TemporaryFolder()
    try half.write("name: mine\n", to: "compute/cpu-cluster.yml")
    #expect(try half.run("init").status == 1)
    #expect(
      !FileManager.default.fileExists(atPath: half.url.appendingPathComponent("berth.yaml").path))
  }

  @Test func `options of every command may stand before a command of two words`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": "name: gpu\ntype: amlcompute\n"])
    let run = try BerthBinary.run(
      ["--chdir", folder.url.path, "workspace", "show"], in: folder.url.deletingLastPathComponent())
    #expect(run.status == 0)
    #expect(run.output == "The workspace has no targets.\n")
  }
}

extension CommandTree: CustomTestStringConvertible {
  var testDescription: String { path.joined(separator: " ") }
}
