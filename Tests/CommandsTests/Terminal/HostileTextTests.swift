import Diagnostics
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

  private func expectHarmless(
    _ arguments: [String], in folder: TemporaryFolder, _ what: String = ""
  ) throws {
    let run = try PseudoTerminal(arguments, in: folder.url, columns: 120)
    run.waitUntilExit()
    let bad = remains(of: run.text).unicodeScalars.filter(\.isInvisible)
    #expect(bad.isEmpty, "\(arguments) \(what): \(bad) in \(run.text.debugDescription)")
    let lines = run.text.split(separator: "\r\n")
    #expect(
      !lines.contains { $0.hasPrefix("::") }, "\(arguments) \(what): \(run.text.debugDescription)")
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
}
