import Foundation
import Testing

/// The threats of the reliability document that only the whole program answers, by their numbers.
@Suite("Threats to the program")
struct ThreatTests {
  private static let pool = "name: gpu\ntype: amlcompute\n"
  private static let canary = "C4nary-hunter2-7f3a9e"
  private static let group =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers"

  private func attachment(_ name: String, _ id: String) -> String {
    "name: \(name)\ntype: aks\nresource_id: \"\(id)\"\n"
  }

  // MARK: Manifests

  /// Spellings of one cluster's id, each with the exit code of a plan that has it a second time.
  private static let spellings: [(String, Int32)] = [
    (cluster("k").uppercased(), 3),
    (cluster("k") + "/", 3),
    (cluster("k").replacing("resourceGroups", with: "resourcegroups"), 3),
    (cluster("k").replacing("/providers", with: "//providers"), 1),
    (cluster("k") + "//", 1),
    (cluster("k").replacing("/k", with: "%2Fk"), 1),
    (cluster("%6b"), 1), (cluster("x/../k"), 1), (cluster("./k"), 1), (cluster("\u{FF4B}"), 1),
    (cluster("\u{212A}"), 1), (cluster("k "), 1),
  ]

  private static func cluster(_ name: String) -> String {
    "\(group)/Microsoft.ContainerService/managedClusters/\(name)"
  }

