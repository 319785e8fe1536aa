import Diagnostics
import Storage
import TestSupport
import Testing

/// Finding and reading manifests among whatever else lies in a folder.
@Suite struct StackFolderTests {
  private func manifests(
    _ folder: TemporaryFolder, _ patterns: [String] = []
  ) -> (paths: [String], findings: [Diagnostic]) {
    var findings = DiagnosticList()
    let files = StackFolder(path: folder.path).manifests(matching: patterns, reporting: &findings)
    return (files.map(\.path), findings.findings)
  }

  @Test func `a stack is found from any folder inside it`() throws {
    let folder = try TemporaryFolder()
    folder.put("stack/berth.yaml", "stack: s\n")
    folder.makeFolder("stack/compute/deep")
    #expect(
      StackFolder.containing(folder.path + "/stack/compute/deep")?.path == folder.path + "/stack")
    #expect(StackFolder.containing(folder.path + "/stack")?.path == folder.path + "/stack")
    #expect(StackFolder.containing(folder.path) == nil)
  }

  @Test func `without patterns every YAML file is a manifest, in one order`() throws {
    let folder = try TemporaryFolder()
    for name in [
      "berth.yaml", "z.yml", "a/b.yaml", "a/a.yml", "B.yml", ".hidden.yml", ".berth/x.yml",
      "a/.b/c.yml", "notes.txt", "yml", "a/c.yml.txt",
    ] { folder.put(name, "name: \(name)\n") }
    let (paths, findings) = manifests(folder)
    #expect(paths == ["B.yml", "a/a.yml", "a/b.yaml", "z.yml"])
    #expect(findings == [])
  }

  @Test func `patterns choose, and one without a match is told`() throws {
    let folder = try TemporaryFolder()
    for name in ["compute/a.yml", "compute/x/y/b.yml", "compute/c1.yaml", "other/d.yml"] {
      folder.put(name, "name: x\n")
    }
    #expect(
      manifests(folder, ["compute/**/*.yml"]).paths == ["compute/a.yml", "compute/x/y/b.yml"])
    #expect(manifests(folder, ["compute/*.yml"]).paths == ["compute/a.yml"])
    #expect(manifests(folder, ["**/[c-d]?.yaml"]).paths == ["compute/c1.yaml"])
    #expect(manifests(folder, ["*/[!a].yml"]).paths == ["other/d.yml"])
    #expect(manifests(folder, ["./other/d.yml", "**"]).paths.count == 4)
    let (paths, findings) = manifests(folder, ["compute/a.yml", "nothing/*.yml", "../*.yml"])
    #expect(paths == ["compute/a.yml"])
    #expect(findings.map(\.rule.id) == ["no-manifest-matches", "no-manifest-matches"])
    #expect(findings.allSatisfy { $0.severity == .warning })
  }

  @Test func `T5 what is no regular file is told, and the rest is read`() throws {
    let folder = try TemporaryFolder()
    folder.put("good.yml", "name: x\n")
    folder.makeFolder("folder.yml")
    folder.makePipe("pipe.yml")
    folder.link("inside.yml", to: "good.yml")
    folder.link("outside.yml", to: "/etc/passwd")
    folder.link("nowhere.yml", to: "nothing")
    let (paths, findings) = manifests(folder)
    #expect(paths == ["good.yml"])
    #expect(findings.allSatisfy { $0.rule.id == "file-unreadable" && $0.severity == .error })
    #expect(
      findings.compactMap(\.location?.file)
        == ["folder.yml", "inside.yml", "nowhere.yml", "outside.yml", "pipe.yml"])
  }

  @Test func `T12 a link to a folder is told where manifests may lie behind it`() throws {
    let folder = try TemporaryFolder()
    folder.put("good.yml", "name: x\n")
    folder.link("compute", to: "/etc")
    let plain = manifests(folder)
    #expect(plain.paths == ["good.yml"])
    #expect(plain.findings.map(\.rule.id) == ["link-not-followed"])
    #expect(plain.findings.map(\.severity) == [.warning])
    let through = manifests(folder, ["compute/*.yml", "*.yml"])
    #expect(through.findings.first?.rule.id == "link-not-followed")
    #expect(through.findings.first?.severity == .error)
    #expect(manifests(folder, ["*.yml"]).findings == [])
  }

  @Test func `a stack within a stack keeps its manifests`() throws {
    let folder = try TemporaryFolder()
    folder.put("berth.yaml", "stack: outer\n")
    folder.put("a.yml", "name: a\n")
    folder.put("inner/berth.yaml", "stack: inner\n")
    folder.put("inner/b.yml", "name: b\n")
    folder.put("inner/deep/c.yml", "name: c\n")
    #expect(manifests(folder).paths == ["a.yml"])
  }

  @Test func `T5 a file that claims to be huge is refused before it is read`() throws {
    let folder = try TemporaryFolder()
    folder.makeSparse("huge.yml", size: 1 << 40)
    folder.put("good.yml", "name: x\n")
    let (paths, findings) = manifests(folder)
    #expect(paths == ["good.yml"])
    #expect(findings.count == 1)
    #expect(findings.first?.detail.contains("is larger than 64 MiB") == true)
  }

  @Test func `a file that may not be read is told`() throws {
    guard !isRoot else { return print("skipped: root reads everything") }
    let folder = try TemporaryFolder()
    folder.put("secret.yml", "name: x\n", permissions: 0)
    #expect(manifests(folder).findings.map(\.rule.id) == ["file-unreadable"])
  }

  @Test func `folders in which nothing can match are not looked into`() throws {
    let folder = try TemporaryFolder()
    folder.put("compute/a/one.yml", "1")
    // So deep that looking there would be told.
    folder.put("lost+found/" + String(repeating: "x/", count: 40) + "two.yml", "2")
    var findings = DiagnosticList()
    let files = StackFolder(path: folder.path).manifests(
      matching: ["compute/**/*.yml"], reporting: &findings)
    #expect(files.map(\.path) == ["compute/a/one.yml"])
    #expect(findings.isEmpty)
    _ = StackFolder(path: folder.path).manifests(matching: ["**/*.yml"], reporting: &findings)
    #expect(!findings.isEmpty)
  }

  @Test func `a pattern full of stars is answered at once`() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "a", count: 200)
    folder.put(name, "")
    let pattern = String(repeating: "*a", count: 60) + "b"
    #expect(manifests(folder, [pattern]).paths == [])
    #expect(
      manifests(folder, [Array(repeating: "**", count: 60).joined(separator: "/")]).paths == [name])
  }
}
