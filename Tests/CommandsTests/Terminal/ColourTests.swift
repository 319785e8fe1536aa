import Foundation
import TestSupport
import Testing

/// The rules of colour (conventions: colour and terminal), a clause each, and what only a terminal is
/// sent.
@Suite("Colour and terminals")
struct ColourTests {
  private static let stack = [
    "gpu.yml": "name: gpu\ntype: amlcompute\nmax_instances: 8\n",
    // Its warning goes to the standard error.
    "inference.yml": """
    name: inference
    type: aks
    resource_id: /subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k

    """,
  ]
  private static let green = "\u{1B}[32m"
  private static let yellow = "\u{1B}[33m"

  /// Flags, environment, whether it is a terminal, and whether there is colour.
  private static let clauses: [([String], [String: String], Bool, Bool)] = [
    // The terminal decides last.
    ([], [:], true, true), ([], [:], false, false),
    // Then what forces.
    ([], ["CLICOLOR_FORCE": "1"], false, true), ([], ["FORCE_COLOR": "1"], false, true),
    ([], ["CLICOLOR_FORCE": "0"], false, false), ([], ["FORCE_COLOR": ""], false, false),
    ([], ["FORCE_COLOR": "0"], true, true),
    // Then NO_COLOR, if it is not empty.
    ([], ["NO_COLOR": "1"], true, false), ([], ["NO_COLOR": "0"], true, false),
    ([], ["NO_COLOR": ""], true, true),
    ([], ["NO_COLOR": "1", "FORCE_COLOR": "1"], true, false),
    ([], ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false, false),
    ([], ["NO_COLOR": "", "CLICOLOR_FORCE": "1"], false, true),
    // Flags come first.
    (["--color", "always"], ["NO_COLOR": "1"], false, true),
    (["--color", "never"], ["FORCE_COLOR": "1"], true, false),
    (["--color=never"], [:], true, false), (["--no-color"], ["FORCE_COLOR": "1"], true, false),
    (["--no-color"], [:], true, false), (["-no-color"], [:], true, false),
    (["--color", "auto"], ["NO_COLOR": "1"], true, false),
    (["--color", "auto"], ["FORCE_COLOR": "1"], false, true),
    (["--color", "auto"], [:], true, true),
    (["--no-color", "--color", "always"], [:], true, false),
  ]

  @Test(arguments: clauses.indices)
  func `flags, then NO_COLOR, then what forces, then the terminal`(index: Int) throws {
    let (flags, environment, isTerminal, isColoured) = Self.clauses[index]
    let folder = try TemporaryFolder.stack(Self.stack)
    let text: String
    if isTerminal {
      let run = try PseudoTerminal(["plan"] + flags, in: folder.url, environment: environment)
      #expect(run.waitUntilExit() == 0)
      text = run.text
    } else {
      let run = try folder.run(["plan"] + flags, environment: environment)
      #expect(run.status == 0, "\(run.messages)")
      text = run.output + run.messages
    }
    #expect(text.contains(Self.green + "+") == isColoured, "\(text)")
    #expect(text.contains(Self.yellow + "Warning: ") == isColoured)
    #expect(text.contains("\u{1B}") == isColoured)
    // Every meaning is also in the text.
    #expect(text.contains("will be created") && text.contains("Warning: "))
  }

  @Test func `wrong colour is bad usage`() throws {
    let run = try TemporaryFolder().run("plan", "--color", "blue")
    #expect(run.status == 1)
    #expect(run.messages.contains("--color"))
  }

  @Test func `where the results go elsewhere, what is left on the terminal is plain`() throws {
    let folder = try TemporaryFolder.stack(Self.stack)
    let run = try PseudoTerminal(
      ["plan"], in: folder.url, columns: 40, messagesOnly: true)
    #expect(run.waitUntilExit() == 0)
    #expect(run.text.contains("Warning: ") && !run.text.contains("\u{1B}"))
    #expect(!run.text.contains("│"))
  }