  @Test(arguments: spellings)
  func `T9 a resource in another spelling is the same one, or no resource at all`(
    spelling: String, status: Int32
  ) throws {
    let id = Self.cluster("k")
    // Among the documents, and against what is live.
    let folder = try TemporaryFolder.stack(["one.yml": attachment("one", id)])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let plain = try folder.read("one.yml")
    for isBeside in [true, false] {
      try folder.write(
        plain.replacing("name: one", with: isBeside ? "name: one" : "name: gone"), to: "one.yml")
      try folder.write(attachment("two", spelling), to: "two.yml")
      if !isBeside {
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("one.yml"))
        try folder.write(
          "stack: other\n"
            + folder.read("berth.yaml").split(separator: "\n")
            .dropFirst().joined(separator: "\n") + "\n", to: "berth.yaml")
      }
      let run = try folder.run("plan")
      #expect(run.status == status, "\(run.messages)")
      let rule = status == 3 ? "[attach-once]" : "[malformed-resource-id]"
      #expect(run.messages.contains(rule), "\(run.messages)")
      #expect(try folder.run("apply", "--auto-approve").status == status)
      let list = try folder.run("list").output
      #expect(list.contains("aks.one") && !list.contains("aks.two"))
    }
  }

  @Test func `T11 a resource of another subscription is shown in the plan and never fetched`()
    throws
  {
    let id = Self.cluster("k")
      .replacing("00000000-", with: "11111111-")
    let folder = try TemporaryFolder.stack(["one.yml": attachment("one", id)])
    let run = try folder.run("plan")
    #expect(run.status == 0)
    #expect(run.messages.contains("[other-subscription]"))
    #expect(run.output.contains("/subscriptions/11111111-0000-0000-0000-000000000000/"))
  }

  @Test(arguments: [
    "/proc/self/environ", "../secret", "../../etc/passwd", "secrets/../../secret", "link",
    "folder/x",
    "/dev/stdin", "pipe",
  ])
  func `T13 a file outside the stack, or none of text, is no secret`(path: String) throws {
    let parent = try TemporaryFolder()
    try parent.write(Self.canary, to: "secret")
    let folder = try TemporaryFolder.stack([
      "gpu.yml": Self.pool
        + "ssh_settings: {admin_username: me, admin_password: '${file:\(path)}'}\n"
    ])
    try folder.write(Self.canary, to: ".elsewhere/x")
    for (name, target) in [("link", parent.url.path + "/secret"), ("folder", parent.url.path)] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.url.appendingPathComponent(name).path, withDestinationPath: target)
    }
    #expect(mkfifo(folder.url.appendingPathComponent("pipe").path, 0o600) == 0)
    let run = try folder.run(
      "apply", "--auto-approve", environment: ["CANARY": Self.canary])
    #expect(run.status == 1)
    #expect(run.messages.contains("[secret-file]"), "\(run.messages)")
    #expect(!run.messages.contains(Self.canary))
    #expect(try folder.run("list").output == "The workspace has no targets.\n")
  }

  @Test func `T15 whatever makes all documents vanish removes nothing`() throws {
    let all = (0..<12).map { "name: pool-a\($0)x\ntype: amlcompute\n" }.joined(separator: "---\n")
    let vanishing: [(String, (TemporaryFolder) throws -> Void)] = [
      ("emptied", { try $0.write("", to: "compute/pools.yml") }),
      ("commented out", { try $0.write("# later\n", to: "compute/pools.yml") }),
      ("without documents", { try $0.write("---\n...\n", to: "compute/pools.yml") }),
      (
        "folder renamed",
        {
          try FileManager.default.moveItem(
            at: $0.url.appendingPathComponent("compute"), to: $0.url.appendingPathComponent("old"))
        }
      ),
      (
        "pattern without a match",
        { folder in
          let berth = try folder.read("berth.yaml")
          try folder.write(berth.replacing("compute/*", with: "compte/*"), to: "berth.yaml")
        }
      ),
      (
        "most of it gone",
        { try $0.write("name: pool-a0x\ntype: amlcompute\n", to: "compute/pools.yml") }
      ),
    ]
    for (name, vanish) in vanishing {
      let folder = try TemporaryFolder.stack(["compute/pools.yml": all])
      let berth = try folder.read("berth.yaml")
      try folder.write(berth + "computes: [\"compute/*.yml\"]\n", to: "berth.yaml")
      #expect(try folder.run("apply", "--auto-approve").status == 0)
      try vanish(folder)
      for arguments in [["plan"], ["apply", "--auto-approve"]] {
        let run = try folder.run(arguments)
        #expect(run.status == 3, "\(name): \(run.messages)")
        let rule = name.hasPrefix("most") ? "[blast-radius]" : "[empty-desired]"
        #expect(run.messages.contains(rule), "\(name): \(run.messages)")
      }
      #expect(try folder.run("list").output.split(separator: "\n").count >= 12, "\(name)")
    }
  }

  @Test func `T16 of very many mistakes the first hundred are told, and their count`() throws {
    let count = 3_000
    let folder = try TemporaryFolder.stack([
      "many.yml": (0..<count).map {
        "---\nname: n\($0)x\ntype: amlcompute\nmax_instances: many\n"
      }.joined()
    ])
    let run = try folder.run("validate")
    #expect(run.status == 1)
    #expect(run.messages.matches(of: /\[wrong-type\]/).count == 100)
    #expect(run.messages.contains("... and \(count - 100) more."))
  }

  /// As many documents as a stack may have, and one more.
  ///
  /// Twice the memory that it takes is allowed, and none of the time is looked at.
  @Test func `T16 a stack of 100000 documents is planned within bounds, and one more is refused`()
    throws
  {
    func documents(_ numbers: Range<Int>) -> String {
      numbers.map { "---\nname: n\($0)\ntype: amlcompute\n" }.joined()
    }
    let folder = try TemporaryFolder.stack(["many.yml": documents(100_000..<200_000)])
    let plan = try BerthBinary.run(["plan"], in: folder.url, through: Self.within(mebibytes: 2_048))
    #expect(plan.status == 0, "\(plan.messages)")
    #expect(plan.output.contains("\nPlan: 100000 to add, 0 to change, 0 to destroy."))
    try folder.write(documents(200_000..<200_001), to: "one.yml")
    let refused = try folder.run("validate")
    #expect(refused.status == 1)
    #expect(refused.messages.contains("one.yml"), "\(refused.messages.suffix(400))")
    #expect(refused.messages.contains("[too-many-documents]"), "\(refused.messages.suffix(400))")
  }

  /// Runs a program with so much memory at most.
  private static func within(mebibytes: Int) -> [String] {
    ["/bin/sh", "-c", "ulimit -v \(mebibytes << 10); exec \"$0\" \"$@\""]
  }

  @Test(arguments: hostileManifests)
  func `T1 a hostile manifest is refused in little memory, with its place and a way out`(
    manifest: HostileManifest
  ) throws {
    let folder = try TemporaryFolder.stack(["hostile.yml": manifest.text, "gpu.yml": Self.pool])
    let run = try BerthBinary.run(
      ["validate"], in: folder.url, through: Self.within(mebibytes: 512))
    #expect(run.status == 1, "\(run.messages.prefix(400))")
    #expect(run.messages.contains("on hostile.yml line"), "\(run.messages.prefix(400))")
    #expect(run.messages.contains("[\(manifest.rule)]"), "\(run.messages.prefix(400))")
    #expect(run.messages.utf8.count < 10_000)
  }

  struct HostileManifest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let rule: String

    init(_ name: String, _ text: String, rule: String = "yaml-limit") {
      (testDescription, self.text, self.rule) = (name, text, rule)
    }
  }

  /// Alias bombs of both shapes, depth, and texts, keys, documents and files that are too large.
  private static let hostileManifests: [HostileManifest] = {
    func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }
    let laughs = (1...30).map { level in
      "a\(level): &a\(level) ["
        + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        + "]\n"
    }.joined()
    let merges = (1...400).map { "m\($0): &m\($0) {<<: *m\($0 - 1), k\($0): 0}\n" }.joined()
    return [
      HostileManifest("a billion laughs", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + laughs),
      HostileManifest("merges", "m0: &m0 {k0: 0}\n" + merges),
      HostileManifest("40000 brackets", times(40_000, "[")),
      HostileManifest("40000 braces", times(40_000, "{a: ")),
      HostileManifest(
        "40000 directives", times(40_000, "%TAG !a! tag:a,2000:\n") + "---\nname: x\n",
        rule: "unsupported-directive"),
      HostileManifest("a key of 2 KiB", times(2_048, "k") + ": 1\n", rule: "invalid-yaml"),
      HostileManifest("a text of 300 KiB", "name: \(times(300 << 10, "x"))\n"),
      HostileManifest("a document of 2 MiB", "tags:\n" + times(1 << 17, "  a: bbbbbbbbbbb\n")),
    ]
  }()

  @Test func `T1 a file beyond 64 MiB is refused without being read`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": Self.pool, "huge.yml": String(repeating: "# 45678\n", count: (64 << 20) / 8 + 1),
    ])
    let run = try BerthBinary.run(
      ["validate"], in: folder.url, through: Self.within(mebibytes: 512))
    #expect(run.status == 1)
    #expect(run.messages.contains("huge.yml"), "\(run.messages)")
    #expect(run.messages.contains("64 MiB"), "\(run.messages)")
  }

  // MARK: Marks

  @Test func `T19 a forged or broken mark gives nothing into the stack's hands`() throws {
    let forgeries: [(String, [String])] = [
      ("another stack's", ["tags.berth-stack=other"]),
      ("its name in capitals", ["tags.berth-stack=TEST"]),
      ("an empty name", ["tags.berth-stack="]),
      ("no digest", ["tags.berth-applied=zzz"]),
      ("a cut digest", ["tags.berth-applied=0123"]),
    ]
    for (name, changes) in forgeries {
      let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
      #expect(try folder.run("apply", "--auto-approve").status == 0)
      #expect(try folder.run(["workspace", "set", "amlcompute.gpu"] + changes).status == 0)
      try folder.write(Self.pool + "max_instances: 9\n", to: "gpu.yml")
      for arguments in [["plan"], ["apply", "--auto-approve"]] {
        let run = try folder.run(arguments)
        #expect(run.status == 3, "\(name): \(run.output)")
        #expect(run.messages.contains("[foreign-owner]"), "\(name)")
      }
      // Whoever really means it says so in the document.
      guard !name.hasPrefix("another"), !name.contains("capitals") else { continue }
      try folder.write(Self.pool + "max_instances: 9\nberth: {adopt: true}\n", to: "gpu.yml")
      #expect(try folder.run("apply", "--auto-approve").status == 0, "\(name)")
    }
  }

  @Test func `T19 a stack's name in the tags of somebody's target takes nothing away`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let id = Self.cluster("k")
    #expect(try folder.run("workspace", "attach", "theirs", "kubernetes", id).status == 0)
    #expect(
      try folder.run("workspace", "set", "kubernetes.theirs", "tags.berth-stack=test").status == 0)
    let plan = try folder.run("plan")
    #expect(plan.status == 0)
    #expect(plan.output.contains("No changes."), "\(plan.output)")
    #expect(try folder.run("destroy", "--auto-approve").status == 0)
    #expect(try folder.run("list").output.contains("kubernetes.theirs"))
  }

  // MARK: Secrets

  @Test func `T28 no flag of any command takes a secret`() throws {
    let folder = try TemporaryFolder()
    let help = try folder.run("--help").output
    let commands = help.matches(of: /\n  ([a-z-]+) (?:\([a-z, ]+\))? {2,}/).map { String($0.1) }
    #expect(commands.contains("apply") && commands.count > 10, "\(commands)")
    for command in commands {
      let flags = try folder.run(command, "--help").output
        .matches(of: /--[a-z-]+/).map { String($0.0) }
      for word in ["password", "secret", "token", "credential", "private"] {
        #expect(!flags.contains { $0.contains(word) }, "\(command)")
      }
      let hasKey = flags.contains { $0.hasSuffix("-key") || $0 == "--key" }
      #expect(!hasKey, "\(command)")
    }
  }

  @Test func `T28 a program of the stack does not inherit the machine's credentials`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": Self.pool
        + "ssh_settings: {admin_username: me, admin_password: '${command:look}'}\n"
    ])
    let berth = try folder.read("berth.yaml")
    try folder.write(
      berth + "commands: {look: [sh, -c, 'env > seen; echo s3cret-Passw0rd']}\n", to: "berth.yaml")
    let credentials = [
      "AZURE_CLIENT_SECRET", "azure_password", "ARM_CLIENT_SECRET", "IDENTITY_HEADER", "MSI_SECRET",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_TOKEN", "SYSTEM_ACCESSTOKEN",
      "BERTH_FINGERPRINT_KEY",
    ]
    let run = try folder.run(
      "plan",
      environment: Dictionary(
        uniqueKeysWithValues: (credentials + ["VAULT_ADDR"]).map { ($0, Self.canary) }))
    #expect(run.status == 0, "\(run.messages)")
    let seen = try folder.read("seen")
    #expect(seen.contains("VAULT_ADDR=\(Self.canary)"))
    for name in credentials { #expect(!seen.contains(name + "="), "\(name)") }
  }

  @Test(arguments: [SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGQUIT])
  func `T28 a crash prints no memory`(signal: Int32) throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool], milliseconds: 5_000)
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Creating...")
    kill(apply.process.processIdentifier, signal)
    apply.waitUntilExit()
    #expect(apply.process.terminationReason == .uncaughtSignal)
    #expect(apply.messages == "", "\(apply.messages)")
  }

  @Test func `T28 nobody else's debugger and no core file sees the memory`() throws {
    guard let sample = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      sample.contains("Pid:")
    else {
      print("SKIPPED: there is no /proc here.")
      return
    }
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.pool], milliseconds: 5_000)
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Creating...")
    defer {
      kill(apply.process.processIdentifier, SIGKILL)
      apply.waitUntilExit()
    }
    // What belongs to a process that must not be dumped belongs to root alone, with no rights for
    // its user.
    let attributes = try FileManager.default.attributesOfItem(
      atPath: "/proc/\(apply.process.processIdentifier)/environ")
    #expect(attributes[.ownerAccountID] as? Int == 0)
    if getuid() == 0 {
      print("Run by root, this test sees less than it could.")
    }
  }

  @Test func `T29 a program in a relative folder of the path is refused`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": Self.pool
        + "ssh_settings: {admin_username: me, admin_password: '${command:vault}'}\n"
    ])
    let berth = try folder.read("berth.yaml")
    try folder.write(berth + "commands: {vault: [vault, read]}\n", to: "berth.yaml")
    try folder.write("#!/bin/sh\necho \(Self.canary) > ran\n", to: "vault", permissions: 0o700)
    for path in [".:/usr/bin", ":/usr/bin", "/usr/bin:", "bin:../\(folder.url.lastPathComponent)"] {
      let run = try folder.run("plan", environment: ["PATH": path])
      #expect(run.status == 1)
      #expect(run.messages.contains("it is in no absolute folder of PATH"), "\(run.messages)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/ran"))
  }

  @Test func `T34 a plan gives nothing by which a secret could be guessed`() throws {
    let manifest =
      Self.pool + "ssh_settings: {admin_username: me, admin_password: '${env:PASSWORD}'}\n"
    var fingerprints: Set<String> = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder.stack(["gpu.yml": manifest])
      var said: [String] = []
      for arguments in [
        ["plan"], ["plan", "--out", "plan.json"], ["plan", "--json"], ["show", "plan.json"],
        ["show", "plan.json", "--json"], ["apply", "plan.json"], ["list", "--json"],
        ["workspace", "show", "--json"],
      ] {
        let run = try folder.run(arguments, environment: ["PASSWORD": "Summer2026!"])
        #expect(run.status == 0, "\(arguments): \(run.messages)")
        said += [run.output, run.messages]
      }
      said.append(try folder.read("plan.json"))
      #expect(said[0].contains("(sensitive value)"))
      let everything = said.joined(separator: "\n")
      // The secret itself, and what anybody could compute of it and compare.
      for guess in Self.guesses {
        #expect(!everything.lowercased().contains(guess.lowercased()), "\(guess)")
      }
      let show = try folder.run("workspace", "show", "--json").output
      for match in show.matches(of: /"berth-secrets": ?"([^"]+)"/) {
        fingerprints.insert(String(match.1))
      }
      let key = folder.url.path + "/.berth/fingerprint-key"
      let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
    #expect(fingerprints.count == 2, "one secret, two keys: \(fingerprints)")

    let begun = try TemporaryFolder()
    #expect(try begun.run("init").status == 0)
    #expect(try begun.read(".gitignore").contains(".berth"), "the key stays out of the repository")
  }

  /// `Summer2026!`, and its digests and encodings.
  private static let guesses = [
    "Summer2026!", "!6202remmuS", "U3VtbWVyMjAyNiE", "53756d6d65723230323621", "Summer2026%21",
    // SHA-256, SHA-1 and MD5, as `sha256sum` and its like print them, their first half.
    "a5c95e887dbf1c0a49fd01bc", "f1df71a9d60cd46a2e09691e", "e56f3bb5392369b6468e744a",
  ]

  // MARK: Output

  @Test func `T35 a reader that goes away ends reading commands quietly`() throws {
    let folder = try TemporaryFolder.stack([
      "many.yml": (0..<200).map { "---\nname: pool-\($0)x\ntype: amlcompute\n" }.joined()
    ])
    for arguments in [
      ["plan"], ["plan", "--json"], ["drift"], ["validate", "--json"], ["kinds"],
      ["explain", "amlcompute"], ["schema", "amlcompute"], ["list"], ["--help"],
    ] {
      let run = try BerthBinary.run(
        arguments, in: folder.url,
        through: [
          "/bin/bash", "-c", "\"$0\" \"$@\" | head -c 1 > /dev/null; exit ${PIPESTATUS[0]}",
        ])
      #expect(run.status == 0, "\(arguments): \(run.messages)")
      #expect(!run.messages.contains("Error"), "\(arguments): \(run.messages)")
      #expect(!run.messages.lowercased().contains("pipe"), "\(arguments): \(run.messages)")
    }
  }

  @Test func `T35 an apply goes on when nobody reads any more`() throws {
    for arguments in [["--auto-approve"], ["--auto-approve", "--json"]] {
      let folder = try TemporaryFolder.stack([
        "pools.yml": (0..<40).map { "---\nname: pool-a\($0)x\ntype: amlcompute\n" }.joined()
      ])
      let run = try BerthBinary.run(
        ["apply"] + arguments, in: folder.url,
        through: ["/bin/bash", "-c", "\"$0\" \"$@\" | true; exit ${PIPESTATUS[0]}"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
      // Nor with nobody at either stream.
      try folder.write(
        "name: last\ntype: amlcompute\n---\n" + folder.read("pools.yml"), to: "pools.yml")
      _ = try BerthBinary.run(
        ["apply"] + arguments, in: folder.url,
        through: ["/bin/bash", "-c", "\"$0\" \"$@\" 2>&1 | true"])
      #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
    }
  }
}
