import BackendInterface
import Diagnostics
import FoundationEssentials
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

@testable import EmbeddedBackend

/// Whatever stands at the path, the answer is a sentence and nothing is lost.
@Suite struct StoreFailureTests {
  let folder: ScratchFolder
  let clock = TestClock()

  init() throws { folder = try ScratchFolder() }

  private func open(
    _ name: String, _ access: EmbeddedWorkspace.Access = .readAndWrite
  ) throws(WorkspaceStoreFailure) -> EmbeddedWorkspace {
    try EmbeddedWorkspace(
      at: folder[name], configuration: .invented, access: access, now: clock.now)
  }

  /// A sound file with a target, closed.
  private func makeFile(targets: Int = 1) async throws {
    let workspace = try open("ws.sqlite")
    for number in 0..<targets {
      _ = try await workspace.submit(
        .create(ComputeTarget(.inventedPool, "pool\(number)x"), marks: OwnershipMarks()))
    }
  }

  private func expectRefusal(_ name: String, _ rule: Rule, _ part: String) {
    for access: EmbeddedWorkspace.Access in [.readAndWrite, .readIfPresent] {
      let failure = #expect(throws: WorkspaceStoreFailure.self) { try open(name, access) }
      let diagnostic = failure?.diagnostic
      #expect(diagnostic?.rule == rule)
      #expect(diagnostic?.detail.contains(part) == true, "\(diagnostic?.detail ?? "")")
      #expect(diagnostic?.detail.contains(name) == true)
    }
  }

  @Test func `text is no database and stays as it is`() throws {
    let text = Data("name: cpu\ntype: amlcompute\n".utf8)
    try folder.write(text, to: "ws.sqlite")
    expectRefusal("ws.sqlite", .workspaceStoreCorrupt, "is no database")
    #expect(try folder.bytes("ws.sqlite") == text)
  }

  @Test func `T20 another program's database is left alone`() async throws {
    try await makeFile()
    try folder.patch("ws.sqlite", at: 68, with: [0, 0, 0, 42])
    let before = try folder.bytes("ws.sqlite")
    expectRefusal("ws.sqlite", .workspaceStoreForeign, "another program")
    try folder.patch("ws.sqlite", at: 68, with: [0, 0, 0, 0])
    expectRefusal("ws.sqlite", .workspaceStoreForeign, "another program")
    try folder.patch("ws.sqlite", at: 68, with: [0, 0, 0, 42])
    #expect(try folder.bytes("ws.sqlite") == before)
  }

  @Test func `T20 a later version is not touched`() async throws {
    try await makeFile()
    try folder.patch("ws.sqlite", at: 60, with: [0, 0, 0, 4])
    expectRefusal("ws.sqlite", .workspaceStoreNewer, "format 4")
  }

  @Test func `T20 what is no regular file is refused`() throws {
    try FileManager.default.createDirectory(
      atPath: folder["a-folder"], withIntermediateDirectories: true)
    expectRefusal("a-folder", .workspaceStoreNotAFile, "is a folder")
    try FileManager.default.createSymbolicLink(
      atPath: folder["a-link"], withDestinationPath: folder["nowhere"])
    expectRefusal("a-link", .workspaceStoreNotAFile, "is a symbolic link")
    #expect(!folder.exists("nowhere"))
  }

