import Foundation
import TestSupport
import Testing

/// The scripts that make a release, on the program of the tests: a build of its own takes too long.
@Suite("Releases", .timeLimit(.minutes(60)))
struct ReleaseTests {
  private static let package = BerthBinary.packageFolder
  private static let epoch = "1767603600"

  /// Runs a program to its end.
  private func run(
    _ program: String, _ arguments: [String], in folder: URL = package,
    environment: [String: String] = [:]
  ) throws -> BerthBinary.Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, messages) = (Pipe(), Pipe())
    process.standardOutput = output
    // What is little fits a pipe.
    process.standardError = messages
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let said = try messages.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return BerthBinary.Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      messages: String(decoding: said, as: UTF8.self))
  }

  private func has(_ programs: String...) throws -> Bool {
    for program in programs where try run("which", [program]).status != 0 {
      print("SKIPPED: there is no \(program) here.")
      return false
    }
    return true
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.package.appendingPathComponent(path), encoding: .utf8)
  }

  // MARK: T36

  @Test func `T36 every dependency has an exact version, and a revision that was reviewed`() throws
  {
    let manifest = try text("Package.swift")
    let reviewed = try text("scripts/dependencies.txt").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ") }
    #expect(reviewed.count > 20 && reviewed.allSatisfy { $0.count == 5 })
    let declared = manifest.matches(of: /\.package\(\s*url: "([^"]+)", (\w+): "([^"]+)"\)/)
    #expect(declared.count == manifest.matches(of: /\.package\(\s*url:/).count)
    for match in declared {
      #expect(match.2 == "exact", "\(match.1)")
      let line = reviewed.first { $0[4].lowercased() == match.1.lowercased() }
      #expect(line?[1] == match.3, "\(match.1) was reviewed as \(line?[1] ?? "nothing")")
    }
    #expect(Set(declared.map(\.1)).count == reviewed.count, "what is not used is not reviewed")
    for line in reviewed {
      #expect(line[2].wholeMatch(of: /[0-9a-f]{40}/) != nil, "\(line)")
      #expect(["Apache-2.0", "MIT"].contains(line[3]), "\(line[0]) has the license \(line[3])")
    }
    #expect(try text(".gitignore").contains("Package.resolved"), "no lock file is committed")
  }

  @Test func `T36 what this build was made of is what was reviewed`() throws {
    let resolved = Self.package.appendingPathComponent("Package.resolved")
    guard FileManager.default.fileExists(atPath: resolved.path), try has("python3") else { return }
    let told = try run("scripts/sbom", ["--dependencies", resolved.path])
    #expect(told.status == 0, "\(told.messages)")
    let reviewed = Set(try text("scripts/dependencies.txt").split(separator: "\n"))
    let direct = try text("Package.swift").components(separatedBy: "BERTH_RELEASE")[0].lowercased()
    for line in told.output.split(separator: "\n") {
      // What dependencies bring along is held to it in a release only.
      let address = line.split(separator: " ").last ?? ""
      guard direct.contains("\"\(address.lowercased())\"") else { continue }
      #expect(reviewed.contains(line), "\(line)")
    }
  }

  // MARK: T37

  /// A release of the tests' program; nil, said aloud, where a tool is missing.
  private func packed(
    into folder: String, of parent: TemporaryFolder, environment: [String: String] = [:]
  ) throws -> URL? {
    guard try has("python3", "readelf", "strip", "tar", "gzip") else { return nil }
    let program = parent.url.appendingPathComponent("berth").path
    if !FileManager.default.fileExists(atPath: program) {
      #expect(try run("strip", ["-o", program, BerthBinary.location.path]).status == 0)
    }
    let release = parent.url.appendingPathComponent(folder)
    let commit = String(repeating: "8", count: 40)
    let run = try run(
      "scripts/pack-release", [program, "0.1.0", commit, release.path],
      environment: ["SOURCE_DATE_EPOCH": Self.epoch, "BERTH_SIGNING_KEY": ""]
        .merging(environment) { $1 })
    #expect(run.status == 0, "\(run.messages)")
    return release
  }

  @Test func `T37 a program that is packed twice gives the same files`() throws {
    let parent = try TemporaryFolder()
    guard let first = try packed(into: "first", of: parent) else { return }
    // Another hour, another mask, another place.
    let second = try #require(
      try packed(into: "elsewhere/second", of: parent, environment: ["TZ": "Asia/Tokyo"]))
    let sums = try String(contentsOf: first.appendingPathComponent("SHA256SUMS"), encoding: .utf8)
    #expect(
      try sums
        == String(contentsOf: second.appendingPathComponent("SHA256SUMS"), encoding: .utf8))
    #expect(sums.split(separator: "\n").count == 3, "\(sums)")
    let names = try FileManager.default.contentsOfDirectory(atPath: first.path).sorted()
    let archive = try #require(names.first { $0.hasSuffix(".tar.gz") })
    let notes = try String(
      contentsOf: first.appendingPathComponent(archive.replacing(".tar.gz", with: ".txt")),
      encoding: .utf8)
    #expect(notes.contains("libyaml-0.so.2") && notes.contains("libsqlite3.so.0"), "\(notes)")
    #expect(notes.contains(/glibc 2\.\d+ or later/), "\(notes)")
    let list = try run("tar", ["-tvzf", first.appendingPathComponent(archive).path])
    for path in ["/bin/berth\n", "/share/man/man1/berth-plan.1\n", "/doc/berth/LICENSE\n"] {
      #expect(list.output.contains(path), "\(list.output)")
    }
    #expect(!list.output.contains("root"), "nobody owns what is in it")
  }

  @Test func `T37 a build of no commit says so, and an archive knows its commit`() throws {
    let folder = try TemporaryFolder()
    #expect(try folder.run("version").output.contains("of no known commit"))
    #expect(try folder.run("version", "--json").output.contains("\"commit\": null"))
    let attributes = try text(".gitattributes")
    let path = "Sources/Commands/Program/BuildOrigin.swift"
    #expect(attributes.contains("\(path) export-subst"))
    guard FileManager.default.fileExists(atPath: Self.package.path + "/.git"),
      try has("git", "tar")
    else { return }
    let head = try run("git", ["rev-parse", "HEAD"]).output.prefix(40)
    let archived = try run(
      "bash", ["-c", "git archive HEAD \(path) | tar -x --to-stdout"])
    #expect(archived.output.contains("archived = \"\(head)\""), "\(archived)")
  }

  // MARK: T38

  @Test func `T38 a signed release is verified, and a changed one, or another signer, is not`()
    throws
  {
    let parent = try TemporaryFolder()
    guard try has("ssh-keygen", "sha256sum") else { return }
    for name in ["key", "other"] {
      let made = try run(
        "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", parent.url.path + "/" + name])
      #expect(made.status == 0, "\(made.messages)")
      let line = try "releases@berth namespaces=\"berth-release\" " + parent.read("\(name).pub")
      try parent.write(line, to: "\(name).signers")
    }
    guard
      let release = try packed(
        into: "release", of: parent,
        environment: ["BERTH_SIGNING_KEY": parent.url.path + "/key"])
    else { return }
    func verify(_ signers: String) throws -> BerthBinary.Run {
      try run(
        "scripts/release", ["--verify", release.path, "\(parent.url.path)/\(signers).signers"])
    }
    let good = try verify("key")
    #expect(good.status == 0 && good.messages.contains("Signed by one of"), "\(good.messages)")
    #expect(try verify("other").status == 1)

    let notes = try #require(
      try FileManager.default.contentsOfDirectory(atPath: release.path)
        .first { $0.hasSuffix(".txt") })
    let kept = try Data(contentsOf: release.appendingPathComponent(notes))
    try parent.write("changed\n", to: "release/" + notes)
    #expect(try verify("key").status == 1, "a changed file")
    // With sums to fit, the signature does not.
    let sums = try parent.read("release/SHA256SUMS")
    let changed = try run("sha256sum", [notes], in: release).output
    try parent.write(
      sums.split(separator: "\n").map { $0.hasSuffix(notes) ? changed : $0 + "\n" }.joined(),
      to: "release/SHA256SUMS")
    #expect(try verify("key").status == 1, "changed sums")
    try kept.write(to: release.appendingPathComponent(notes))
    try parent.write(sums, to: "release/SHA256SUMS")
    #expect(try verify("key").status == 0)
    try parent.write("", to: "release/more")
    #expect(try verify("key").status == 1, "a file more")
    try FileManager.default.removeItem(at: release.appendingPathComponent("more"))
    try FileManager.default.removeItem(at: release.appendingPathComponent("SHA256SUMS.sig"))
    let unsigned = try verify("key")
    #expect(unsigned.status == 2 && unsigned.messages.contains("NOT SIGNED"), "\(unsigned)")
  }

  @Test func `T38 the bill of materials keeps to its schema and names everything built in`() throws
  {
    let parent = try TemporaryFolder()
    guard let release = try packed(into: "release", of: parent) else { return }
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: release.path)
        .first { $0.hasSuffix(".cdx.json") })
    let bill = try parent.read("release/" + name)
    for line in try text("scripts/dependencies.txt").split(separator: "\n")
    where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      #expect(bill.contains("\"name\": \"\(words[0])\""), "\(words[0])")
      #expect(bill.contains("revision \(words[2])"), "\(words[0])")
    }
    for library in ["libyaml-0.so.2", "libsqlite3.so.0", "libc.so.6"] {
      #expect(bill.contains("\"bom-ref\": \"system:\(library)\""), "\(library)")
    }
    #expect(bill.contains("\"timestamp\": \"2026-01-05T09:00:00Z\""))
    let checked = try run("scripts/check-reports", ["bills", release.path])
    if checked.status == 69 {
      print("SKIPPED: nothing checks bills, for want of scripts/install-test-tools.")
      return
    }
    #expect(checked.status == 0 && checked.output.isEmpty, "\(checked.output)\(checked.messages)")
  }

  @Test func `a release of a version that the source does not have is refused`() throws {
    guard FileManager.default.fileExists(atPath: Self.package.path + "/.git"),
      try has("git", "python3")
    else { return }
    let run = try run("scripts/release", ["99.0.0"])
    #expect(run.status == 1)
    #expect(
      run.messages.contains("not 99.0.0") || run.messages.contains(".swift-version"),
      "\(run.messages)")
  }
}
