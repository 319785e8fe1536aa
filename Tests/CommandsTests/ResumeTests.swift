import Foundation
import Testing

/// An apply that stopped half-way, and the one that goes on.
@Suite("Resuming")
struct ResumeTests {
  private static let two = [
    "a.yml": "name: a-pool\ntype: amlcompute\n",
    "b.yml": "name: b-pool\ntype: amlcompute\nberth: {depends_on: [amlcompute.a-pool]}\n",
  ]

  private func interrupted(
    _ folder: TemporaryFolder, _ signal: Int32, _ command: String = "apply"
  ) throws -> RunningApply {
    var apply = try RunningApply(in: folder, [command, "--auto-approve"], isHinted: true)
    apply.wait(for: command == "destroy" ? "Destroying..." : "Creating...")
    kill(apply.process.processIdentifier, signal)
    apply.waitUntilExit()
    return apply
  }

  @Test func `F25 an interrupted apply without failure does not speak of one`() throws {
    for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      let folder = try TemporaryFolder.stack(Self.two, milliseconds: 700)
      let apply = try interrupted(folder, signal)
      #expect(apply.process.terminationStatus == status)
      #expect(apply.messages.contains("Interrupt received."))
      #expect(!apply.output.contains("what failed"), "\(apply.output)")
      #expect(apply.output.contains("Nothing failed. Run 'berth apply --resume' to go on"))
      #expect(apply.output.contains("amlcompute.b-pool  not started (interrupted)"))
    }
  }

  @Test func `F1 a run that was interrupted or killed is resumed without another question`() throws
  {
    for signal in [SIGINT, SIGKILL] {
      let folder = try TemporaryFolder.stack(Self.two, milliseconds: 700)
      _ = try interrupted(folder, signal)
      // Nobody approved this one.
      try folder.write("name: c-pool\ntype: amlcompute\n", to: "c.yml")
      let resumed = try folder.run("apply", "--resume")
      #expect(resumed.status == 0, "\(resumed.output)\(resumed.messages)")
      #expect(resumed.messages.contains("Resuming the run "))
      let list = try folder.run("list").output
      #expect(list.contains("b-pool"))
      #expect(!list.contains("c-pool"))
    }
  }

  @Test func `F1 what was in flight when a run was killed is told`() throws {
    let folder = try TemporaryFolder.stack(Self.two, milliseconds: 700)
    _ = try interrupted(folder, SIGKILL)
    let next = try folder.run("apply", "--auto-approve")
    #expect(next.status == 0)
    // The kill may have come before the request was sent.
    let verdict = /amlcompute\.a-pool: It was (not )?created\.\n/
    #expect(next.messages.contains(verdict), "\(next.messages)")
  }

  @Test func `what was not approved is asked, also when resuming`() throws {
    let folder = try TemporaryFolder.stack(Self.two, milliseconds: 700)
    _ = try interrupted(folder, SIGINT)
    try folder.write((Self.two["b.yml"] ?? "") + "max_instances: 9\n", to: "b.yml")
    let resumed = try folder.run("apply", "--resume")
    #expect(resumed.status == 1)
    #expect(resumed.messages.contains("[not-approved]"))
    #expect(try folder.run("apply", "--resume", "--auto-approve").status == 0)
  }

  @Test func `without its plan a run is not resumed, since it may have been a destroy`() throws {
    let folder = try TemporaryFolder.stack(Self.two, milliseconds: 700)
    for command in ["apply", "destroy"] {
      _ = try interrupted(folder, SIGINT, command)
      let list = try folder.run("list").output
      #expect(list.contains("a-pool") && !list.contains("b-pool"), "\(command): \(list)")
      for plan in try folder.journalFiles(endingIn: ".plan.json") {
        try FileManager.default.removeItem(at: plan)
      }
      let resumed = try folder.run("apply", "--resume", "--auto-approve")
      #expect(resumed.status == 5)
      #expect(resumed.messages.contains("[plan-gone]"), "\(resumed.messages)")
      #expect(try folder.run("list").output == list)
      // The way out that it names.
      #expect(try folder.run(command, "--auto-approve").status == 0)
    }
    #expect(try !folder.run("list").output.contains("a-pool"))
  }

  @Test func `F2 without a journal, or with a torn one, the next apply converges`() throws {
    for damage in ["gone", "torn", "garbage"] {
      let folder = try TemporaryFolder.stack(Self.two, milliseconds: 700)
      _ = try interrupted(folder, SIGKILL)
      for file in try folder.journalFiles(endingIn: ".jsonl") {
        let bytes = try Data(contentsOf: file)
        switch damage {
        case "gone": try FileManager.default.removeItem(at: file.deletingLastPathComponent())
        case "torn": try bytes.dropLast(20).write(to: file)
        default: try Data("\u{0}\u{1}{{{".utf8).write(to: file)
        }
      }
      let resumed = try folder.run("apply", "--resume", "--auto-approve")
      #expect(resumed.status == 0, "\(damage): \(resumed.output)\(resumed.messages)")
      #expect(try folder.run("plan", "--detailed-exitcode").status == 0, "\(damage)")
    }
  }

  @Test func `resuming where nothing stopped plans as ever`() throws {
    let folder = try TemporaryFolder.stack(Self.two)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let run = try folder.run("apply", "--resume")
    #expect(run.status == 0)
    #expect(run.messages.contains("Nothing is known of an apply that stopped half-way."))
  }

  @Test func `F1 what a killed run left detached comes back first`() throws {
    let folder = try TemporaryFolder.rotatingTLS()
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Detachment complete")
    kill(apply.process.processIdentifier, SIGKILL)
    apply.waitUntilExit()
    try folder.write("name: a-first\ntype: amlcompute\n", to: "a.yml")
    let next = try folder.run("apply", "--auto-approve", "--parallelism", "1")
    #expect(next.status == 0, "\(next.output)\(next.messages)")
    let attached = next.output.range(of: "aks.inference: Attaching...")
    let created = next.output.range(of: "amlcompute.a-first: Creating...")
    if let attached, let created { #expect(attached.lowerBound < created.lowerBound) }
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
