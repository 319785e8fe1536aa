import Storage
import Testing

@Suite("Output of programs")
struct ProgramOutputTests {
  private func output(
    _ command: [String], limit: Int = 1_000, timeLimit: Duration = .seconds(600)
  ) throws(ProgramFailure) -> String {
    String(
      decoding: try programOutput(
        of: command, environment: ["PATH": "/usr/bin:/bin", "A": "b c"], in: "/usr",
        limit: limit, timeLimit: timeLimit),
      as: UTF8.self)
  }

  @Test func `a program runs in its folder, without a shell, with what it is given`() throws {
    #expect(try output(["pwd"]) == "/usr\n")
    #expect(try output(["/bin/echo", "$A", "a  b", "`id`"]) == "$A a  b `id`\n")
    #expect(try output(["sh", "-c", "echo $A; echo hidden >&2; cat"]) == "b c\n")
  }

  @Test func `T29 a program is not taken from a relative folder`() {
    do {
      _ = try programOutput(
        of: ["sh", "-c", "echo"], environment: ["PATH": "bin:."], in: "/usr", limit: 10,
        timeLimit: .seconds(600))
      Issue.record("it was started")
    } catch {
      #expect(error.reason == "can't be started: it is in no absolute folder of PATH")
    }
  }

  @Test(arguments: [
    (["no-such-program-anywhere"], "can't be started: it is in no absolute folder of PATH"),
    (["sh", "-c", "echo s3cret; exit 7"], "ended with status 7"),
    (["sh", "-c", "kill -9 $$"], "was ended by signal 9"),
    (["yes"], "printed more than 1000 bytes"),
  ])
  func `a program that fails says how, and nothing that it printed`(
    command: [String], reason: String
  ) {
    #expect(throws: ProgramFailure.self) { try output(command) }
    do { _ = try output(command) } catch { #expect(error.reason == reason) }
  }

  @Test(arguments: [
    ["sleep", "600"], ["sh", "-c", "sleep 600 & wait"], ["sh", "-c", "exec >&-; sleep 600"],
    ["sh", "-c", "trap '' TERM INT; sleep 600"],
  ])
  func `a program that takes too long is ended, with all that it started`(command: [String]) {
    do {
      _ = try output(command, timeLimit: .milliseconds(200))
      Issue.record("it ended by itself")
    } catch {
      #expect(error.reason == "did not end in time")
    }
  }
}
