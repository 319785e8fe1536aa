import Foundation
import TestSupport
import Testing

/// Commits that are applied in another order than they were made in.
@Suite("Older commits")
struct OlderCommitTests {
  private func cluster(_ count: Int) -> String {
    "name: gpu\ntype: amlcompute\nmax_instances: \(count)\n"
  }

  /// A stack in a repository of its own, committed on consecutive days from the first.
  private func repository(_ counts: Int...) throws -> TemporaryFolder {
    let folder = try TemporaryFolder.stack([".gitignore": ".berth/\n*.json\n"])
    try folder.git("init", "--quiet")
    for (day, count) in counts.enumerated() {
      try folder.write(cluster(count), to: "gpu.yml")
      try folder.commit(on: "2026-01-0\(day + 1)")
    }
    return folder
  }

  private func head(_ folder: TemporaryFolder) throws -> String {
    try folder.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func `a saved plan says which commit it is of, and its digest does not`() throws {
    let folder = try repository(4)
    #expect(try folder.run("plan", "--out", "one.json").status == 0)
    let first = try folder.read("one.json")
    #expect(first.contains("\"commit\": \"\(try head(folder))\""))
    try folder.git("commit", "--quiet", "--allow-empty", "--message", "next")
    #expect(try folder.run("plan", "--out", "two.json").status == 0)
    let second = try folder.read("two.json")
    #expect(second.contains("\"commit\": \"\(try head(folder))\""))
    func digest(_ text: String) -> Substring? { text.firstMatch(of: /"digest": "(.+)"/)?.1 }
    #expect(digest(first) == digest(second))
    #expect(try folder.run("apply", "one.json").status == 0, "a commit alone makes no plan stale")
  }

  @Test func `without a repository, and in a folder that is not part of one, no commit is known`()
    throws
  {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster(1)])
    for isRepository in [false, true] {
      if isRepository {
        try folder.git("init", "--quiet")
        try folder.git("commit", "--quiet", "--allow-empty", "--message", "nothing")
      }
      #expect(try folder.run("plan", "--out", "plan.json").status == 0)
      #expect(try folder.read("plan.json").contains("\"commit\": null"))
      #expect(try folder.run("apply", "--auto-approve").status == 0)
    }
  }

  @Test func `T21 an older commit after a newer one is refused where nobody is asked`() throws {
    let folder = try repository(4, 8)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let newest = try head(folder)
    try folder.git("checkout", "--quiet", "HEAD~1")
    let oldest = try head(folder)
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    for arguments in [
      ["apply", "--auto-approve"], ["apply"], ["apply", "plan.json"],
      ["apply", "--auto-approve", "--dangerous-older-commit", newest],
    ] {
      let run = try folder.run(arguments)
      #expect(run.status == 3, "\(arguments): \(run.messages)")
      #expect(run.messages.contains("[older-commit]"))
    }
    let run = try folder.run("apply", "--auto-approve")
    expectGolden(
      run.messages.replacing(newest, with: "NEWEST").replacing(oldest, with: "OLDEST")
        .replacing(newest.prefix(12), with: "NEWEST").replacing(oldest.prefix(12), with: "OLDEST")
        .replacing(/by [^ ]+@[^ ]+\./, with: "by WHO."),
      "mistakes/older-commit.txt")
    #expect(try folder.run("plan").output.contains("max_instances = 8 -> 4"), "nothing was done")
    let leave = try folder.run("apply", "--auto-approve", "--dangerous-older-commit", oldest)
    #expect(leave.status == 0)
    #expect(leave.messages.contains("Warning: Newer commit was applied before"))
    // From here on the older one is what was applied last.
    try folder.write(cluster(5), to: "gpu.yml")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }

  @Test func `T21 at a terminal an older commit is warned of before the question, and yes goes on`()
    throws
  {
    let folder = try repository(4, 8)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.git("checkout", "--quiet", "HEAD~1")
    for (answer, status, left) in [("no", 1, 2), ("yes", 0, 0)] as [(String, Int32, Int32)] {
      let terminal = try PseudoTerminal(
        ["apply", "--no-color"], in: folder.url, columns: 120, isAnswered: true)
      terminal.wait(for: "Enter a value:")
      #expect(terminal.process.isRunning)
      let words = [
        "max_instances = 8 -> 4", "Warning: Newer commit was applied before",
        "revert the change in Git", "Do you want to perform these actions?",
      ]
      let places = words.map { terminal.text.firstRange(of: $0)?.lowerBound }
      #expect(!places.contains(nil), "\(terminal.text)")
      let found = places.compactMap(\.self)
      #expect(found == found.sorted(), "\(terminal.text)")
      terminal.type(answer)
      #expect(terminal.waitUntilExit() == status, "\(terminal.text)")
      #expect(try folder.run("plan", "--detailed-exitcode").status == left, "\(answer)")
    }
  }

  @Test func `T21 a runner that was overtaken is refused, also from a shallow clone`() throws {
    let folder = try repository(4, 8)
    let store = folder.url.appendingPathComponent("shared.db").path
    let berth = try folder.read("berth.yaml")
    try folder.write(berth.replacing("local", with: "local, store: \(store)"), to: "berth.yaml")
    try folder.commit(on: "2026-01-08")
    try folder.write(cluster(16), to: "gpu.yml")
    try folder.commit(on: "2026-01-09")

    let clones = try TemporaryFolder()
    try clones.git("clone", "--quiet", "--depth", "1", "file://\(folder.url.path)", "late")
    // The other one was cloned the day before.
    try folder.git("checkout", "--quiet", "-b", "before", "HEAD~1")
    try clones.git("clone", "--quiet", "--depth", "1", "file://\(folder.url.path)", "early")
    let status = { (name: String) in
      try BerthBinary.run(
        ["apply", "--auto-approve"], in: clones.url.appendingPathComponent(name)
      ).status
    }
    #expect(try status("late") == 0)
    #expect(try status("early") == 3)
    #expect(try status("late") == 0, "nothing to do is nothing to refuse")
  }

  @Test func `T21 what has nothing to take back, newer commits and reverted ones are applied`()
    throws
  {
    let folder = try repository(4, 8)
    try folder.write("nothing here\n", to: "README")
    try folder.commit(on: "2026-01-03")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.git("checkout", "--quiet", "HEAD~1")
    #expect(try folder.run("apply", "--auto-approve").status == 0, "the manifests are the same")
    try folder.git("checkout", "--quiet", "-")
    try folder.write(cluster(4), to: "gpu.yml")
    try folder.commit(on: "2026-01-04")
    #expect(try folder.run("apply", "--auto-approve").status == 0, "going back by going on")
    #expect(try folder.run("destroy", "--auto-approve").status == 0)
  }

  @Test func `T21 a clock that goes wrong does not stop what Git knows to follow`() throws {
    let folder = try repository(4)
    try folder.write(cluster(8), to: "gpu.yml")
    try folder.commit(on: "2031-01-01")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(cluster(9), to: "gpu.yml")
    try folder.commit(on: "2026-01-02")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }

  @Test func `T29 no program of the repository runs when its commit is read`() throws {
    let folder = try repository(4)
    let trap = try folder.write("#!/bin/sh\ntouch '\(folder.url.path)/ran'\n", to: "trap.sh")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: trap.path)
    for setting in [
      "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "gpg.program",
      "diff.external", "alias.rev-parse", "alias.rev-list",
    ] {
      try folder.git("config", setting, setting.hasPrefix("alias") ? "!\(trap.path)" : trap.path)
    }
    try folder.git("config", "log.showSignature", "true")
    for hook in ["post-checkout", "pre-commit", "post-index-change", "reference-transaction"] {
      try FileManager.default.copyItem(
        at: trap, to: folder.url.appendingPathComponent(".git/hooks/\(hook)"))
    }
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    #expect(try folder.read("plan.json").contains("\"commit\": \"\(try head(folder))\""))
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/ran"))
  }

  @Test func `T29 a git in a relative folder of the path is never run`() throws {
    let folder = try repository(4)
    let trap = try folder.write("#!/bin/sh\ntouch ran\n", to: "git")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: trap.path)
    for path in [".:", ":", "", "./bin:."] {
      let run = try folder.run("plan", "--out", "plan.json", environment: ["PATH": path])
      #expect(run.status == 0)
      #expect(try folder.read("plan.json").contains("\"commit\": null"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/ran"))
  }
}

extension TemporaryFolder {
  /// Runs `git` here, as nobody in particular; what it prints.
  @discardableResult
  func git(_ arguments: String..., date: String = "2026-01-01") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgSign=false"]
      + arguments
    process.currentDirectoryURL = url
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": url.path, "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_AUTHOR_DATE": "\(date)T12:00:00Z", "GIT_COMMITTER_DATE": "\(date)T12:00:00Z",
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    struct Failed: Error { let text: String }
    guard process.terminationStatus == 0 else { throw Failed(text: text) }
    return text
  }

  /// Commits everything.
  func commit(on date: String) throws {
    try git("add", "--all")
    try git("commit", "--quiet", "--message", "a change", date: date)
  }
}
