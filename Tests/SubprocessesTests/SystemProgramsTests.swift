import Subprocesses
import Testing

@Suite("Programs of this machine")
struct SystemProgramsTests {
  private func result(
    _ command: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin", "A": "b c"],
    limit: Int = 1_000, timeLimit: Duration = .seconds(600)
  ) async throws -> ProgramResult {
    let program = try #require(ProgramPath(finding: command[0], in: environment))
    var run = ProgramRun(
      program, Array(command.dropFirst()), environment: environment, in: "/usr")
    run.limit = limit
    run.timeLimit = timeLimit
    return try await SystemPrograms().run(run)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `a program runs in its folder, without a shell, with what it is given`() async throws {
    #expect(text(try await result(["pwd"]).output) == "/usr\n")
    #expect(
      text(try await result(["/bin/echo", "$A", "a  b", "`id`"]).output) == "$A a  b `id`\n")
    let shell = try await result(["sh", "-c", "echo $A; echo why >&2; cat; exit 7"])
    #expect(
      shell
        == ProgramResult(.exited(7), output: Array("b c\n".utf8), complaint: Array("why\n".utf8)))
    #expect(try await result(["sh", "-c", "kill -9 $$"]).ending == .signalled(9))
  }

  @Test func `T28 a program gets the variables it is given and no other`() async throws {
    let output = text(
      try await result(["env"], environment: ["PATH": "/usr/bin", "X": "1"]).output)
    #expect(Set(output.split(separator: "\n")) == ["PATH=/usr/bin", "X=1"])
  }

  @Test func `what prints too much is ended`() async {
    await #expect(throws: ProgramFault.tooLong) { try await result(["yes"]) }
    await #expect(throws: ProgramFault.tooLong) { try await result(["sh", "-c", "yes >&2"]) }
  }

  @Test(arguments: [
    ["sleep", "600"], ["sh", "-c", "sleep 600 & wait"], ["sh", "-c", "exec >&-; sleep 600"],
    ["sh", "-c", "trap '' TERM INT; sleep 600"],
  ])
  func `what takes too long is ended, with all that it started`(command: [String]) async {
    await #expect(throws: ProgramFault.tooSlow) {
      try await result(command, timeLimit: .milliseconds(200))
    }
  }

  @Test func `what a program leaves running ends with it`() async throws {
    let output = text(try await result(["sh", "-c", "sleep 600 & echo $!"]).output)
    let process = try #require(output.split(separator: "\n").first)
    // A process that ended but that nobody took note of yet is a zombie.
    let state = try await result(["sh", "-c", "grep State /proc/\(process)/status || echo gone"])
    let shown = text(state.output)
    #expect(shown.contains("gone") || shown.contains("zombie"), "\(shown)")
  }

  @Test func `cancelling ends the program`() async throws {
    let task = Task { try await result(["sleep", "600"]) }
    task.cancel()
    await #expect(throws: ProgramFault.cancelled) { try await task.value }
  }

  @Test func `what can't be started is told apart`() async throws {
    let path = try #require(ProgramPath(absolute: "/no/such/program"))
    await #expect(throws: ProgramFault.notStarted) {
      try await SystemPrograms().run(ProgramRun(path, [], environment: [:], in: "/"))
    }
  }
}

@Suite("Paths of programs")
struct ProgramPathTests {
  @Test func `T29 relative and empty entries of PATH are passed over`() {
    #expect(ProgramPath(finding: "sh", in: ["PATH": ".:bin::/usr/bin"])?.text == "/usr/bin/sh")
    #expect(ProgramPath(finding: "sh", in: ["PATH": "usr/bin:."]) == nil)
    #expect(ProgramPath(finding: "sh", in: ["PATH": ""]) == nil)
    #expect(ProgramPath(finding: "sh", in: [:])?.text == "/usr/bin/sh")
    #expect(ProgramPath(finding: "bin/sh", in: ["PATH": "/usr"]) == nil)
    #expect(ProgramPath(finding: "../bin/sh", in: ["PATH": "/usr/bin"]) == nil)
    #expect(ProgramPath(absolute: "sh") == nil)
  }

  @Test func `folders and files that may not be run are no programs`() {
    #expect(ProgramPath(finding: "bin", in: ["PATH": "/usr"]) == nil)
    #expect(ProgramPath(finding: "passwd", in: ["PATH": "/etc:/usr/bin"])?.text != "/etc/passwd")
  }
}
