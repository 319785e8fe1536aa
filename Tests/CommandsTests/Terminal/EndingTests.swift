import Foundation
import Testing

/// However a run ends: its reports are written, its journal is whole, and it finishes its work when
/// nobody reads what it says.
@Suite("Ends of runs")
struct EndingTests {
  private static let two = [
    "a.yml": "name: a-pool\ntype: amlcompute\n",
    "b.yml": "name: b-pool\ntype: amlcompute\nberth: {depends_on: [amlcompute.a-pool]}\n",
  ]
  private static let kinds = ["markdown", "sarif", "junit", "metrics", "github", "json", "html"]
  private static let reports = kinds.flatMap { ["--report", "\($0)=report.\($0)"] }

  private func expectReports(
    _ status: Int32, in folder: TemporaryFolder, _ source: SourceLocation = #_sourceLocation
  ) throws {
    // There may be nothing to annotate.
    for kind in Self.kinds where kind != "github" {
      #expect(try !folder.read("report.\(kind)").isEmpty, "\(kind)", sourceLocation: source)
    }
    #expect(
      try folder.read("report.json").contains("\"exit_code\": \(status),"), sourceLocation: source)
    let metrics = try folder.read("report.metrics")
    #expect(
      metrics.contains("} \(status)\n") && metrics.hasSuffix("# EOF\n"), sourceLocation: source)
  }

  /// Every line of the journals can be read, and the next apply converges.
  private func expectWholeJournal(
    _ folder: TemporaryFolder, _ source: SourceLocation = #_sourceLocation
  ) throws {
    for journal in try folder.journalFiles(endingIn: ".jsonl") {
      let lines = try String(contentsOf: journal, encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.last == "", sourceLocation: source)
      for line in lines.dropLast() {
        _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
      }
    }
    try folder.takeFromNowOn(milliseconds: 10)
    let next = try folder.run("apply", "--resume")
    #expect(next.status == 0, "\(next.output)\(next.messages)", sourceLocation: source)
    #expect(
      try folder.run("plan", "--detailed-exitcode").status == 0, sourceLocation: source)
  }

  /// True if the tests themselves were started not to care about a signal, and their children with
  /// them.
  private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  // MARK: Reports

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143)), (SIGHUP, Int32(143))])
  func `an apply that is asked to end finishes what runs, and reports`(
    signal: Int32, status: Int32
  ) throws {
    if signal == SIGHUP, isIgnored(SIGHUP) {
      return print("SKIPPED: under nohup, terminals that go away are no reason to end.")
    }
    let folder = try TemporaryFolder.stack(Self.two, milliseconds: TemporaryFolder.longEnough)
    var apply = try RunningApply(in: folder, ["apply", "--auto-approve"] + Self.reports)
    apply.wait(for: "Creating...")
    kill(apply.process.processIdentifier, signal)
    #expect(apply.waitUntilExit() == status)
    #expect(apply.output.contains("amlcompute.a-pool: Creation complete after"))
    #expect(
      apply.messages.contains("leave at once. Waiting for amlcompute.a-pool (creating)."),
      "\(apply.messages)")
    try expectReports(status, in: folder)
    #expect(try folder.read("report.junit").contains("b-pool"))
    try expectWholeJournal(folder)
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func `an apply that is asked twice leaves at once, with its reports and a whole journal`(
    signal: Int32, status: Int32
  ) throws {
    // Longer than any test waits.
    let folder = try TemporaryFolder.stack(Self.two, milliseconds: 60_000)
    var apply = try RunningApply(in: folder, ["apply", "--auto-approve"] + Self.reports)
    apply.wait(for: "Creating...")
    kill(apply.process.processIdentifier, signal)
    apply.wait(forMessage: "Interrupt received.")
    kill(apply.process.processIdentifier, signal)
    #expect(apply.waitUntilExit() == status)
    #expect(!apply.output.contains("Creation complete"))
    try expectReports(status, in: folder)
    #expect(try folder.read("report.markdown").contains("a-pool"))
  }

  @Test func `a run that is locked out or comes half the way reports`() throws {
    let folder = try TemporaryFolder.stack(Self.two, milliseconds: 30_000)
    try folder.write(
      try folder.read("berth.yaml") + "deadlines: {amlcompute: 10s}\n", to: "berth.yaml")
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Creating...")
    #expect(try folder.run(["apply", "--auto-approve"] + Self.reports).status == 4)
    try expectReports(4, in: folder)
    #expect(try folder.read("report.sarif").contains("\"state-lock\""))
    #expect(apply.waitUntilExit() == 6)
    try folder.write("name: c-pool\ntype: amlcompute\n", to: "c.yml")
    #expect(try folder.run(["apply", "--auto-approve"] + Self.reports).status == 6)
    try expectReports(6, in: folder)
    #expect(try folder.read("report.sarif").contains("\"step-failed\""))
  }

  @Test func `a run that only reads and is asked to end reports`() throws {
    let service = try SilentService()
    let folder = try TemporaryFolder.stack(Self.two)
    try service.serve(folder)
    for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      var plan = try RunningApply(in: folder, ["plan", "--json"] + Self.reports)
      plan.wait(for: "refresh_start")
      kill(plan.process.processIdentifier, signal)
      #expect(plan.waitUntilExit() == status)
      try expectReports(status, in: folder)
    }
  }

  // MARK: Nobody reads

  /// Runs a line of bash; the exit codes of the parts of its last pipeline stand at the end.
  private func shell(_ line: String, in folder: TemporaryFolder) throws -> BerthBinary.Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line.replacing("berth ", with: "'\(BerthBinary.location.path)' ")]
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": "/usr/bin:/bin", "BERTH_IN_AUTOMATION": "1"]
    let (output, messages) = (Pipe(), folder.url.appendingPathComponent(".messages"))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = try FileHandle.making(messages)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return BerthBinary.Run(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
      messages: try String(contentsOf: messages, encoding: .utf8))
  }

  /// More than a pipe holds.
  private static let many = [
    "many.yml": (1...150).map { "---\nname: pool-\($0)x\ntype: amlcompute\n" }.joined()
  ]

  @Test func `a reader that goes away is no error, and the exit code stays`() throws {
    let folder = try TemporaryFolder.stack(Self.many)
    for (command, status) in [
      ("plan", 0), ("plan --detailed-exitcode", 2), ("plan --fail-on create", 3),
      ("plan --json", 0),
      ("explain amlcompute", 0), ("schema", 0),
    ] {
      let run = try shell("berth \(command) | head -1; echo ${PIPESTATUS[0]}", in: folder)
      #expect(run.output.hasSuffix("\n\(status)\n"), "\(command): \(run.output)")
      #expect(!run.messages.contains("SIGPIPE") && !run.messages.contains("rror: Output"))
      #expect(run.messages.isEmpty || status == 3, "\(command): \(run.messages)")
    }
  }

  @Test(arguments: ["", "--json", "--concise"])
  func `an apply whose reader goes away finishes its work`(option: String) throws {
    let folder = try TemporaryFolder.stack(Self.many)
    let run = try shell(
      "berth apply --auto-approve \(option) 2>&1 | head -1; echo ${PIPESTATUS[0]}", in: folder)
    #expect(run.output.hasSuffix("\n0\n"), "\(run.output)")
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }

  @Test func `a stream that is closed is no door into a file`() throws {
    let folder = try TemporaryFolder.stack(Self.two)
    for streams in [">&-", "2>&-", ">&- 2>&- <&-"] {
      let run = try shell("berth apply --auto-approve \(streams)", in: folder)
      #expect([0, 1].contains(run.status), "\(streams): \(run.messages)")
      #expect(try folder.run("plan", "--detailed-exitcode").status == 0, "\(streams)")
      #expect(try folder.run("destroy", "--auto-approve").status == 0, "\(streams)")
    }
    let own = folder.url.appendingPathComponent(".berth")
    for case let file as URL in FileManager.default.enumerator(
      at: own, includingPropertiesForKeys: nil) ?? .init()
    {
      guard let text = try? String(contentsOf: file, encoding: .isoLatin1) else { continue }
      #expect(!text.contains("Berth will perform"), "\(file.lastPathComponent)")
    }
  }
}
