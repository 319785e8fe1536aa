import Foundation
import Testing

/// How soon an apply answers when it is asked to end: whoever asks may lose patience.
@Suite("Answers to signals", .timeLimit(.minutes(60)))
struct SignalTimeTests {
  private static let two = [
    "a.yml": "name: a-pool\ntype: amlcompute\n",
    "b.yml": "name: b-pool\ntype: amlcompute\nberth: {depends_on: [amlcompute.a-pool]}\n",
  ]
  private static let signals = [(SIGINT, Int32(130)), (SIGTERM, Int32(143))]

  /// The best of a few tries counts: a busy machine may hold one up.
  ///
  /// - Parameter answerTime: nil if the apply had given up waiting for an answer before it was asked.
  private func expectOneSecond(
    _ source: SourceLocation = #_sourceLocation, _ answerTime: () throws -> Duration?
  ) rethrows {
    var times: [Duration?] = []
    repeat {
      let time = try answerTime()
      if let time, time <= .seconds(1) { return }
      times.append(time)
    } while times.count < 5
    Issue.record("\(times)", sourceLocation: source)
  }

  @Test(arguments: signals)
  func `F25 an apply at work says within a second that it ends, and begins nothing more`(
    signal: Int32, status: Int32
  ) throws {
    try expectOneSecond {
      let folder = try TemporaryFolder.stack(Self.two, milliseconds: TemporaryFolder.longEnough)
      var apply = try RunningApply(in: folder)
      apply.wait(for: "a-pool: Creating...")
      let time = ContinuousClock().measure {
        kill(apply.process.processIdentifier, signal)
        apply.wait(forMessage: "Interrupt received.")
      }
      #expect(apply.process.isRunning, "it waits for what runs: \(apply.messages)")
      #expect(apply.waitUntilExit() == status, "\(apply.messages)")
      #expect(apply.messages.contains("Interrupt received."))
      #expect(apply.output.contains("a-pool: Creation complete"))
      #expect(!apply.output.contains("b-pool: Creating"))
      #expect(try !folder.run("list").output.contains("b-pool"))
      return time
    }
  }

  /// What an apply may wait for while nothing of it is under way.
  enum Wait: CaseIterable {
    case connection, answer, lock, permission
  }

  @Test(arguments: Wait.allCases, signals)
  func `F25 an apply of which nothing is under way ends within a second`(
    wait: Wait, signal: (Int32, Int32)
  ) throws {
    try expectOneSecond {
      switch wait {
      case .connection, .answer:
        let service = try SilentService(isFull: wait == .connection)
        let folder = try TemporaryFolder.stack(Self.two)
        try service.serve(folder)
        var apply = try RunningApply(in: folder, ["apply", "--auto-approve", "--json"])
        apply.wait(for: "refresh_start")
        service.waitForCall()
        return end(&apply, signal)
      case .lock:
        let folder = try TemporaryFolder.stack(Self.two, milliseconds: 60_000)
        var holder = try RunningApply(in: folder)
        holder.wait(for: "Creating...")
        var apply = try RunningApply(
          in: folder, ["apply", "--auto-approve", "--lock-timeout", "1h"])
        apply.wait(for: "Acquiring lock.")
        defer { kill(holder.process.processIdentifier, SIGKILL) }
        return end(&apply, signal)
      case .permission:
        let folder = try TemporaryFolder.stack(Self.two)
        try folder.write(
          "faults: [{on: put, answer: {status: 429, retry_after: 600}}]\n", to: ".faults")
        let emulator = try EmulatorProcess(
          ["--auth", "none", "--faults", ".faults"], in: folder.url)
        try folder.useService(at: try emulator.url())
        var apply = try RunningApply(in: folder)
        apply.wait(forMessage: "Warning: ")
        return end(&apply, signal)
      }
    }
  }

