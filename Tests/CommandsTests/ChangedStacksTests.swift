import Foundation
import Testing

/// `--changed-since`: only stacks whose inputs changed in Git.
@Suite("Changed stacks")
struct ChangedStacksTests {
  private func repository() throws -> TemporaryFolder {
    let folder = try ManyStacksTests.tree([
      "ml/dev": ("ws-dev", ["gpu.yml": ManyStacksTests.pool, "overlays/night.yml": "name: gpu\n"]),
      "ml/prod": ("ws-prod", ["gpu.yml": ManyStacksTests.pool, "README.md": "# prod\n"]),
      "ml/prod/inner": ("ws-inner", ["gpu.yml": ManyStacksTests.pool]),
    ])
    try folder.write(".berth/\n", to: ".gitignore")
    try folder.write("# Notes\n", to: "docs/notes.md")
    try folder.git("init", "--quiet", "--initial-branch", "main")
    try folder.commit(on: "2026-01-01")
    try folder.git("checkout", "--quiet", "-b", "change")
    return folder
  }

  private func changed(
    _ folder: TemporaryFolder, _ arguments: [String] = [], since revision: String = "main"
  ) throws -> [String] {
    let run = try folder.run(["plan", "--changed-since", revision] + arguments)
    #expect(run.status == 0, "\(run.messages)")
    return run.output.matches(of: /\nStack (.+)\n/).map { String($0.1) }
  }

