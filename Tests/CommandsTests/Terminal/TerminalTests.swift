import Foundation
import Testing

/// What somebody sees who works at a terminal, a real one.
@Suite(
  "Terminals", .serialized, .enabled(if: TmuxTerminal.isThere), .timeLimit(.minutes(60)))
struct TerminalTests {
  private static let pools = [
    "a.yml": "name: a-pool\ntype: amlcompute\n",
    "b.yml": "name: b-pool\ntype: amlcompute\nberth: {depends_on: [amlcompute.a-pool]}\n",
    "c.yml": """
    name: inference-with-a-name
    type: aks
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k

    """,
  ]

  private func stack(milliseconds: Int) throws -> TemporaryFolder {
    try TemporaryFolder.stack(Self.pools, milliseconds: milliseconds)
  }

  /// The rows of an apply that is under way have these in them.
  private static func isLive(_ line: String) -> Bool {
    line.contains("elapsed]") || line.contains("elapsed,") || line.contains(" steps done")
  }

  private func expectNothingLeft(
    _ terminal: TmuxTerminal, _ source: SourceLocation = #_sourceLocation
  ) throws {
    let left = try terminal.history().split(separator: "\n").filter { Self.isLive(String($0)) }
    #expect(left.isEmpty, "\(left)", sourceLocation: source)
  }

