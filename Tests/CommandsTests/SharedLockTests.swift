import Foundation
import Testing

/// A lock on a blob, as runners that share no disk meet it.
@Suite("Shared locks", .timeLimit(.minutes(60)))
struct SharedLockTests {
  private static let gpu = "name: gpu\ntype: amlcompute\nsize: STANDARD_DS3_V2\n"

  /// A runner: a folder of its own, with the same stack at the same service.
  private func runner(
    _ url: String, lock: String = "", backend: String? = nil, _ manifest: String = gpu
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack(["gpu.yml": manifest])
    let backend = backend ?? "{type: azure, endpoint: \"\(url)\", auth: {type: none}}"
    let whole = try folder.read("berth.yaml").split(separator: "\n")
      .map { $0.hasPrefix("backend:") ? "backend: \(backend)" : String($0) }.joined(separator: "\n")
    try folder.write(
      "\(whole)\nlock: {type: blob, url: \"\(url)/account/locks/prod.lock\"\(lock)}\n",
      to: "berth.yaml")
    return folder
  }

  private func emulator(_ folder: TemporaryFolder, milliseconds: Int = 2_500) throws
    -> EmulatorProcess
  {
    try EmulatorProcess(
      ["--auth", "none", "--operation-milliseconds", "\(milliseconds)"], in: folder.url)
  }