  @Test
  func `what is committed, staged, edited, untracked or deleted counts, and what skips is told`()
    throws
  {
    let folder = try repository()
    let nothing = try folder.run("plan", "--changed-since", "main", "--detailed-exitcode")
    #expect(nothing.status == 0, "\(nothing.messages)")
    #expect(
      nothing.messages.contains(
        "Skipped, since nothing of theirs changed since main:\n  ml/dev\n  ml/prod\n"))
    try folder.write(ManyStacksTests.pool + "tier: dedicated\n", to: "ml/dev/gpu.yml")
    #expect(try changed(folder) == ["ml/dev"], "edited")
    try folder.git("add", "--all")
    #expect(try changed(folder) == ["ml/dev"], "staged")
    try folder.commit(on: "2026-01-02")
    #expect(try changed(folder) == ["ml/dev"], "committed")
    try folder.write("name: cpu\ntype: amlcompute\n", to: "ml/prod/inner/cpu.yml")
    #expect(
      try changed(folder) == ["ml/dev", "ml/prod/inner"], "untracked; of the inner stack only")
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("ml/prod/gpu.yml"))
    try folder.write("name: other\ntype: amlcompute\n", to: "ml/prod/other.yml")
    #expect(try changed(folder) == ["ml/dev", "ml/prod", "ml/prod/inner"], "deleted")
    #expect(try changed(folder, ["--chdir", "ml/prod"]) == [".", "inner"], "from a folder below")
  }

  @Test func `pages, Berth's own files and files of nobody's are no inputs`() throws {
    let folder = try repository()
    try folder.write("# Other\n", to: "docs/notes.md")
    try folder.write("# Other\n", to: "ml/prod/README.md")
    try folder.write("x\n", to: "tools/build.sh")
    _ = try folder.run("apply", "--all", "--auto-approve")
    #expect(try changed(folder) == [])
  }

  @Test func `an overlay counts where it is used`() throws {
    let folder = try repository()
    try folder.write("name: gpu\nmax_instances: 3\n", to: "ml/dev/overlays/night.yml")
    #expect(try changed(folder) == [])
    for stack in ["ml/prod", "ml/prod/inner"] {
      try folder.write("name: gpu\n", to: "\(stack)/overlays/night.yml")
    }
    try folder.commit(on: "2026-01-02")
    #expect(
      try changed(folder, ["--overlay", "night"], since: "HEAD~1")
        == ["ml/dev", "ml/prod", "ml/prod/inner"])
    try folder.write("name: gpu\nmax_instances: 4\n", to: "ml/dev/overlays/night.yml")
    #expect(try changed(folder, ["--overlay", "night"], since: "HEAD") == ["ml/dev"])
  }

  @Test func `files outside a stack's folder count: variables, and programs that give secrets`()
    throws
  {
    let folder = try repository()
    try folder.write("{}\n", to: "shared/all.vars")
    try folder.write("echo secret\n", to: "shared/password.sh")
    try folder.write(
      try folder.read("ml/dev/berth.yaml") + "commands:\n  pw: [sh, ../../shared/password.sh]\n",
      to: "ml/dev/berth.yaml")
    try folder.commit(on: "2026-01-02")
    try folder.git("branch", "base")
    try folder.write("echo other\n", to: "shared/password.sh")
    #expect(try changed(folder, since: "base") == ["ml/dev"])
    #expect(try changed(folder, ["--var-file", "shared/all.vars"], since: "base") == ["ml/dev"])
    try folder.write("# other\n{}\n", to: "shared/all.vars")
    #expect(try changed(folder, ["--var-file", "shared/all.vars"], since: "base").count == 3)
    let outside = try TemporaryFolder()
    try outside.write("{}\n", to: "x.vars")
    #expect(
      try changed(folder, ["--var-file", outside.url.path + "/x.vars"], since: "HEAD").count == 3)
  }

  @Test func `only what changed on this branch counts, not what others did meanwhile`() throws {
    let folder = try repository()
    try folder.write(ManyStacksTests.pool + "tier: dedicated\n", to: "ml/dev/gpu.yml")
    try folder.commit(on: "2026-01-02")
    try folder.git("checkout", "--quiet", "main")
    try folder.write(ManyStacksTests.pool + "tier: dedicated\n", to: "ml/prod/gpu.yml")
    try folder.commit(on: "2026-01-03")
    try folder.git("checkout", "--quiet", "change")
    #expect(try changed(folder) == ["ml/dev"])
  }

  @Test func `a stack that was removed is told, since its targets stay`() throws {
    let folder = try repository()
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("ml/dev"))
    let run = try folder.run("plan", "--changed-since", "main")
    #expect(run.status == 0)
    #expect(run.messages.contains("[stack-removed]"))
    #expect(run.messages.contains("ml/dev was a stack"))
  }

  @Test func `hostile names of files are names of files`() throws {
    let folder = try repository()
    for name in ["a\nml\nprod\ngpu.yml", "\"quoted\".yml", "--all", "tab\t.yml", "ümläut.yml"] {
      try folder.write("x: 1\n", to: "docs/\(name)")
    }
    try folder.commit(on: "2026-01-02")
    #expect(try changed(folder) == [])
    try folder.write("x\n", to: "ml/dev/secret \"\n.key")
    #expect(try changed(folder) == ["ml/dev"])
  }

  @Test func `a bad revision, a shallow clone and no repository are errors with a way out`() throws
  {
    let folder = try repository()
    for revision in ["nowhere", "--output=x", "main..change"] {
      for command in ["validate", "plan", "apply", "drift"] {
        let run = try folder.run(command, "--changed-since=\(revision)")
        #expect(run.status == 1, "\(revision)")
        #expect(run.messages.contains("[changed-since]"), "\(revision): \(run.messages)")
        #expect(run.messages.contains("fetch-depth: 0"))
      }
    }
    try folder.git("checkout", "--quiet", "main")
    try folder.write(ManyStacksTests.pool + "tier: dedicated\n", to: "ml/prod/gpu.yml")
    try folder.commit(on: "2026-01-03")
    let clones = try TemporaryFolder()
    try clones.git(
      "clone", "--quiet", "--depth", "1", "--no-single-branch", "file://\(folder.url.path)", "s")
    let shallow = try clones.run(
      "plan", "--chdir", "s", "--changed-since", "origin/change")
    #expect(shallow.status == 1)
    #expect(shallow.messages.contains("--unshallow"), "\(shallow.messages)")
    let none = try ManyStacksTests.tree(["a": ("other-ws", ["gpu.yml": ManyStacksTests.pool])])
    let run = try none.run("plan", "--changed-since", "main")
    #expect(run.status == 1)
    #expect(run.messages.contains("no folder of a Git repository"))
    let noGit = try folder.run("plan", "--changed-since", "main", environment: ["PATH": "/nowhere"])
    #expect(noGit.messages.contains("There is no 'git'"))
  }

  @Test func `T29 asking what changed runs no program of the repository's configuration`() throws {
    let folder = try repository()
    let trap = "touch \(folder.url.path)/sprung; cat"
    try folder.git("config", "filter.trap.clean", trap)
    try folder.git("config", "filter.trap.required", "true")
    try folder.git("config", "filter.a=b.clean", trap)
    try folder.git("config", "core.fsmonitor", "sh -c '\(trap)'")
    try folder.git("config", "diff.external", trap)
    try folder.write("*.yml filter=trap\n*.md filter=a=b\n", to: ".git/info/attributes")
    try folder.write(ManyStacksTests.pool + "tier: dedicated\n", to: "ml/dev/gpu.yml")
    try folder.write("# other\n", to: "docs/notes.md")
    #expect(try changed(folder).contains("ml/dev"))
    #expect(
      !FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("sprung").path))
  }

  @Test func `a stack in a repository within counts always`() throws {
    let folder = try repository()
    let inner = try ManyStacksTests.tree(["x": ("other-ws", ["gpu.yml": ManyStacksTests.pool])])
    try FileManager.default.copyItem(
      at: inner.url.appendingPathComponent("x"), to: folder.url.appendingPathComponent("vendor"))
    try folder.git("-C", "vendor", "init", "--quiet")
    #expect(try changed(folder) == ["vendor"])
  }
}
