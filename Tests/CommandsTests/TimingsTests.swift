import Foundation
import Logs
import Synchronization
import Testing

@testable import Commands

@Suite("Timings and logs of a run", .timeLimit(.minutes(60)))
struct TimingsTests {
  private static let pool = "name: gpu\ntype: amlcompute\n"

  @Test func `each phase is a line, and what is left and all of it follow`() {
    let ticks = Mutex(0)
    let timings = Timings(
      elapsed: {
        ticks.withLock { ticks in
          ticks += 1
          return .milliseconds(ticks * 10)
        }
      },
      usage: { ProcessUsage(processor: .milliseconds(ticks.withLock { $0 } * 4), peakKiB: 2_048) })
    let trace = RunTrace(log: .off, timings: timings)
    for _ in 0..<2 { trace.within(.bind) {} }
    trace.within(.plan) {}
    #expect(
      timings.text == """
        timing phase=bind wall_ms=20.000 cpu_ms=8.000 calls=2
        timing phase=plan wall_ms=10.000 cpu_ms=4.000 calls=1
        timing phase=other wall_ms=40.000 cpu_ms=16.000 calls=1
        timing phase=total wall_ms=70.000 cpu_ms=28.000 calls=1 peak_kib=2048

        """)
  }

  @Test func `a phase gives back what its work gives back, followed or not`() async {
    struct Refusal: Error {}
    let timings = Timings(elapsed: { .zero }, usage: { ProcessUsage() })
    for trace in [RunTrace.off, RunTrace(log: .off, timings: timings)] {
      #expect(trace.within(.bind) { 7 } == 7)
      #expect(await trace.awaiting(.apply) { 8 } == 8)
      #expect(throws: Refusal.self) { try trace.within(.plan) { throw Refusal() } }
    }
    #expect(timings.text.contains("phase=plan "), "a phase that failed took its time too")
  }

  /// The phases of a run's messages, in their order.
  private func phases(_ messages: String) -> [String] {
    messages.split(separator: "\n").compactMap { line in
      line.wholeMatch(
        of: /timing phase=([a-z-]+) wall_ms=\d+\.\d{3} cpu_ms=\d+\.\d{3} calls=\d+( peak_kib=\d+)?/
      ).map { String($0.1) }
    }
  }

  @Test(arguments: [
    (["version"], ["start", "other", "total"]),
    (["validate"], ["start", "read-manifests", "bind", "validate", "other", "total"]),
    (
      ["plan"],
      [
        "start", "read-manifests", "bind", "validate", "open-workspace", "fingerprint",
        "read-workspace", "plan", "render", "other", "total",
      ]
    ),
    (
      ["apply", "--auto-approve", "--report", "json=report.json"],
      [
        "start", "read-manifests", "bind", "validate", "open-workspace", "fingerprint", "lock",
        "read-workspace", "plan", "render", "apply", "verify", "report", "other", "total",
      ]
    ),
  ])
  func `a command says on stderr where its time went, if asked`(
    arguments: [String], expected: [String]
  ) throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let run = try folder.run(arguments + ["--timings"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(phases(run.messages) == expected, "\(run.messages)")
    #expect(!run.output.contains("timing "))
    #expect(try !folder.run(arguments).messages.contains("timing "))
  }

  @Test func `the lines stand there for every exit code`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": "name: gpu\ntype: amlcomputer\n"])
    let run = try folder.run("plan", "--timings")
    #expect(run.status == 1)
    #expect(phases(run.messages).last == "total", "\(run.messages)")
  }

  // MARK: Logs

  @Test(arguments: ["verbose", "inof", "1", "debug,info"])
  func `a level that does not exist is refused with those that do`(level: String) throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let run = try folder.run("plan", environment: ["BERTH_LOG": level])
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.messages.contains("BERTH_LOG is '\(level)'."), "\(run.messages)")
    let words = run.messages.replacing(/\s+/, with: " ")
    #expect(words.contains("trace, debug, info, warn, error"), "\(run.messages)")
    #expect(run.messages.contains("[log-settings]"))
    #expect(words.contains("Did you mean \"info\"?") == (level == "inof"))
  }

  @Test func `a log goes to stderr, or behind what stands in a file that is its owner's`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let run = try folder.run("plan", environment: ["BERTH_LOG": "debug"])
    #expect(run.status == 0)
    #expect(run.messages.contains(" event=run_started command=plan "), "\(run.messages)")
    #expect(!run.output.contains("event="))
    let environment = ["BERTH_LOG": "INFO", "BERTH_LOG_PATH": "berth.log"]
    for _ in 0..<2 {
      let run = try folder.run("plan", environment: environment)
      #expect(run.status == 0 && !run.messages.contains("event="), "\(run.messages)")
    }
    let lines = try folder.read("berth.log").split(separator: "\n")
    #expect(lines.count { $0.contains(" event=run_ended exit_code=0 ") } == 2, "\(lines)")
    #expect(Set(lines.compactMap { $0.firstMatch(of: #/run=([0-9a-f]{8}) /#)?.1 }).count == 2)
    for line in lines {
      #expect(
        line.firstMatch(
          of: #/^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z level=(info|warn|error) run=/#) != nil,
        "\(line)")
    }
    let path = folder.url.path + "/berth.log"
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `a log follows no link, and goes into nothing but a file`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let elsewhere = try folder.write("theirs\n", to: ".elsewhere")
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.path + "/link", withDestinationPath: elsewhere.path)
    #expect(mkfifo(folder.url.path + "/pipe", 0o600) == 0)
    for path in ["link", ".", "pipe", "no/such/folder/log", "/dev/null"] {
      let run = try folder.run(
        "plan", environment: ["BERTH_LOG": "info", "BERTH_LOG_PATH": path])
      #expect(run.status == 1 && run.output.isEmpty, "\(path)")
      #expect(run.messages.contains("[log-settings]"), "\(path): \(run.messages)")
    }
    #expect(try folder.read(".elsewhere") == "theirs\n")
    // Without a level nobody asked for a log.
    #expect(try folder.run("plan", environment: ["BERTH_LOG_PATH": "link"]).status == 0)
  }

  @Test func `F24 a log that can't be written any more does not stop an apply`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else {
      print("SKIPPED: there is no /dev/full here.")
      return
    }
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    // A limit on the size of files that only the log reaches.
    try folder.write(String(repeating: "x", count: 5_000_000), to: "berth.log")
    let run = try BerthBinary.run(
      ["apply", "--auto-approve"], in: folder.url,
      environment: ["BERTH_LOG": "trace", "BERTH_LOG_PATH": "berth.log"],
      through: ["/bin/bash", "-c", "ulimit -f 4000; exec \"$0\" \"$@\""])
    #expect(run.status == 1, "\(run.messages)")
    #expect(run.output.contains("Apply complete! Resources: 1 added"), "\(run.output)")
    #expect(run.messages.contains("Log is not complete"), "\(run.messages)")
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }

  // MARK: Secrets

  private static let canary = "C4nary-Hunter2-7f3a9e"

  /// Forms in which a secret might be repeated.
  private static let forms = [
    canary, String(canary.reversed()), Data(canary.utf8).base64EncodedString(),
    canary.utf8.map { String($0, radix: 16) }.joined(), "C4nary", "hunter2",
  ]

  private static let secretPool = """
    name: gpu
    type: amlcompute
    ssh_settings: {admin_username: me, admin_password: '${env:PASSWORD}'}
    ---
    name: box
    type: virtualmachine
    resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/\
    Microsoft.Compute/virtualMachines/box
    ssh_settings: {admin_username: me, admin_password: '${env:PASSWORD}'}

    """

  /// Runs commands with everything logged, and gives back all that was written anywhere.
  private func everything(
    of folder: TemporaryFolder, _ environment: [String: String]
  ) throws -> String {
    var told = ""
    for arguments in [
      ["validate"], ["plan", "--out", "plan.json"], ["apply", "plan.json"], ["drift"],
      ["apply", "--auto-approve"], ["list"], ["lock", "list"], ["destroy", "--auto-approve"],
    ] {
      for path in ["", "trace.log"] {
        let run = try folder.run(
          arguments + ["--timings"],
          environment: ["BERTH_LOG": "trace", "BERTH_LOG_PATH": path, "PASSWORD": Self.canary]
            .merging(environment) { $1 })
        let isUsedUp = arguments == ["apply", "plan.json"] && path == "trace.log"
        #expect(run.status == (isUsedUp ? 5 : 0), "\(arguments): \(run.messages)")
        told += run.output + run.messages
      }
    }
    return told + (try folder.read("trace.log"))
  }

  @Test func `T28 nothing of a secret is in a log that tells everything`() throws {
    let folder = try TemporaryFolder.stack(["targets.yml": Self.secretPool])
    let told = try everything(of: folder, [:])
    for event in ["write", "read", "operation", "lock_taken", "step_done", "planned"] {
      #expect(told.contains(" event=\(event) "), "\(event)")
    }
    for form in Self.forms { #expect(!told.lowercased().contains(form.lowercased()), "\(form)") }
  }

  @Test func `T28 nothing of a secret or a token is in the log of a run against the service`()
    throws
  {
    let place = try TemporaryFolder()
    let emulator = try EmulatorProcess(["--operation-milliseconds", "1"], in: place.url)
    let url = try emulator.url()
    let folder = try TemporaryFolder.stack(["targets.yml": Self.secretPool])
    let settings = try folder.read("berth.yaml").split(separator: "\n").map { line in
      line.hasPrefix("backend:")
        ? "backend: {type: azure, endpoint: \"\(url)\", auth: {type: client_secret}}"
        : String(line)
    }.joined(separator: "\n")
    try folder.write(
      settings + "\nlock: {type: blob, url: \"\(url)/account/locks/x\", sas: \"${env:SAS}\"}\n",
      to: "berth.yaml")
    let told = try everything(
      of: folder,
      [
        "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "a", "AZURE_CLIENT_SECRET": Self.canary,
        "SAS": "?sv=2021-12-02&sp=rcw&sig=\(Self.canary)",
      ])
    for fact in [
      " event=request ", " method=PUT ", " status=20", " client_request_id=", " request_id=",
      "/oauth2/v2.0/token ", "path=/account/locks/x ", " event=operation ",
    ] {
      #expect(told.contains(fact), "\(fact)")
    }
    for form in Self.forms + ["Bearer", "sig=", "eyJ"] {
      #expect(!told.lowercased().contains(form.lowercased()), "\(form)")
    }
  }

  @Test func `what the service refuses for a while is logged with its delay`() throws {
    let place = try TemporaryFolder()
    try place.write(
      """
      faults:
        - on: list
          first: 1
          answer: {status: 429, retry_after: 1}

      """, to: "faults.yml")
    let emulator = try EmulatorProcess(
      ["--auth", "none", "--operation-milliseconds", "1", "--faults", "faults.yml"],
      in: place.url)
    let url = try emulator.url()
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    let settings = try folder.read("berth.yaml").split(separator: "\n").map { line in
      line.hasPrefix("backend:")
        ? "backend: {type: azure, endpoint: \"\(url)\", auth: {type: none}}" : String(line)
    }.joined(separator: "\n")
    try folder.write(settings + "\n", to: "berth.yaml")
    let run = try folder.run("plan", environment: ["BERTH_LOG": "debug"])
    #expect(run.status == 0, "\(run.messages)")
    let line = run.messages.split(separator: "\n").first { $0.contains(" event=retry ") }
    #expect(line?.contains(" attempt=2 ") == true, "\(run.messages)")
    #expect(line?.contains(" delay_ms=1000.000 method=GET path=/subscriptions/") == true)
    #expect(run.messages.contains(" level=warn "))
    #expect(run.messages.contains(" event=held_back "), "\(run.messages)")
  }
}
