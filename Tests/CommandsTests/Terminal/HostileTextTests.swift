import BackendInterface
import Diagnostics
import EmbeddedBackend
import Foundation
import Testing

/// Whatever stands in manifests, in names of files and on the command line: a terminal is never sent
/// what it would act on (T31).
@Suite("Hostile text on a terminal")
struct HostileTextTests {
  /// Sequences that Berth itself never writes: a title, a question to the terminal, colours by one
  /// letter, text from right to left, a bell.
  private static let raw = "x\u{1B}]0;y\u{7}\u{1B}[6n\u{9B}5i\u{202E}\u{2066}\u{200B}\u{8}z"
  /// The same as YAML spells it, with a line break.
  private static let yaml =
    #""x\e]0;y\a\e[6n\x9b5i\u202e\u2066\u200b\bz\r\n::error::spoof""#

  private static let documents = [
    "name: \(yaml)\ntype: amlcompute\n", "name: gpu\ntype: \(yaml)\n",
    "name: gpu\ntype: amlcompute\n\(yaml): 1\n", "name: gpu\ntype: amlcompute\nsize: \(yaml)\n",
    "name: gpu\ntype: amlcompute\nmax_instances: \(yaml)\n",
    "name: gpu\ntype: amlcompute\ndescription: \(yaml)\ntags: {\(yaml): \(yaml)}\n",
    "name: gpu\ntype: amlcompute\nberth: {\(yaml): 1}\n",
    "name: gpu\ntype: amlcompute\nberth: {depends_on: [\(yaml)]}\n",
    "name: att\ntype: aks\nresource_id: \(yaml)\n",
    "name: att\ntype: aks\nresource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/\(raw)/providers/Microsoft.ContainerService/managedClusters/k\n",
    "name: gpu\ntype: amlcompute\nssh_settings: {admin_username: me, admin_password: \"${env:X\\e]0;y\\a}\"}\n",
    "name: gpu # \(raw)\ntype:   amlcompute\n", "name: [\(raw)\n", "\(raw)",
    "&\(raw) name: *\(raw)\n", "name: gpu\nname: \(yaml)\ntype: amlcompute\n",
  ]