  @Test func `running steps stand at the foot, and what is done goes past above`() throws {
    let folder = try stack(milliseconds: 8_000)
    let terminal = try TmuxTerminal(["apply"], in: folder.url)
    var lines = try terminal.wait(for: "Enter a value:")
    #expect(!lines.contains(where: Self.isLive), "no rows under a question")
    try terminal.type("yes", "Enter")
    lines = try terminal.wait(
      until: { lines in
        lines.contains { $0.hasPrefix("  amlcompute.a-pool: Creating... [") }
          && lines.contains { $0.hasPrefix("  aks.inference-with-a-name: Attaching... [") }
          && lines.last?.wholeMatch(of: /0 of 3 steps done \[[0-9]+s elapsed\]/) != nil
      }, "two rows and a last one")
    lines = try terminal.wait(
      until: { lines in
        lines.contains { $0.hasPrefix("  amlcompute.b-pool: Creating...") }
          && lines.contains { $0.hasPrefix("amlcompute.a-pool: Creation complete after ") }
      }, "one done, the next running")
    let done = try #require(
      lines.firstIndex { $0.hasPrefix("amlcompute.a-pool: Creation complete after ") })
    let running = try #require(lines.firstIndex { $0.hasPrefix("  amlcompute.b-pool: Creating") })
    #expect(done < running)
    #expect(lines[running].contains(", usually "), "\(lines[running])")
    #expect(try terminal.waitUntilExit() == 0)
    try expectNothingLeft(terminal)
    let history = try terminal.history()
    #expect(history.contains("\nApply complete! Resources: 3 added, 0 changed, 0 destroyed.\n"))
    #expect(!history.contains("Creating..."), "rows go away, and lines say what was done")
  }

  @Test func `rows fit a terminal that is resized meanwhile`() throws {
    let folder = try TemporaryFolder.stack(
      ["a.yml": "---\nname: pool-with-a-long-name\ntype: amlcompute\n"], milliseconds: 30_000)
    let terminal = try TmuxTerminal(["apply", "--auto-approve"], in: folder.url, columns: 100)
    try terminal.wait(for: "  amlcompute.pool-with-a-long-name: Creating... [")
    try terminal.resize(columns: 40, rows: 10)
    try terminal.wait(
      until: { lines in
        lines.last?.hasPrefix("0 of 1 steps done [") == true && lines.count <= 10
          && lines.contains { $0.hasPrefix("  pool-with-a-long-name: Creating ") }
      }, "short forms")
    try terminal.resize(columns: 120, rows: 30)
    try terminal.wait(for: "  amlcompute.pool-with-a-long-name: Creating... [")
    #expect(try terminal.waitUntilExit() == 0)
    try expectNothingLeft(terminal)
    #expect(!(try terminal.history()).contains("Creating"))
  }

  @Test func `a terminal of a few lines is told how many more there are`() throws {
    let many = (1...9).map { "---\nname: pool-\($0)x\ntype: amlcompute\n" }.joined()
    let folder = try TemporaryFolder.stack(["many.yml": many], milliseconds: 8_000)
    let terminal = try TmuxTerminal(["apply", "--auto-approve"], in: folder.url, rows: 8)
    try terminal.wait(
      until: { lines in
        lines.contains("  and 7 more") && lines.count { $0.contains("Creating...") } == 2
      }, "two rows and a count")
    #expect(try terminal.waitUntilExit() == 0)
    try expectNothingLeft(terminal)
  }

  @Test func `Ctrl-C once says what it waits for and finishes that`() throws {
    let folder = try stack(milliseconds: 8_000)
    let terminal = try TmuxTerminal(["apply", "--auto-approve"], in: folder.url, columns: 100)
    try terminal.wait(for: "  amlcompute.a-pool: Creating... [")
    try terminal.type("C-c")
    try terminal.wait(for: "Interrupt received.")
    try terminal.wait(for: "Interrupted. 0 of 3 steps done [")
    #expect(try terminal.waitUntilExit() == 130)
    try expectNothingLeft(terminal)
    let history = try terminal.history().split(separator: "\n").joined(separator: " ")
    #expect(
      history.contains("aks.inference-with-a-name (attaching)")
        && history.contains("amlcompute.a-pool (creating)") && history.contains("Waiting for "))
    #expect(history.contains("amlcompute.a-pool: Creation complete after"))
    #expect(history.contains(/amlcompute\.b-pool +not started \(interrupted\)/))
    // The lock was given back.
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }

  @Test func `Ctrl-C twice leaves at once, and reports`() throws {
    let folder = try stack(milliseconds: 30_000)
    let terminal = try TmuxTerminal(
      ["apply", "--auto-approve", "--report", "json=report.json"], in: folder.url)
    try terminal.wait(for: "0 of 3 steps done [")
    try terminal.type("C-c")
    try terminal.wait(for: "Interrupt received.")
    try terminal.type("C-c")
    #expect(try terminal.waitUntilExit() == 130)
    try expectNothingLeft(terminal)
    #expect(try !terminal.history().contains("Apply incomplete"), "it did not wait")
    #expect(try folder.read("report.json").contains("\"exit_code\": 130,"))
  }

  @Test func `Ctrl-C at the question does nothing, and gives the lock back`() throws {
    let folder = try stack(milliseconds: 1)
    let terminal = try TmuxTerminal(["apply"], in: folder.url)
    try terminal.wait(for: "Enter a value:")
    try terminal.type("C-c")
    #expect(try terminal.waitUntilExit() == 130)
    #expect(try terminal.history().contains("\nApply cancelled.\n"))
    #expect(try folder.run("lock", "list").output == "Nobody holds a lock.\n")
    #expect(try folder.run("list").output == "The workspace has no targets.\n")
    let next = try folder.run("apply", "--auto-approve")
    #expect(next.status == 0 && !next.messages.contains("did not give the lock back"))
  }

  @Test func `reading that lasts is shown, and Ctrl-C ends it without a trace`() throws {
    // A service that takes a call and never answers.
    let service = try SilentService()
    let folder = try stack(milliseconds: 1)
    try service.serve(folder)
    for command in ["plan", "drift", "apply"] {
      let terminal = try TmuxTerminal([command], in: folder.url)
      try terminal.wait(for: "Reading the workspace... [")
      try terminal.type("C-c")
      #expect(try terminal.waitUntilExit() == 130)
      try expectNothingLeft(terminal)
    }
  }
}
