import Foundation
import TestSupport
import Testing

@Suite("berth fmt")
struct FormatTests {
  private static let rough = "name:  gpu\ntype: amlcompute   # a\n"
  private static let canonical = "name: gpu\ntype: amlcompute # a\n"

  @Test func `it writes what is not canonical, keeps permissions, and tells the names`() throws {
    let folder = try TemporaryFolder.stack(["a.yml": Self.canonical, "x/b.yaml": Self.rough])
    try folder.write(Self.rough, to: "x/b.yaml", permissions: 0o664)
    try folder.write("stack:   test\nworkspace: {}\n", to: "unrelated.txt")
    let check = try folder.run("fmt", "--check")
    #expect(check.status == 1)
    #expect(check.output == "berth.yaml\nx/b.yaml\n")
    #expect(check.messages.contains("2 files are not in canonical form. Run 'berth fmt'."))
    #expect(try folder.read("x/b.yaml") == Self.rough)

    let run = try folder.run("fmt", "--chdir", "x")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "berth.yaml\nx/b.yaml\n")
    #expect(try folder.read("x/b.yaml") == Self.canonical)
    let path = folder.url.appendingPathComponent("x/b.yaml").path
    #expect(
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o664)
    let again = try folder.run("fmt", "--check")
    #expect(again.status == 0)
    #expect(again.output == "" && again.messages == "")
  }

  @Test func `a difference is shown and nothing written`() throws {
    let folder = try TemporaryFolder.stack([
      "a.yml": Self.rough + "ssh_settings:\n    admin_password:  hunter2\n"
    ])
    let run = try folder.run("fmt", "--diff", "a.yml")
    #expect(run.status == 0)
    #expect(
      run.output == """
        --- a.yml
        +++ a.yml
        @@ -1,4 +1,4 @@
        -name:  gpu
        -type: amlcompute   # a
        +name: gpu
        +type: amlcompute # a
         ssh_settings:
        -    admin_password: (sensitive value)
        +  admin_password: (sensitive value)

        """)
    #expect(try folder.read("a.yml").hasPrefix(Self.rough))
    #expect(try folder.run("fmt", "--diff", "--check", "a.yml").status == 1)
    #expect(try folder.run("fmt", "--diff", "--color", "always").output.contains("\u{1B}[31m-"))
  }

  @Test func `a file that can't be read is left as it is, and the others are formatted`() throws {
    let folder = try TemporaryFolder.stack(["a.yml": "a: [  1\nb\n", "b.yml": Self.rough])
    let run = try folder.run("fmt", "a.yml", "b.yml", "c.yml")
    #expect(run.status == 1)
    #expect(run.output == "b.yml\n")
    #expect(run.messages.contains("[invalid-yaml]"))
    #expect(run.messages.contains("c.yml does not exist. [file-unreadable]"))
    #expect(try folder.read("a.yml") == "a: [  1\nb\n")
    #expect(try folder.read("b.yml") == Self.canonical)
  }

  @Test func `a folder stands for the files below it, and a link stays a link`() throws {
    let folder = try TemporaryFolder()
    for path in ["one/berth.yaml", "one/two/a.yml", "one/b.txt", "c.yaml"] {
      try folder.write(Self.rough, to: path)
    }
    try FileManager.default.createSymbolicLink(
      at: folder.url.appendingPathComponent("link.yml"),
      withDestinationURL: folder.url.appendingPathComponent("c.yaml"))
    let run = try folder.run("fmt", "one/", "link.yml")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "one/berth.yaml\none/two/a.yml\nlink.yml\n")
    #expect(try folder.read("c.yaml") == Self.canonical)
    let link = folder.url.appendingPathComponent("link.yml").path
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link).hasSuffix("c.yaml"))
    #expect(try folder.read("one/b.txt") == Self.rough)
  }

  @Test func `T12 a link that was found, not named, is neither shown nor formatted`() throws {
    let place = try TemporaryFolder()
    try place.write(Self.rough, to: "outside.yml")
    try place.write(Self.rough, to: "stack/a.yml")
    for (name, target) in [("link.yml", "../outside.yml"), ("inner.yml", "a.yml")] {
      try FileManager.default.createSymbolicLink(
        atPath: place.url.path + "/stack/" + name, withDestinationPath: target)
    }
    let diff = try place.run("fmt", "--diff", "stack")
    #expect(diff.status == 1)
    #expect(diff.output.contains("--- stack/a.yml") && !diff.output.contains("link.yml"))
    let run = try place.run("fmt", "stack")
    #expect(run.status == 1)
    #expect(run.output == "stack/a.yml\n")
    #expect(
      run.messages.contains(
        "stack/link.yml is a link, and links are not followed. [file-unreadable]"),
      "\(run.messages)")
    #expect(try place.read("outside.yml") == Self.rough)
  }

  @Test func `the standard input becomes the standard output`() throws {
    let folder = try TemporaryFolder()
    let run = try BerthBinary.run(
      ["fmt", "-"], in: folder.url,
      through: ["/bin/sh", "-c", "printf 'a:   1\\nb: [x,y]' | \"$@\"", "sh"])
    #expect(run.status == 0)
    #expect(run.output == "a: 1\nb: [x, y]\n")
    let bad = try BerthBinary.run(
      ["fmt", "-"], in: folder.url, through: ["/bin/sh", "-c", "printf 'a: [' | \"$@\"", "sh"])
    #expect(bad.status == 1)
    #expect(bad.output == "")
  }

  @Test func `an upgrade leaves no older name, and the plan as it was`() throws {
    let folder = try TemporaryFolder.example("az-ml")
    let before = try folder.run("plan")
    #expect(before.messages.contains("[older-name]"))
    let run = try folder.run("fmt", "--upgrade")
    #expect(run.output == "older-sdk.yml\n", "\(run.messages)")
    #expect(!(try folder.run("validate").messages.contains("[older-name]")))
    #expect(try folder.run("plan").output == before.output)
  }

  @Test func `what init writes has canonical form`() throws {
    let folder = try TemporaryFolder()
    #expect(try folder.run("init").status == 0)
    #expect(try folder.run("fmt", "--check").status == 0)
  }
}
