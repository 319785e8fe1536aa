import Foundation
import Testing

@testable import Commands

@Suite("Manuals")
struct ManualTests {
  private static func written() throws -> (TemporaryFolder, [String]) {
    let folder = try TemporaryFolder()
    let run = try folder.run("manual", "--out", "man1")
    #expect(run.status == 0, "\(run.messages)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/man1")
    return (folder, names.sorted())
  }

  /// Runs a program of the machine; nil, said aloud, if it is not there.
  private func run(_ program: String, _ arguments: [String]) throws -> String? {
    let paths = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/\(program)" }
    guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
      print("SKIPPED: there is no \(program) here; scripts/install-test-tools gets one.")
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  @Test func `every command has a page, and every page a command`() throws {
    let (folder, names) = try Self.written()
    #expect(names == CommandTree.berth.all.map { ManualPage($0).fileName }.sorted())
    #expect(names.contains("berth-lock-list.1") && names.count > 25, "\(names)")
    let help = try folder.run("--help").output
    for match in help.matches(of: /\n  ([a-z-]+) (?:\([a-z, ]+\))? {2,}/) {
      #expect(names.contains("berth-\(match.1).1"), "\(match.1)")
    }
    #expect(
      try folder.run("manual", "lock", "list").output == folder.read("man1/berth-lock-list.1"))
    #expect(try folder.run("manual").output == folder.read("man1/berth.1"))
    let wrong = try folder.run("manual", "plam")
    #expect(wrong.status == 1 && wrong.messages.contains("Did you mean \"plan\"?"))
  }

  @Test func `the first page tells of the environment, as the page of commands does`() throws {
    let page = try TemporaryFolder().run("manual").output
    let told = page.matches(of: /\n\.It Ev ([A-Za-z_]+)/).map { String($0.1) }
    #expect(told == EnvironmentVariable.all.flatMap(\.names))
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let docs = try String(
      contentsOf: repository.appendingPathComponent("docs/commands.md"), encoding: .utf8)
    let named = docs.matches(of: /`([A-Z_]+(?:_plan)?)(?:=[01])?`/).map { String($0.1) }
      .filter { $0.hasPrefix("BERTH_") || $0.contains("COLOR") }
    #expect(Set(told).isSuperset(of: named), "\(Set(named).subtracting(told))")
    #expect(named.count > 7)
  }

  @Test func `mandoc finds nothing to complain of, and each page leads to pages that exist`() throws
  {
    let (folder, names) = try Self.written()
    let known = Set(names.map { String($0.dropLast(2)) })
    for name in names {
      let path = folder.url.path + "/man1/" + name
      guard let complaints = try run("mandoc", ["-T", "lint", path]) else { return }
      // Whether they are installed is no matter of the page.
      let left = complaints.split(separator: "\n").filter {
        !$0.contains("referenced manual not found")
      }
      #expect(left.isEmpty, "\(name)")
      for match in try folder.read("man1/" + name).matches(of: /\.Xr (\S+) 1/) {
        #expect(known.contains(String(match.1)), "\(name) leads to \(match.1)")
      }
    }
  }

  @Test func `a page shows each option, example and exit code of the help`() throws {
    let (folder, _) = try Self.written()
    for command in CommandTree.berth.all {
      let arguments = Array(command.path.dropFirst())
      let help = try folder.run(arguments + ["--help"]).output
      let path = folder.url.path + "/man1/" + ManualPage(command).fileName
      guard let shown = try run("mandoc", ["-T", "ascii", "-O", "width=400", path]) else { return }
      // Bold and underlined letters are overstruck.
      let page = shown.replacing(/.\u{8}/, with: "").replacing(/\s+/, with: " ")
      for option in help.matches(of: /^  (?:-[a-z], )?(--[a-z-]+)/.anchorsMatchLineEndings()) {
        #expect(page.contains("\(option.1)"), "\(command.path): \(option.1)")
      }
      let parts = DiscussionParts(command.discussion)
      #expect(parts.example.isEmpty == !help.contains("\nExample:\n"))
      for line in parts.example { #expect(page.contains(line), "\(command.path): \(line)") }
      let codes = parts.exitCodes.dropFirst()
      #expect(codes.isEmpty || page.contains(codes), "\(command.path): \(codes)")
      #expect(page.contains(command.abstract.dropFirst().dropLast()), "\(command.path)")
    }
  }

  @Test(arguments: [
    (".Dd is a request", "\\&.Dd is a request\n"), ("'quoted' first", "\\&'quoted' first\n"),
    ("a\\b --c", "a\\eb \\-\\-c\n"), ("One. Two: x. three", "One.\nTwo: x. three\n"),
  ])
  func `text is never taken for a request`(text: String, written: String) {
    #expect(Mdoc.paragraph(text) == written)
  }

  @Test func `make install puts program, manuals and completions in place, and takes them away`()
    throws
  {
    let folder = try TemporaryFolder()
    for (target, isThere) in [("install-files", true), ("uninstall", false)] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "make", "-s", "-C", BerthBinary.packageFolder.path, target,
        "BERTH=\(BerthBinary.location.path)", "DESTDIR=\(folder.url.path)", "PREFIX=/usr",
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      for path in [
        "bin/berth", "share/man/man1/berth.1", "share/man/man1/berth-lock-list.1",
        "share/bash-completion/completions/berth", "share/zsh/site-functions/_berth",
        "share/fish/vendor_completions.d/berth.fish",
      ] {
        let whole = folder.url.path + "/usr/" + path
        #expect(FileManager.default.fileExists(atPath: whole) == isThere, "\(path)")
      }
    }
  }
}
