import Foundation
import TestSupport
import Testing

/// `berth emulate` as a process.
@Suite("Emulate", .timeLimit(.minutes(60)))
struct EmulateTests {
  private func curl(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments = ["--silent", "--max-time", "20"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  private static let workspace =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group/providers/"
    + "Microsoft.MachineLearningServices/workspaces/workspace"

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func `it says where it is and ends when it is asked to`(signal: Int32, status: Int32) throws {
    let folder = try TemporaryFolder()
    let emulator = try EmulatorProcess([], in: folder.url)
    let url = try emulator.url()
    #expect(emulator.text.contains("endpoint: \(url)"))
    #expect(emulator.text.contains("auth: {type: client_secret}"))
    let clock = ContinuousClock()
    let start = clock.now
    #expect(emulator.end(signal) == status)
    #expect(clock.now - start < .seconds(10))
  }

  @Test func `what the service's stable interface would drop is refused by validate`() throws {
    let folder = try TemporaryFolder.stack([
      "box.yml": """
      name: box
      type: computeinstance
      size: STANDARD_DS3_V2
      enable_os_patching: true

      """
    ])
    #expect(try folder.run("validate").status == 0, "the embedded workspace keeps it")
    let embedded = try folder.read("berth.yaml").split(separator: "\n").map(String.init)
    func validate(_ backend: String) throws -> BerthBinary.Run {
      let lines = embedded.map { $0.hasPrefix("backend:") ? "backend: {\(backend)}" : $0 }
      try folder.write(lines.joined(separator: "\n"), to: "berth.yaml")
      return try folder.run("validate")
    }
    let refused = try validate("type: azure")
    #expect(refused.status == 1)
    #expect(refused.messages.contains("box.yml line 4"))
    #expect(refused.messages.contains("[preview-only-field]"))
    #expect(try validate("type: azure, api_version: 2026-05-15-preview").status == 0)
  }

  @Test func `another client changes a stack's workspace behind its back`() throws {
    let folder = try TemporaryFolder.stack([
      "cpu.yml": """
      name: cpu
      type: amlcompute
      size: STANDARD_DS3_V2
      max_instances: 4

      """
    ])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let emulator = try EmulatorProcess(
      [
        "--store", ".berth/workspace.db", "--workspaces", "berth.yaml", "--auth", "none",
        "--operation-milliseconds", "1",
      ], in: folder.url)
    let url = try emulator.url()
    let target = "\(url)\(Self.workspace)/computes/cpu?api-version=2025-12-01"
    #expect(try curl(target).contains("\"maxNodeCount\":4"))
    let answer = try curl(
      "--request", "PATCH", "--header", "Content-Type: application/json", "--data",
      #"{"properties":{"properties":{"scaleSettings":{"minNodeCount":0,"maxNodeCount":9}}}}"#,
      target)
    #expect(answer.contains("\"provisioningState\":\"Updating\""))
    let drift = try folder.run("drift", "--detailed-exitcode")
    #expect(drift.status == 2)
    #expect(drift.output.contains("max_instances = 4 -> 9"), "\(drift.output)")
    let other = target.replacingOccurrences(of: "workspaces/workspace", with: "workspaces/other")
    #expect(try curl(other).contains("ParentResourceNotFound"))
  }

  @Test func `a recording is answered again, and has no secret`() throws {
    let folder = try TemporaryFolder()
    let recorder = try EmulatorProcess(["--record", "tape.jsonl"], in: folder.url)
    let form = "grant_type=client_credentials&client_id=a&client_secret=canary&scope=r/.default"
    #expect(
      try curl("--data", form, "\(try recorder.url())/t/oauth2/v2.0/token").contains("access_token")
    )
    let path = "\(Self.workspace)/computes?api-version=2025-12-01"
    let bearer = "Authorization: Bearer canary"
    let first = try curl("--header", bearer, "\(try recorder.url())\(path)")
    #expect(recorder.end(SIGTERM) == 143)
    let tape = try folder.read("tape.jsonl")
    #expect(!tape.contains("canary") && tape.split(separator: "\n").count == 3)

    let player = try EmulatorProcess(["--replay", "tape.jsonl"], in: folder.url)
    #expect(try curl("\(try player.url())\(path)") == first)
    #expect(try curl("\(try player.url())/other").contains("NotRecorded"))
  }

  @Test func `over HTTPS a client trusts the certificate that was written`() throws {
    let folder = try TemporaryFolder()
    let emulator = try EmulatorProcess(["--tls", "self-signed"], in: folder.url)
    let target = "\(try emulator.url())/metadata/endpoints?api-version=2019-05-01"
    let certificate = folder.url.appendingPathComponent(".berth/emulator.pem").path
    #expect(emulator.text.contains(certificate))
    #expect(try curl(target).isEmpty, "nobody vouches for it")
    #expect(try curl("--cacert", certificate, target).contains("resourceManager"))
  }

  @Test func `faults of a file meet those that it names`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "faults: [{on: metadata, nth: 2, connection: reset}, {on: metadata, answer: {status: 418}}]",
      to: "faults.yml")
    let emulator = try EmulatorProcess(["--faults", "faults.yml"], in: folder.url)
    let target = "\(try emulator.url())/metadata/endpoints"
    #expect(try curl("--write-out", "%{http_code}", "--output", "-", target).hasSuffix("418"))
    #expect(try curl("--write-out", "%{http_code}", "--output", "-", target) == "000")
  }

  // MARK: Files

  @Test func `a recording empties nothing that is there`() throws {
    let folder = try TemporaryFolder()
    let tape = #"{"format":"berth-recording","version":1}"# + "\n"
    try folder.write(tape, to: "tape.jsonl")
    for arguments in [
      ["--record", "tape.jsonl"], ["--record", "tape.jsonl", "--replay", "tape.jsonl"],
      ["--record", "tape.jsonl", "--faults", "none.yml"],
    ] {
      let run = try folder.run(["emulate", "--listen", "127.0.0.1:0"] + arguments)
      #expect(run.status == 1 && run.output.isEmpty, "\(arguments)")
      #expect(try folder.read("tape.jsonl") == tape, "\(arguments)")
    }
    // Nor is anything made by a start that fails.
    let port = try EmulatorProcess([], in: folder.url)
    let address = try port.url().split(separator: "/").last.map(String.init) ?? ""
    _ = try folder.run(
      "emulate", "--listen", address, "--tls", "self-signed", "--record", "other.jsonl")
    _ = try folder.run(
      "emulate", "--store", ".berth/workspace.db", "--record", "/nowhere/tape", "--page-size", "0")
    for path in [".berth/emulator.pem", "other.jsonl", ".berth/workspace.db"] {
      #expect(throws: (any Error).self, "\(path)") { try folder.read(path) }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a recording that can't go on says so at once`() throws {
    let folder = try TemporaryFolder()
    let emulator = try EmulatorProcess(["--record", "/dev/full"], in: folder.url)
    _ = try emulator.url()
    #expect(emulator.text.contains("The recording stops here: '/dev/full'"))
    #expect(emulator.end(SIGTERM) == 143)
  }

  @Test func `a stack's file is served as the stack describes it`() throws {
    let folder = try TemporaryFolder.stack([:])
    try folder.write(
      try folder.read("berth.yaml").replacingOccurrences(of: "westeurope", with: "northeurope"),
      to: "berth.yaml")
    let emulator = try EmulatorProcess(
      ["--store", ".berth/workspace.db", "--auth", "none"], in: folder.url)
    let found = try curl("\(try emulator.url())\(Self.workspace)?api-version=2025-12-01")
    #expect(found.contains(#""location":"northeurope""#), "\(found)")
  }

  @Test func `a misspelt store is no workspace of its own`() throws {
    let folder = try TemporaryFolder()
    let run = try folder.run("emulate", "--listen", "127.0.0.1:0", "--store", "workspce.db")
    #expect(run.status == 1 && run.messages.contains("No embedded workspace there"))
    #expect(throws: (any Error).self) { try folder.read("workspce.db") }
    let other = try folder.run("emulate", "--store", ".")
    #expect(other.messages.contains("with --store") && !other.messages.contains("berth.yaml"))
  }

  @Test func `it is reached by an address that clients can use`() throws {
    let folder = try TemporaryFolder()
    let emulator = try EmulatorProcess(
      ["--listen", "0.0.0.0:0", "--dangerous-listen-anywhere"], in: folder.url)
    let url = try emulator.url()
    #expect(emulator.text.contains("endpoint: \(url)"))
    #expect(emulator.text.contains("Other machines reach it by this machine's name; Berth"))
    let secure = try EmulatorProcess(
      ["--listen", "127.0.0.2:0", "--tls", "self-signed"], in: folder.url)
    while secure.process.isRunning, !secure.text.contains("Ctrl-C") { usleep(20_000) }
    let match = secure.text.firstMatch(of: /https:\/\/127\.0\.0\.2:\d+/)
    let target = (match.map { String($0.0) } ?? "") + "/metadata/endpoints"
    let certificate = folder.url.appendingPathComponent(".berth/emulator.pem").path
    #expect(try curl("--cacert", certificate, target).contains("resourceManager"))
  }

  @Test func `T30 nobody else is let in unless that is asked for`() throws {
    let folder = try TemporaryFolder()
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
      let run = try folder.run("emulate", "--listen", address)
      #expect(run.status == 3, "\(address)")
      #expect(run.messages.contains("Emulator would be open to others"))
    }
    let emulator = try EmulatorProcess([], in: folder.url)
    let target = "\(try emulator.url())/metadata/endpoints"
    #expect(try curl("--header", "Host: evil.example", target).contains("ForeignHost"))
  }

  @Test func `what can't be is told before anything is served`() throws {
    let folder = try TemporaryFolder()
    try folder.write("faults: [{on: putt, delay: 1}]\n", to: "faults.yml")
    try folder.write("nothing: here\n", to: "workspaces.yml")
    try folder.write("Dear colleague,\n", to: "notes.txt")
    for (arguments, words) in [
      (["--listen", "nowhere"], "Not an address to listen on"),
      (["--faults", "faults.yml"], "Did you mean"), (["--faults", "none.yml"], "none.yml"),
      (["--workspaces", "workspaces.yml"], "No workspace in the file"),
      (["--replay", "notes.txt"], "Not a recording"),
      (["--replay", "notes.txt", "--seed", "1"], "A recording knows its answers"),
      (["--replay", "notes.txt", "--workspaces", "workspaces.yml"], "A recording knows"),
      (["--page-size", "0"], "Option out of range"),
      (["--tls", "yes"], "Certificate is not named"),
      (["--tls", "a.pem,b.pem"], "a.pem"),
      (["--listen", "127.0.0.1:0", "--record", "/nowhere/tape"], "/nowhere/tape"),
      (["--auth", "some"], "auth"), (["--store", "."], "not a file"),
    ] {
      let run = try folder.run(["emulate"] + arguments)
      #expect(run.status == 1, "\(arguments)")
      #expect(run.messages.contains(words), "\(arguments): \(run.messages)")
      #expect(run.output.isEmpty)
    }
  }
}