  /// The id in `Lock Info`.
  private func id(in text: String) throws -> String {
    String(try #require(text.firstMatch(of: /ID: +([0-9a-f]{32})/)).1)
  }

  @Test func `F16 two runners without a common disk exclude each other, and the holder is named`()
    throws
  {
    let place = try TemporaryFolder()
    let emulator = try emulator(place, milliseconds: TemporaryFolder.longEnough)
    let (one, two) = (try runner(try emulator.url()), try runner(try emulator.url()))
    var first = try RunningApply(in: one)
    first.wait(for: "Creating...")
    let refused = try two.run("apply", "--auto-approve")
    #expect(refused.status == 4, "\(refused.messages)")
    #expect(refused.messages.contains("[state-lock]") && refused.messages.contains("Who:"))
    #expect(try two.run("plan").status == 0, "who only reads needs no lock")
    var waiting = try RunningApply(in: two, ["apply", "--auto-approve", "--lock-timeout", "300s"])
    waiting.wait(for: "Acquiring lock.")
    #expect(first.waitUntilExit() == 0)
    #expect(waiting.waitUntilExit() == 0, "\(waiting.messages)")
    #expect(waiting.output.contains("Acquiring lock."))
    #expect(!first.messages.contains("runners elsewhere"), "\(first.messages)")
    #expect(!first.output.contains("runners elsewhere"))
    #expect(try two.run("lock", "list").output == "Nobody holds a lock.\n")
  }

  @Test func `F26 the lock of a runner that was killed stays until it ends or is ended`() throws {
    let place = try TemporaryFolder()
    let emulator = try emulator(place)
    let (one, two) = (try runner(try emulator.url()), try runner(try emulator.url()))
    var killed = try RunningApply(in: one)
    killed.wait(for: "Creating...")
    kill(killed.process.processIdentifier, SIGKILL)
    killed.waitUntilExit()
    let refused = try two.run("apply", "--auto-approve")
    #expect(refused.status == 4, "\(refused.messages)")
    let id = try id(in: refused.messages)
    #expect(try two.run("lock", "show", id).output.contains("Operation: apply"))
    let ended = try two.run("force-unlock", id, "--force")
    #expect(ended.status == 0 && ended.output.contains("free in a minute at most"))
    #expect(try two.run("lock", "list").output.contains(id), "it keeps others out until then")
  }

  @Test func `T22 a shared lock that is ended by force stops its run before the next write`() throws
  {
    let place = try TemporaryFolder()
    // Longer than a heartbeat, so that the run learns of it.
    let emulator = try emulator(place, milliseconds: 22_000)
    let (one, two) = (
      try runner(try emulator.url()),
      try runner(try emulator.url())
    )
    try one.write(
      "name: cpu\ntype: amlcompute\nsize: STANDARD_DS3_V2\n"
        + "berth: {depends_on: [amlcompute.gpu]}\n", to: "cpu.yml")
    var apply = try RunningApply(in: one)
    apply.wait(for: "Creating...")
    let id = try id(in: try two.run("lock", "show").output)
    #expect(try two.run("force-unlock", id, "--force").status == 0)
    #expect(apply.waitUntilExit() == 6, "\(apply.output)\(apply.messages)")
    #expect(apply.messages.contains("[lock-lost]"), "\(apply.messages)")
    #expect(try !two.run("list").output.contains("amlcompute.cpu"))
  }

  @Test func `a shared lock serves an embedded workspace too`() throws {
    let place = try TemporaryFolder()
    let emulator = try emulator(place)
    let folder = try runner(
      try emulator.url(), lock: ", auth: {type: none}",
      backend: "{type: local, operation_milliseconds: \(TemporaryFolder.longEnough)}")
    var first = try RunningApply(in: folder)
    first.wait(for: "Creating...")
    #expect(try folder.run("apply", "--auto-approve").status == 4)
    #expect(first.waitUntilExit() == 0)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }

  @Test func `F19 without its lock's account an apply does nothing`() throws {
    let place = try TemporaryFolder()
    let emulator = try emulator(place)
    let url = try emulator.url()
    let folder = try runner(url)
    _ = emulator.end(SIGKILL)
    let run = try folder.run("apply", "--auto-approve")
    #expect(run.status == 1, "\(run.messages)")
    #expect(run.messages.contains("LockNotReached") && run.messages.contains("lock.url"))
  }

  private static let canary = "Zq7canary%2Fsignature%3D"

  @Test func `T28 a lock's signature is shown nowhere`() throws {
    let place = try TemporaryFolder()
    let emulator = try EmulatorProcess(
      ["--operation-milliseconds", "1", "--record", "tape.jsonl"], in: place.url)
    let url = try emulator.url()
    let folder = try runner(url, lock: ", sas: \"${env:LOCK_SAS}\"")
    try folder.write(
      try folder.read("berth.yaml").replacing("type: none", with: "type: client_secret"),
      to: "berth.yaml")
    let environment = [
      "LOCK_SAS": "?sv=2021-12-02&sp=rcw&sig=\(Self.canary)", "AZURE_TENANT_ID": "t",
      "AZURE_CLIENT_ID": "a", "AZURE_CLIENT_SECRET": "s",
    ]
    var told = ""
    for arguments in [
      ["validate"], ["plan"], ["apply", "--auto-approve"], ["lock", "list", "--json"],
      ["lock", "show"], ["force-unlock", "nobody", "--force"],
      ["apply", "--auto-approve", "--json"],
    ] {
      let run = try folder.run(arguments, environment: environment)
      #expect([0, 1].contains(run.status), "\(arguments): \(run.messages)")
      told += run.output + run.messages
    }
    #expect(told.contains("Apply complete!"), "\(told)")
    _ = emulator.end(SIGTERM)
    let away = try folder.run(["apply", "--auto-approve"], environment: environment)
    #expect(away.status == 1)
    told += away.output + away.messages + (try place.read("tape.jsonl"))
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.url.path) {
      told += (try? folder.read(file)) ?? ""
    }
    for form in [Self.canary, "Zq7canary/signature", "Zq7canary"] {
      #expect(!told.contains(form))
    }
  }

  @Test(arguments: [
    (", sas: \"sv=1&sig=Zq7canary\"", "[invalid-configuration]"),
    (", sas: \"${env:AZURE_CLIENT_SECRET}\"", "[invalid-configuration]"),
    (", sas: \"${env:NOT_SET}\"", "[lock-signature]"),
    (", sas: \"${env:NO_SAS}\"", "[lock-signature]"),
    (", sas: \"${file:nowhere}\"", "[lock-signature]"),
  ])
  func `T13 what is no signature is refused, and not shown`(lock: String, rule: String) throws {
    let folder = try runner("http://127.0.0.1:1", lock: lock)
    let run = try folder.run("apply", "--auto-approve", environment: ["NO_SAS": "Zq7canary"])
    #expect(run.status == 1)
    #expect(run.messages.contains(rule), "\(run.messages)")
    #expect(!run.messages.contains("Zq7canary"), "\(run.messages)")
  }

  @Test func `Microsoft's own client speaks with the emulator's blobs`() throws {
    let place = try TemporaryFolder()
    let emulator = try EmulatorProcess([], in: place.url)
    let process = Process()
    process.executableURL = BerthBinary.packageFolder
      .appendingPathComponent("scripts/check-blob-leases")
    process.arguments = [try emulator.url()]
    let output = place.url.appendingPathComponent("told.txt")
    try process.write(into: output)
    try process.run()
    process.waitUntilExit()
    let told = try String(contentsOf: output, encoding: .utf8)
    if process.terminationStatus == 69 {
      print("SKIPPED: Microsoft's client for blobs can't be had here.")
      return
    }
    #expect(process.terminationStatus == 0, "\(told)")
    #expect(told.contains("and so is a container"), "\(told)")
  }
}