  @Test func `prose is wrapped on a terminal, at its width, and nowhere else`() throws {
    let folder = try TemporaryFolder.stack(Self.stack)
    for columns in [40, 60, 100] {
      let run = try PseudoTerminal(
        ["plan", "--no-color"], in: folder.url, columns: columns, outputOnly: false)
      run.waitUntilExit()
      let box = run.text.split(separator: "\r\n").filter { $0.hasPrefix("│ ") }
      #expect(!box.isEmpty)
      let prose = box.filter { !$0.hasPrefix("│  ") }
      #expect(
        prose.allSatisfy { $0.count <= columns || !$0.dropFirst(2).contains(" ") }, "\(prose)")
    }
    let piped = try folder.run("plan")
    #expect(!piped.messages.contains("│"))
    let longest = piped.messages.split(separator: "\n").map(\.count).max() ?? 0
    #expect(longest > 100)
  }

  // MARK: The live region

  @Test func `an apply on a terminal leaves what a pipe gets, but for the lines of progress`()
    throws
  {
    let folder = try TemporaryFolder.stack(Self.stack, milliseconds: 1_200)
    let run = try PseudoTerminal(
      ["apply", "--auto-approve", "--no-color"], in: folder.url, columns: 200, rows: 100)
    #expect(run.waitUntilExit() == 0)
    #expect(run.text.contains("\u{1B}["), "there were rows")
    let model = run.model(columns: 200, rows: 100)
    #expect(model.unknown.isEmpty)
    #expect(model.text.contains("amlcompute.gpu: Creation complete after "))
    #expect(!model.text.contains("Creating...") && !model.text.contains("steps done"))
    #expect(model.text.hasSuffix("\nApply complete! Resources: 2 added, 0 changed, 0 destroyed.\n"))
  }

  @Test(arguments: [
    (["--concise"], "xterm", false), (["--json"], "xterm", false), ([], "dumb", true),
    ([], "", true),
  ])
  func `it is not there if it is not wanted, or the terminal can't show it`(
    options: [String], term: String, hasProgress: Bool
  ) throws {
    let folder = try TemporaryFolder.stack(Self.stack, milliseconds: 1_200)
    let run = try PseudoTerminal(
      ["apply", "--auto-approve", "--no-color"] + options, in: folder.url,
      environment: ["TERM": term])
    #expect(run.waitUntilExit() == 0)
    #expect(!run.text.contains("\u{1B}"), "\(run.text)")
    #expect(
      run.text.contains("amlcompute.gpu: Creating...") == (hasProgress || options == ["--json"]))
    #expect(run.text.contains("amlcompute.gpu: Creation complete after "))
  }

  // MARK: Brevity

  @Test func `concise is without progress, and what happened is all there`() throws {
    let folder = try TemporaryFolder.stack(Self.stack, milliseconds: 300)
    #expect(try folder.run("plan", "--concise").output == folder.run("plan").output)
    let run = try folder.run("apply", "--auto-approve", "-concise")
    #expect(run.status == 0)
    #expect(!run.output.contains("...\n") && !run.output.contains("Still"))
    #expect(run.output.contains("amlcompute.gpu: Creation complete after"))
    #expect(run.output.contains("aks.inference: Attachment complete after"))
  }

  @Test func `a compact warning takes one line, and an error keeps its own`() throws {
    let folder = try TemporaryFolder.stack(Self.stack)
    for command in [["plan"], ["apply", "--auto-approve"]] {
      let run = try folder.run(command + ["--compact-warnings"])
      let lines = run.messages.split(separator: "\n").filter { $0.contains("[other-subscription]") }
      #expect(lines.count == 1)
      let isWhole =
        lines.first?.wholeMatch(
          of: /Warning: .+: aks\.inference: .+ \[other-subscription\] \(inference\.yml:3:[0-9]+\)/)
      #expect(isWhole != nil, "\(run.messages)")
    }
    try folder.write("name: gpu\ntype: amlcompute\nsise: 8\n", to: "gpu.yml")
    let wrong = try folder.run("plan", "--compact-warnings")
    #expect(wrong.messages.contains("\nError: ") && wrong.messages.contains("  on gpu.yml line 3"))
  }
}
