import Testing

@testable import Commands

@Suite("Argument spelling")
struct ArgumentSpellingTests {
  private let spelling = ArgumentSpelling(
    subcommands: ["plan", "apply", "workspace"], groups: ["workspace": ["show", "set"]])

  private func normalised(_ line: String, environment: [String: String] = [:]) -> String {
    spelling.normalised(ArgumentSpelling.split(line), environment: environment)
      .joined(separator: " ")
  }

  @Test(arguments: [
    ("--chdir ml plan", "plan --chdir ml"),
    ("-chdir=ml plan --json", "plan --chdir=ml --json"),
    ("--no-color plan", "plan --no-color"),
    ("plan --chdir ml", "plan --chdir ml"),
  ])
  func `options may stand before the subcommand`(line: String, expected: String) {
    #expect(normalised(line) == expected)
  }

  @Test(arguments: [
    ("plan -out=p.json -detailed-exitcode", "plan --out=p.json --detailed-exitcode"),
    ("apply -auto-approve", "apply --auto-approve"),
    ("plan -h", "plan -h"),
    ("plan -nonsense", "plan -nonsense"),
    ("plan -- -out", "plan -- -out"),
  ])
  func `Terraform's single dash is understood for known options`(line: String, expected: String) {
    #expect(normalised(line) == expected)
  }

  @Test func `arguments from the environment come first so that the command line wins`() {
    let environment = [
      "BERTH_CLI_ARGS": "--no-color", "BERTH_CLI_ARGS_plan": "-out='a b.json'",
      "BERTH_CLI_ARGS_apply": "--auto-approve",
    ]
    #expect(
      spelling.normalised(["plan", "--out", "c.json"], environment: environment)
        == ["plan", "--no-color", "--out=a b.json", "--out", "c.json"])
  }

  @Test(arguments: [
    ("--chdir ml workspace show --json", "workspace show --no-color --chdir ml --json"),
    ("workspace --chdir ml set a b=1", "workspace set --no-color --chdir ml a b=1"),
    ("workspace", "workspace"),
    ("workspace shw", "workspace shw"),
  ])
  func `options go behind the last word of a command of two words`(line: String, expected: String) {
    #expect(normalised(line, environment: ["BERTH_CLI_ARGS": "--no-color"]) == expected)
  }

  @Test func `without a subcommand nothing moves`() {
    #expect(normalised("--help") == "--help")
    #expect(normalised("nonsense plan") == "nonsense plan")
    #expect(normalised("") == "")
  }

  @Test(arguments: [
    (#"a 'b c' "d e" f\ g"#, ["a", "b c", "d e", "f g"]),
    (#"'' """#, ["", ""]),
    (#"  a  "#, ["a"]),
    (#"'\'"#, [#"\"#]),
  ])
  func `words are split as a shell splits them`(text: String, words: [String]) {
    #expect(ArgumentSpelling.split(text) == words)
  }
}
