import Foundation
import Testing

/// Two applies at once, as users meet it.
@Suite("Locks")
struct LockTests {
  private static let gpu = ["gpu.yml": "name: gpu\ntype: amlcompute\n"]

  /// The id in `Lock Info`.
  private func id(in text: String) throws -> String {
    String(try #require(text.firstMatch(of: /ID: +([0-9a-f]{32})/)).1)
  }

  @Test func `F16 two applies of one stack exclude each other, and the holder is named`() throws {
    let folder = try TemporaryFolder.stack(Self.gpu, milliseconds: TemporaryFolder.longEnough)
    var first = try RunningApply(in: folder)
    first.wait(for: "Creating...")
    let second = try folder.run("apply", "--auto-approve")
    #expect(second.status == 4)
    #expect(
      second.messages.contains(
        try Regex(
          """
          Error: Error acquiring the state lock

          Lock Info:
            ID:        [0-9a-f]{32}
            Path:      test
            Operation: apply
            Who:       .+@.+
            Version:   .+
            Created:   .{19} UTC \\(1?[0-9]s ago, expires in [45][0-9]s\\)
          Another run
          """)), "\(second.messages)")
    #expect(first.waitUntilExit() == 0)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("lock", "list").output == "Nobody holds a lock.\n")
  }

  @Test func `F16 an apply that waits goes on when the other one is done, and both are right`()
    throws
  {
    let folder = try TemporaryFolder.stack(Self.gpu, milliseconds: TemporaryFolder.longEnough)
    var first = try RunningApply(in: folder)
    first.wait(for: "Creating...")
    try folder.takeFromNowOn(milliseconds: 1)
    try folder.write("name: cpu\ntype: amlcompute\n", to: "cpu.yml")
    var second = try RunningApply(
      in: folder, ["apply", "--auto-approve", "--lock-timeout", "300s"])
    second.wait(for: "Acquiring lock. This may take a few moments...\n")
    #expect(first.waitUntilExit() == 0)
    #expect(second.waitUntilExit() == 0, "\(second.output)\(second.messages)")
    #expect(second.output.contains("Acquiring lock. This may take a few moments...\n"))
    #expect(second.output.contains("Plan: 1 to add, 0 to change, 0 to destroy."))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }

  @Test func `F18 applies of two stacks that share a workspace exclude each other`() throws {
    let shared = try TemporaryFolder()
    let store = shared.url.appendingPathComponent("shared.db").path
    func stack(_ name: String, _ manifest: String) throws -> TemporaryFolder {
      let folder = try TemporaryFolder.stack(
        ["x.yml": manifest], name: name, milliseconds: TemporaryFolder.longEnough)
      try folder.write(
        try folder.read("berth.yaml").replacing(
          "type: local,", with: "type: local, store: \(store),"),
        to: "berth.yaml")
      return folder
    }
    let (one, two) = (
      try stack("one", "name: gpu\ntype: amlcompute\n"),
      try stack("two", "name: cpu\ntype: amlcompute\n")
    )
    var first = try RunningApply(in: one)
    first.wait(for: "Creating...")
    let refused = try two.run("apply", "--auto-approve")
    #expect(refused.status == 4)
    #expect(refused.messages.contains("Path:      one"))
    #expect(try two.run("plan").status == 0)
    try two.takeFromNowOn(milliseconds: 1)
    #expect(first.waitUntilExit() == 0)
    #expect(try two.run("apply", "--auto-approve").status == 0)
  }

  @Test func `T22 a lock that is removed by force stops its run before the next write`() throws {
    let folder = try TemporaryFolder.stack(
      [
        "gpu.yml": "name: gpu\ntype: amlcompute\n",
        "cpu.yml": "name: cpu\ntype: amlcompute\nberth: {depends_on: [amlcompute.gpu]}\n",
      ], milliseconds: 3 * TemporaryFolder.longEnough)
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Creating...")
    let shown = try folder.run("lock", "show")
    for fact in ["Operation: apply", "Who: ", "Created: ", "Heartbeat: "] {
      #expect(shown.output.contains(fact), "\(shown.output)")
    }
    let id = try id(in: shown.output)
    let list = try folder.run("lock", "list").output
    #expect(list.contains(id) && list.contains(" HEARTBEAT\n") && list.contains("s ago\n"))
    let json = try folder.run("lock", "list", "--json").output
    #expect(json.contains("\"id\": \"\(id)\"") && json.contains("\"heartbeat\": \"20"))
    #expect(try folder.run("lock", "show", id, "--json").output.contains("\"token\": 1"))

    let wrong = try folder.run("force-unlock", String(id.dropLast()) + "x", "--force")
    #expect(wrong.status == 1)
    #expect(wrong.messages.contains("[lock-unknown]"))
    let unconfirmed = try folder.run("force-unlock", id)
    #expect(unconfirmed.status == 1)
    for fact in ["Who: ", "Created: ", "Heartbeat: "] {
      #expect(unconfirmed.output.contains(fact), "\(unconfirmed.output)")
    }
    #expect(unconfirmed.messages.contains("[not-approved]"))
    #expect(try folder.run("force-unlock", id, "--force").status == 0)

    #expect(apply.waitUntilExit() == 6, "\(apply.output)\(apply.messages)")
    #expect(apply.messages.contains("[lock-lost]"), "\(apply.messages)")
    let targets = try folder.run("list").output
    #expect(targets.contains("amlcompute.gpu"))
    #expect(!targets.contains("amlcompute.cpu"))
    try folder.takeFromNowOn(milliseconds: 1)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }

  @Test func `F26 the lock of a run that was killed is free at once`() throws {
    let folder = try TemporaryFolder.stack(Self.gpu, milliseconds: 1_500)
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Creating...")
    kill(apply.process.processIdentifier, SIGKILL)
    apply.waitUntilExit()
    #expect(try folder.run("lock", "list").output == "Nobody holds a lock.\n")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appendingPathComponent(".berth").path)
    #expect(!names.contains { $0.contains("-lease-") }, "\(names)")
  }

  @Test func `F32 a drift job beside an apply takes what is in flight for no drift`() throws {
    let folder = try TemporaryFolder.stack(Self.gpu)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.takeFromNowOn(milliseconds: TemporaryFolder.longEnough)
    try folder.write("name: gpu\ntype: amlcompute\nmax_instances: 7\n", to: "gpu.yml")
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Modifying...")
    let drift = try folder.run("drift", "--detailed-exitcode", "--fail-on", "drift")
    #expect(drift.status == 0, "\(drift.output)\(drift.messages)")
    #expect(apply.waitUntilExit() == 0)
    #expect(try folder.run("drift", "--detailed-exitcode").status == 0)
  }

  @Test func `an apply without a lock says nothing of one`() throws {
    let folder = try TemporaryFolder.stack(Self.gpu, milliseconds: TemporaryFolder.longEnough)
    var apply = try RunningApply(in: folder, ["apply", "--auto-approve", "--lock=false"])
    apply.wait(for: "Creating...")
    #expect(try folder.run("lock", "list").output == "Nobody holds a lock.\n")
    #expect(apply.waitUntilExit() == 0)
  }

  @Test func `events tell of the lock and of what is read`() throws {
    let folder = try TemporaryFolder.stack(Self.gpu)
    let run = try folder.run("apply", "--auto-approve", "--json")
    let types = run.output.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /"type":"([a-z_]+)"/).map { String($0.1) }
    }
    #expect(
      types == [
        "version", "state_lock_acquire", "refresh_start", "planned_change", "change_summary",
        "apply_start", "apply_complete", "change_summary", "state_lock_release",
      ], "\(run.output)")
    let again = try folder.run("plan", "--json").output
    #expect(again.contains("\"type\":\"refresh_complete\""))
  }

  @Test(arguments: ["x", "5", "-1s", "1d", "99999999999s", "s"])
  func `a timeout that is no time is bad usage`(text: String) throws {
    let folder = try TemporaryFolder.stack(Self.gpu)
    let run = try folder.run("apply", "--lock-timeout=\(text)")
    #expect(run.status == 1)
    #expect(run.messages.contains("Times look like"), "\(run.messages)")
  }
}