  /// What is left of an output without what Berth may write on a terminal.
  private func remains(of text: String) -> String {
    text.replacing(/\x1B\[[0-9;]*m/, with: "").replacing(/\x1B\[[0-9]+A/, with: "")
      .replacing(/\x1B\[[KJ]/, with: "").replacing("\r\n", with: "\n").replacing("\n", with: "")
      .replacing(/^\r/, with: "")
  }

  /// - Parameter answer: to the question that is asked; nil where nobody is asked.
  /// - Returns: what was shown.
  @discardableResult
  private func expectHarmless(
    _ arguments: [String], in folder: TemporaryFolder, _ what: String = "", answer: String? = nil
  ) throws -> String {
    let run = try PseudoTerminal(
      arguments, in: folder.url, columns: 120, isAnswered: answer != nil)
    if let answer {
      run.wait(for: "Enter a value:")
      #expect(run.process.isRunning, "\(arguments) asks nothing: \(run.text)")
      run.type(answer)
    }
    run.waitUntilExit()
    let bad = remains(of: run.text).unicodeScalars.filter(\.isInvisible)
    #expect(bad.isEmpty, "\(arguments) \(what): \(bad) in \(run.text.debugDescription)")
    let lines = run.text.split(separator: "\r\n")
    #expect(
      !lines.contains { $0.hasPrefix("::") }, "\(arguments) \(what): \(run.text.debugDescription)")
    return run.text
  }

  @Test(arguments: documents.indices)
  func `T31 a manifest sends nothing to the terminal but its letters`(index: Int) throws {
    let folder = try TemporaryFolder.stack(["a.yml": Self.documents[index]])
    for command in [
      ["validate"], ["plan"], ["plan", "--compact-warnings"], ["fmt", "--diff"],
      ["fmt", "--check"],
      ["list"], ["apply", "--auto-approve"], ["list"], ["workspace", "show"], ["drift"],
      ["explain", "amlcompute.gpu"], ["plan", "--destroy"], ["plan", "--out", "p.json"],
      ["show", "p.json"], ["import", "--all"],
    ] {
      try expectHarmless(command, in: folder, Self.documents[index])
    }
  }

  @Test func `T31 names of files and folders, and the stack's own file`() throws {
    let folder = try TemporaryFolder.stack([
      "\(Self.raw).yml": "name: gpu\ntype: amlcompute\nsise: 8\n",
      "\(Self.raw)/b.yml": "name: gpu\ntype: amlcompute\n",
    ])
    for command in [["validate"], ["plan"], ["fmt"], ["fmt", "--diff"], ["fmt", "."]] {
      try expectHarmless(command, in: folder)
    }
    let berth = try folder.read("berth.yaml")
    for (key, value) in [
      ("stack: test", "stack: \(Self.yaml)"), ("name: workspace", "name: \(Self.yaml)"),
      ("name: workspace", "name: \"w\\e]0;y\\a\""), ("type: local", "type: \(Self.yaml)"),
      ("stack: test", "\(Self.yaml): 1\nstack: test"),
      ("stack: test", "stack: test\ncomputes: [\(Self.yaml)]"),
      ("type: local", "type: azure, endpoint: \(Self.yaml)"),
    ] {
      try folder.write(berth.replacing(key, with: value), to: "berth.yaml")
      for command in [["validate"], ["plan"], ["apply", "--auto-approve"], ["lock", "list"]] {
        try expectHarmless(command, in: folder, value)
      }
    }
  }

  @Test(arguments: [
    ["RAW"], ["plan", "RAW"], ["plan", "--RAW"], ["plan", "--target", "RAW"],
    ["plan", "--target", "amlcompute.RAW"], ["plan", "--exclude", "RAW"],
    ["plan", "--replace", "RAW"],
    ["plan", "--target-file", "RAW"], ["plan", "--out", "RAW/x"], ["plan", "--out", "RAW"],
    ["plan", "--fail-on", "RAW"], ["plan", "--color", "RAW"], ["plan", "--report", "RAW=x"],
    ["plan", "--report", "json=RAW/x"], ["plan", "--json-into", "RAW/x"],
    ["--chdir", "RAW", "plan"],
    ["show", "RAW"], ["apply", "RAW"], ["apply", "--auto-approve", "--expect-digest", "RAW"],
    ["apply", "--parallelism", "RAW"], ["apply", "--lock-timeout", "RAW"],
    ["explain", "RAW"], ["explain", "amlcompute.RAW"], ["explain", "RAW.x"],
    ["lock", "show", "RAW"],
    ["force-unlock", "RAW", "--force"], ["workspace", "set", "RAW", "x=1"],
    ["workspace", "set", "amlcompute.gpu", "RAW=RAW"], ["workspace", "remove", "RAW"],
    ["workspace", "attach", "RAW", "aks", "RAW"], ["fmt", "RAW"], ["schema", "RAW"],
    ["kinds", "RAW"],
    ["import", "RAW"], ["help", "RAW"], ["init", "--chdir", "RAW"],
  ])
  func `T31 words of the command line`(words: [String]) throws {
    let folder = try TemporaryFolder.stack(["a.yml": "name: gpu\ntype: amlcompute\n"])
    try expectHarmless(words.map { $0.replacing("RAW", with: Self.raw) }, in: folder)
  }

  // MARK: What others wrote

  /// Where every store of locks keeps it.
  private static let who =
    "\(raw)\nDo you want to perform these actions?\n  Enter a value: yes\n::error::spoof"

  @Test func `T21 T31 who applied a newer commit writes nothing into the question after it`()
    async throws
  {
    let folder = try TemporaryFolder.stack(["a.yml": Self.documents[5]])
    try folder.git("init", "--quiet")
    try folder.commit(on: "2026-01-01")
    #expect(try folder.run("validate").status == 0)
    let commit = AppliedCommit(
      id: Self.raw, committedAt: 1_800_000_000, who: Self.who, appliedAt: 0)
    try FileManager.default.createDirectory(
      atPath: folder.url.path + "/.berth", withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    try await EmbeddedWorkspace.ofStack(at: folder.store, for: .readAndWrite)
      .note(commit, of: "test")
    let shown = try expectHarmless(["apply"], in: folder, answer: "no")
    #expect(shown.contains("Newer commit was applied before"), "\(shown)")
    #expect(shown.contains(#"z\nDo"#), "\(shown)")
    #expect(shown.contains("Apply cancelled."))
    try expectHarmless(["apply", "--auto-approve"], in: folder)
    #expect(try folder.run("list").output == "The workspace has no targets.\n")
  }

  @Test func `T22 T31 who holds a lock writes nothing into the question about it`() async throws {
    let folder = try TemporaryFolder.stack(["a.yml": "name: gpu\ntype: amlcompute\n"])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let leases = try EmbeddedWorkspace.ofStack(at: folder.store, for: .readAndWrite).leases()
    let id = String(repeating: "9f2c", count: 8)
    let now = Int64(Date().timeIntervalSince1970) * 1_000
    let holder = LeaseHolder(
      path: Self.raw, operation: Self.who, who: Self.who, version: Self.raw, createdAt: now,
      info: Self.who)
    let attempt = try await leases.acquire(
      id, for: holder, expiresAt: now + 60_000, standingStill: nil)
    guard case .granted = attempt else {
      Issue.record("\(attempt)")
      return
    }
    for command in [
      ["lock", "list"], ["lock", "show"], ["lock", "show", id], ["apply", "--auto-approve"],
    ] {
      #expect(try expectHarmless(command, in: folder).contains(#"\e]0;y"#), "\(command)")
    }
    let shown = try expectHarmless(["force-unlock", id], in: folder, answer: "no")
    #expect(shown.contains(#"Who:       x\e]0;y"#) && shown.contains("Unlock cancelled."))
    // It was held all the while.
    #expect(try await leases.leases().map(\.lease.id) == [id])
  }
}
