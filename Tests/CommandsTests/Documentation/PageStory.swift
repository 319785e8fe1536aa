import Foundation
import Testing

/// What a reader sees who does as a page says, from its top to its end, in an empty folder.
///
/// - A block with `file=PATH` behind its language is a file that the reader writes.
/// - In other blocks, a line that begins with `$ ` is a command, and what follows it is what it
///   prints: `...` stands for any lines, and of seconds only the place counts. A command without
///   anything below it may print what it likes.
/// - Blocks of language `sh` are commands throughout.
/// - `# exits with N` behind a command says so; without it, it is 0.
/// - `berth emulate` runs in a terminal of its own until the next one is started, or to the page's
///   end. Wherever it listens, the page says 127.0.0.1:8440.
/// - `examples/` is there as in the repository, if the page speaks of it.
struct PageStory {
  let page: MarkdownPage
  let folder: TemporaryFolder
  /// What the reader's shell remembers: `cd` and `export`.
  private var memory: [String] = []
  private var terminal: EmulatorTerminal?

  init(_ page: MarkdownPage) throws {
    self.page = page
    folder = try TemporaryFolder()
    guard page.lines.contains(where: { $0.contains(/(--chdir|cd) examples\//) }) else { return }
    try FileManager.default.copyItem(
      at: BerthBinary.packageFolder.appendingPathComponent("examples"),
      to: folder.url.appendingPathComponent("examples"))
    // A clone has no secrets that others may read; a test's copy has the umask of the machine.
    _ = try shell("find examples -name .berth -prune -exec rm -r {} + ; chmod -R go-rwx examples")
  }

  /// Tells the story; each surprise becomes an issue.
  mutating func run() throws {
    for block in page.blocks {
      if let file = block.file {
        try folder.write(block.text, to: file)
      } else {
        for command in commands(of: block) { try perform(command) }
      }
    }
    terminal = nil
  }

  private struct Command {
    let line: Int
    let text: String
    let status: Int32
    var output: [String] = []
  }

  private func commands(of block: MarkdownPage.Block) -> [Command] {
    var commands: [Command] = []
    for (offset, line) in block.lines.enumerated() {
      let number = block.line + offset + 1
      if line.hasPrefix("$ ") {
        commands.append(command(line.dropFirst(2), at: number))
      } else if block.info == "sh", !line.isEmpty, !line.hasPrefix("#") {
        commands.append(command(line, at: number))
      } else if block.info != "sh", !commands.isEmpty {
        commands[commands.count - 1].output.append(String(line))
      }
    }
    return commands
  }

  private func command(_ line: Substring, at number: Int) -> Command {
    let status = line.firstMatch(of: /# exits with (\d+)/).flatMap { Int32($0.1) } ?? 0
    return Command(line: number, text: String(line), status: status)
  }

  private mutating func perform(_ command: Command) throws {
    if command.text.hasPrefix("cd ") || command.text.hasPrefix("export ") {
      memory.append(terminal?.typed(command.text) ?? command.text)
      return
    }
    // These build the project itself or change the machine.
    if command.text.hasPrefix("make ") || command.text.hasPrefix("git clone") { return }
    let run: (status: Int32, output: String)
    if command.text.hasPrefix("berth emulate"), command.status == 0 {
      terminal = nil
      let terminal = try EmulatorTerminal(command.text, in: folder.url)
      self.terminal = terminal
      run = (0, terminal.shown(terminal.text))
    } else {
      let (status, output) = try shell(
        terminal?.typed(answered(command.text)) ?? answered(command.text))
      run = (status, terminal?.shown(output) ?? output)
    }
    let place = SourceLocation(
      fileID: "CommandsTests/\(page.path)", filePath: page.path, line: command.line, column: 1)
    guard run.status == command.status else {
      Issue.record(
        "\(page.path):\(command.line) '\(command.text)' exits with \(run.status):\n\(run.output)",
        sourceLocation: place)
      return
    }
    if !command.output.allSatisfy(\.isEmpty), !matches(run.output, command.output) {
      Issue.record(
        "\(page.path):\(command.line) '\(command.text)' prints:\n\(run.output)",
        sourceLocation: place)
    }
  }

  /// A reader in a terminal is asked and says yes; here nobody can be asked.
  private func answered(_ text: String) -> String {
    guard text.hasPrefix("berth apply") || text.hasPrefix("berth destroy"),
      !text.contains("--auto-approve"), !text.contains(".json"), !text.contains("# exits with")
    else { return text }
    return text.replacing(/^berth \w+/) { "\($0.0) --auto-approve" }
  }

  private func shell(_ text: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", (memory + [text]).joined(separator: "\n")]
    process.currentDirectoryURL = folder.url
    let binary = BerthBinary.location.deletingLastPathComponent().path
    process.environment = ["PATH": "\(binary):/usr/bin:/bin", "LANG": "C.UTF-8"]
    process.standardInput = FileHandle.nullDevice
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try process.write(into: file)
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: file, encoding: .utf8))
  }

  private func matches(_ output: String, _ expected: [String]) -> Bool {
    let printed = Self.comparable(output.split(separator: "\n").map(String.init))
    var rest = printed[...]
    var mayJump = false
    for line in Self.comparable(expected) {
      if line == "..." {
        mayJump = true
      } else if mayJump {
        guard let index = rest.firstIndex(of: line) else { return false }
        rest = rest[(index + 1)...]
        mayJump = false
      } else {
        guard rest.first == line else { return false }
        rest = rest.dropFirst()
      }
    }
    return rest.isEmpty || mayJump
  }

  /// Without empty lines, and with every number of seconds alike.
  private static func comparable(_ lines: [String]) -> [String] {
    lines.map { $0.replacing(/\b\d+s\b/, with: "0s").trimmingTrailingBlanks }
      .filter { !$0.isEmpty }
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