  @Test func `a place where nothing can be made is named`() throws {
    try folder.write(Data("x".utf8), to: "file")
    for path in [folder["file/ws.sqlite"], "/proc/berth/ws.sqlite"] {
      let failure = #expect(throws: WorkspaceStoreFailure.self) {
        try EmbeddedWorkspace(at: path, configuration: .invented, now: clock.now)
      }
      #expect(failure?.problem == .unwritable || failure?.problem == .unreachable)
      #expect(failure?.diagnostic.detail.contains(path) == true)
    }
  }

  @Test func `an empty file is an empty workspace`() async throws {
    try folder.write(Data(), to: "ws.sqlite")
    #expect(try await open("ws.sqlite", .readIfPresent).list().isEmpty)
    #expect(try folder.bytes("ws.sqlite").isEmpty)
    _ = try await open("ws.sqlite").submit(
      .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
    #expect(try await open("ws.sqlite").list().count == 1)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `T20 a damaged file is an error and never a trap`(seed: UInt64) async throws {
    try await makeFile(targets: 60)
    let sound = try folder.bytes("ws.sqlite")
    var random = SeededRandom(seed: seed)
    var damaged = sound
    if seed.isMultiple(of: 4) {
      damaged = damaged.prefix(Int.random(in: 1..<damaged.count, using: &random))
    } else {
      for _ in 0..<40 {
        let offset = Int.random(in: 100..<damaged.count, using: &random)
        damaged[offset] = UInt8.random(in: 0...255, using: &random)
      }
    }
    try folder.write(damaged, to: "ws.sqlite")
    clock.advance(by: 1_000)
    for access: EmbeddedWorkspace.Access in [.readIfPresent, .readAndWrite] {
      do {
        let workspace = try open("ws.sqlite", access)
        _ = try await workspace.list()
        _ = try workspace.history()
        _ = try await workspace.submit(
          .create(ComputeTarget(.inventedPool, "another"), marks: OwnershipMarks()))
      } catch let failure as WorkspaceStoreFailure {
        #expect(!failure.diagnostic.detail.isEmpty, "seed \(seed)")
      } catch let failure as BackendFailure {
        #expect(
          failure.code.hasPrefix("WorkspaceStore") || failure.failureClass == .conflict,
          "seed \(seed): \(failure)")
      }
    }
  }

  @Test func `F23 a full disk fails the request and loses nothing`() async throws {
    let workspace = try open("ws.sqlite")
    _ = try await workspace.submit(
      .create(ComputeTarget(.inventedPool, "first"), marks: OwnershipMarks()))
    try workspace.limit(toPages: 1)
    let long = AttributeValue.map(["note": .text(String(repeating: "x", count: 200_000))])
    let failure = await #expect(throws: BackendFailure.self) {
      try await workspace.submit(
        .create(ComputeTarget(.inventedPool, "second", ["tags": long]), marks: OwnershipMarks()))
    }
    #expect(failure?.code == "WorkspaceStoreFull")
    #expect(failure?.message.contains("the disk is full") == true)
    #expect(try await workspace.list().map(\.name) == ["first"])
    try workspace.limit(toPages: 1_000_000)
    _ = try await workspace.submit(
      .create(ComputeTarget(.inventedPool, "second", ["tags": long]), marks: OwnershipMarks()))
    #expect(try await workspace.list().map(\.name) == ["first", "second"])
  }

  @Test func `F23 what the disk has no room for fails alone`() async throws {
    let workspace = try open("ws.sqlite")
    try workspace.limit(toPages: 30)
    let long = AttributeValue.map(["note": .text(String(repeating: "x", count: 200_000))])
    let failed = await withTaskGroup(of: String?.self) { group in
      for number in 10..<30 {
        group.addTask {
          let target = ComputeTarget(
            .inventedPool, "pool\(number)x", number == 20 ? ["tags": long] : [:])
          do throws(BackendFailure) {
            _ = try await workspace.submit(.create(target, marks: OwnershipMarks()))
            return nil
          } catch {
            return "\(target.name): \(error.code)"
          }
        }
      }
      return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
    }
    #expect(failed == ["pool20x: WorkspaceStoreFull"])
    clock.advance(by: 1_000)
    #expect(try await workspace.list().count == 19)
  }

  @Test func `requests that wait side by side are answered each by itself`() async throws {
    let workspace = try open("ws.sqlite")
    let answers = await withTaskGroup(of: String.self) { group in
      for number in 10..<40 {
        let name = number % 3 == 0 ? "not a name" : "pool\(number)x"
        group.addTask {
          do throws(BackendFailure) {
            let operation = try await workspace.submit(
              .create(ComputeTarget(.inventedPool, name), marks: OwnershipMarks()))
            _ = try await workspace.status(of: operation)
            return try await workspace.read(name)?.name ?? "nothing"
          } catch {
            return error.code
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let made = (10..<40).filter { $0 % 3 != 0 }.map { "pool\($0)x" }
    #expect(Set(answers) == Set(made + ["InvalidParameter"]))
    #expect(answers.count { $0 == "InvalidParameter" } == 10)
    #expect(try await workspace.list().map(\.name) == made)
    #expect(try workspace.isIntact())
  }

  @Test func `each diagnostic says what to do`() {
    for problem: WorkspaceStoreFailure.Problem in [
      .corrupt, .foreign, .tooRecent, .notAFile, .unwritable, .unreachable,
    ] {
      let diagnostic = WorkspaceStoreFailure(problem: problem, path: "p", reason: "r").diagnostic
      #expect(diagnostic.detail.hasPrefix("The embedded workspace ('p') r. "))
      #expect(diagnostic.detail.count > 60)
      #expect(diagnostic.severity == .error)
    }
  }
}