  private func end(_ apply: inout RunningApply, _ signal: (number: Int32, status: Int32))
    -> Duration?
  {
    guard apply.process.isRunning else {
      apply.waitUntilExit()
      #expect(apply.output.contains(" in time"), "\(apply.output)\(apply.messages)")
      return nil
    }
    let time = ContinuousClock().measure {
      kill(apply.process.processIdentifier, signal.number)
      apply.process.waitUntilExit()
    }
    let code = apply.waitUntilExit()
    // Who was ended by a signal has, for a shell, this code too.
    let isKilled = apply.process.terminationReason == .uncaughtSignal
    #expect(
      (isKilled ? 128 + code : code) == signal.status, "\(apply.output)\(apply.messages)")
    return time
  }

  @Test(arguments: signals)
  func `F25 an apply that has begun nothing gives back a lock that runners elsewhere wait for`(
    signal: Int32, status: Int32
  ) throws {
    let (folder, emulator) = try Self.stackWithBlob("faults: [{on: list, delay: 600}]\n")
    defer { withExtendedLifetime(emulator) {} }
    var apply = try RunningApply(in: folder, ["apply", "--auto-approve", "--json"])
    apply.wait(for: "refresh_start")
    #expect(try folder.run("lock", "list").output.contains(" apply "))
    kill(apply.process.processIdentifier, signal)
    #expect(apply.waitUntilExit() == status, "\(apply.output)\(apply.messages)")
    #expect(apply.output.contains("Interrupt received. Nothing was begun."), "\(apply.output)")
    #expect(try folder.run("lock", "list").output == "Nobody holds a lock.\n")
  }

  @Test(arguments: signals)
  func `F25 an apply that reads back what it did tells it and gives its lock back`(
    signal: Int32, status: Int32
  ) throws {
    let (folder, emulator) = try Self.stackWithBlob("faults: [{on: list, nth: 2, delay: 600}]\n")
    defer { withExtendedLifetime(emulator) {} }
    var apply = try RunningApply(in: folder)
    apply.wait(for: "b-pool: Creation complete")
    kill(apply.process.processIdentifier, signal)
    #expect(apply.waitUntilExit() == status, "\(apply.output)\(apply.messages)")
    #expect(
      apply.messages.contains("What was done was not read back."),
      "\(apply.output)\(apply.messages)")
    #expect(apply.output.contains("2 added"), "\(apply.output)")
    #expect(try folder.run("lock", "list").output == "Nobody holds a lock.\n")
  }

  /// A stack in a service with faults, and with a lock that runners elsewhere wait for.
  private static func stackWithBlob(
    _ faults: String
  ) throws -> (TemporaryFolder, EmulatorProcess) {
    let folder = try TemporaryFolder.stack(two)
    try folder.write(faults, to: ".faults")
    let emulator = try EmulatorProcess(
      ["--auth", "none", "--operation-milliseconds", "1", "--faults", ".faults"], in: folder.url)
    let url = try emulator.url()
    try folder.useService(at: url)
    try folder.write(
      folder.read("berth.yaml") + "lock: {type: blob, url: \"\(url)/account/locks/prod.lock\"}\n",
      to: "berth.yaml")
    return (folder, emulator)
  }

  @Test(arguments: signals)
  func `F25 the first process of a container is ended like any other`(
    signal: Int32, status: Int32
  ) throws {
    let service = try SilentService()
    let folder = try TemporaryFolder.stack(Self.two)
    try service.serve(folder)
    var plan = try RunningApply(
      in: folder, ["plan", "--json"], through: ["/usr/bin/unshare", "--pid", "--fork"])
    plan.wait(for: "refresh_start")
    defer { if plan.process.isRunning { plan.process.terminate() } }
    let unshare = plan.process.processIdentifier
    let children = "/proc/\(unshare)/task/\(unshare)/children"
    guard plan.process.isRunning, let list = try? String(contentsOfFile: children, encoding: .utf8),
      let first = list.split(separator: " ").first.flatMap({ Int32($0) })
    else { return print("SKIPPED: no container can be made here (\(plan.messages)).") }
    kill(first, signal)
    #expect(plan.waitUntilExit() == status, "\(plan.messages)")
  }
}
