import BackendInterface
import Foundation
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport
import Testing

@testable import EmbeddedBackend

@Suite struct PersistenceTests {
  let folder: ScratchFolder
  let clock = TestClock()

  init() throws { folder = try ScratchFolder() }

  private func open(
    _ name: String = "ws.sqlite", _ configuration: SimulatorConfiguration = .invented,
    _ access: EmbeddedWorkspace.Access = .readAndWrite
  ) throws(WorkspaceStoreFailure) -> EmbeddedWorkspace {
    try EmbeddedWorkspace(
      at: folder[name], configuration: configuration, access: access, now: clock.now)
  }

  @Test func `an operation begun before the end of a process ends after it`() async throws {
    let handle = try await open().submit(
      .create(ComputeTarget(.inventedPool, "pool", ["count": 3]), marks: OwnershipMarks()))
    #expect(try await open().read("pool")?.state == .creating)
    clock.advance(by: 1_000)
    let workspace = try open()
    #expect(try await workspace.status(of: handle) == .succeeded)
    #expect(try await workspace.read("POOL")?.state == .succeeded)
    #expect(
      try workspace.history() == [
        HistoryEntry(time: 1_700_000_000_200, event: "created", name: "pool")
      ])
  }

  @Test func `T20 only the owner may read the file and the folders made for it`() throws {
    _ = try open("a/b/ws.sqlite")
    #expect(folder.permissions("a/b/ws.sqlite") == 0o600)
    #expect(folder.permissions("a/b") == 0o700)
    #expect(folder.permissions("a") == 0o700)
  }

  @Test func `workspaces share a file without seeing each other`() async throws {
    var other = SimulatorConfiguration.invented
    other.workspace = .named("other")
    let (mine, theirs) = (try open(), try open("ws.sqlite", other))
    let link = ComputeTarget(.inventedLink, "link", ["resource_id": .text(resource("r"))])
    for workspace in [mine, theirs] {
      _ = try await workspace.submit(.attach(link, marks: OwnershipMarks()))
    }
    clock.advance(by: 1_000)
    for workspace in [mine, theirs] {
      #expect(try await workspace.list().map(\.state) == [.succeeded])
      #expect(try workspace.history().count == 1)
    }
    _ = try await mine.submit(.detach(name: "link"))
    clock.advance(by: 1_000)
    #expect(try await mine.list().isEmpty)
    #expect(try await theirs.list().count == 1)
  }

  @Test func `a second attachment breaks the first here too`() async throws {
    let workspace = try open()
    for name in ["first", "second"] {
      let link = ComputeTarget(.inventedLink, name, ["resource_id": .text(resource("r"))])
      _ = try await workspace.submit(.attach(link, marks: OwnershipMarks()))
      clock.advance(by: 1_000)
    }
    #expect(try await workspace.list().map(\.state) == [.failed, .succeeded])
    #expect(
      try workspace.history().map(\.event) == ["attached", "attached", "attachment-broken"])
  }

  @Test func `no secret reaches the disk`() async throws {
    let workspace = try open()
    let canary = "canary-0d41f6"
    let link = ComputeTarget(
      .inventedLink, "link",
      [
        "resource_id": .text(resource("r")),
        "password": .secret(SecretText(canary, from: .literal)),
      ])
    _ = try await workspace.submit(.attach(link, marks: OwnershipMarks()))
    clock.advance(by: 1_000)
    _ = try await workspace.submit(.update(link, fields: ["password"], marks: OwnershipMarks()))
    for name in try folder.names() {
      #expect(try folder.bytes(name).firstRange(of: Data(canary.utf8)) == nil, "\(name)")
    }
  }

  @Test func `the portal works and refuses`() async throws {
    let workspace = try open()
    try workspace.portal { portal, now in
      try portal.attach("link", .inventedLink, resource("r"), at: now)
      try portal.set("link", assignments: ["tls=on", "tags.a=b"], at: now)
    }
    let shown = try await workspace.bodies().first
    #expect(shown?["tags"] == ["a": "b"])
    let refusal = #expect(throws: PortalRefusal.self) {
      try workspace.portal { portal, now in
        try portal.set("link", assignments: ["tls=off"], at: now)
        try portal.remove("nobody", at: now)
      }
    }
    #expect(refusal?.reason == "There is no target 'nobody' in the workspace.")
    // Nothing is kept of what failed half-way.
    #expect(try await workspace.bodies().first == shown)
  }

  // MARK: Reading only

  @Test func `reading an absent workspace makes nothing`() async throws {
    let reader = try open("deep/ws.sqlite", .invented, .readIfPresent)
    #expect(try await reader.list().isEmpty)
    #expect(try await reader.read("pool") == nil)
    #expect(try reader.history().isEmpty)
    let failure = await #expect(throws: BackendFailure.self) {
      try await reader.submit(.delete(name: "pool"))
    }
    #expect(failure?.failureClass == .denied)
    #expect(throws: BackendFailure.self) { try reader.portal { _, _ in } }
    #expect(try folder.names().isEmpty)
    // Never cached: what is made later is seen.
    _ = try await open("deep/ws.sqlite").submit(
      .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
    #expect(try await reader.list().count == 1)
  }

  @Test func `a reader sees what is due and does not write it`() async throws {
    let writer = try open()
    let handle = try await writer.submit(
      .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
    let reader = try open("ws.sqlite", .invented, .readIfPresent)
    clock.advance(by: 1_000)
    #expect(try await reader.read("pool")?.state == .succeeded)
    #expect(try await reader.status(of: handle) == .succeeded)
    #expect(try writer.history().isEmpty)
    #expect(try await writer.read("pool")?.state == .succeeded)
    #expect(try writer.history().count == 1)
  }

  // MARK: Side by side

  @Test func `two connections interleave safely`() async throws {
    let workspaces = [try open(), try open()]
    let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
      for (index, workspace) in workspaces.enumerated() {
        for number in 0..<40 {
          group.addTask {
            // Even ones are made by both: the second order finds the first.
            let name =
              number.isMultiple(of: 2) ? "both\(number)x" : "one\(number)x\(index == 0 ? "a" : "b")"
            let pool = ComputeTarget(.inventedPool, name)
            do throws(BackendFailure) {
              _ = try await workspace.submit(.create(pool, marks: OwnershipMarks()))
              return true
            } catch {
              #expect(error.failureClass == .conflict)
              return false
            }
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(taken == 60)
    clock.advance(by: 1_000)
    for workspace in workspaces {
      let targets = try await workspace.list()
      #expect(targets.count == 60)
      #expect(targets.allSatisfy { $0.state == .succeeded })
    }
    #expect(try workspaces[0].history().count == 60)
  }

  @Test func `many may open an absent workspace at once`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          _ = try await open("race/ws.sqlite").submit(
            .create(ComputeTarget(.inventedPool, "pool\(number)x"), marks: OwnershipMarks()))
        }
      }
      try await group.waitForAll()
    }
    #expect(try await open("race/ws.sqlite").list().count == 16)
  }

  /// Each pause lets the second one look at another moment of the first one's making.
  @Test func `one that is being made is nobody else's`() throws {
    let failures = Mutex<[String]>([])
    for pause in 0..<400 {
      DispatchQueue.concurrentPerform(iterations: 2) { number in
        usleep(UInt32(number * pause * 10))
        do {
          _ = try open("race\(pause)/ws.sqlite")
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }

  @Test func `a cancelled caller still gets its answer`() async throws {
    let workspace = try open()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await workspace.submit(
        .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
    }
    #expect(try await task.value.reference != nil)
  }

  // MARK: Size

  /// Asserts no time; prints one.
  @Test func `ten thousand targets are listed`() async throws {
    let workspace = try open()
    try workspace.portal { portal, now in
      for number in 0..<10_000 {
        try portal.attach("link" + String(number), .inventedLink, resource("r\(number)"), at: now)
      }
    }
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try await workspace.list().count == 10_000)
    print("a list of 10,000 from SQLite: \(clock.now - start)")
    let before = clock.now
    for number in 0..<100 {
      _ = try await workspace.submit(.detach(name: "link\(number)"))
    }
    print("100 writes beside 10,000 targets: \(clock.now - before)")
  }
}
