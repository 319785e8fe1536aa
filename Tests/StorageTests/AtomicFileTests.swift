import Foundation
import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writing files so that nobody ever sees half of one.
@Suite struct AtomicFileTests {
  private func reason(_ path: String, mayReplace: Bool = true) -> String? {
    do {
      try AtomicFile.write(Array("x".utf8), to: path, mayReplace: mayReplace)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func `a file is written, replaced and leaves nothing beside it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/plan.json"
    try AtomicFile.write(Array("one".utf8), to: path, permissions: 0o600)
    #expect(folder.text("plan.json") == "one")
    #expect(folder.permissions("plan.json") == 0o600)
    try AtomicFile.write(Array("two".utf8), to: path)
    #expect(folder.text("plan.json") == "two")
    #expect(folder.names() == ["plan.json"])
  }

  @Test func `a file is written piece by piece, and over what was written`() throws {
    let folder = try TemporaryFolder()
    let length = try AtomicFile.write(to: folder.path + "/plan.json") {
      draft throws(FileFailure) in
      try draft.append(Array("digest ------".utf8))
      try draft.overwrite(Array("4be1".utf8), at: 7)
      try draft.append(Array(" end".utf8))
      // Nobody sees it before all of it is there.
      #expect(!folder.names().contains("plan.json"))
      return 17
    }
    #expect(length == 17)
    #expect(folder.text("plan.json") == "digest 4be1-- end")
  }

  @Test func `a file that can't be written to its end leaves the old one`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/plan.json"
    try AtomicFile.write(Array("old".utf8), to: path)
    #expect(throws: FileFailure.self) {
      try AtomicFile.write(to: path) { draft throws(FileFailure) in
        try draft.append(Array("new".utf8))
        _ = try SafeFile.read("absent", below: folder.path, limit: 1)
      }
    }
    #expect(folder.text("plan.json") == "old")
    #expect(folder.names() == ["plan.json"])
  }

  @Test func `a file that is being written is left alone, and what was left behind is removed`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path + "/plan.json"
    // What another process is writing at this moment.
    let theirs = "plan.json.berth-0"
    try AtomicFile.write(Array("theirs".utf8), to: folder.path + "/" + theirs)
    let file = open(folder.path + "/" + theirs, O_WRONLY)
    #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
    try AtomicFile.write(Array("ours".utf8), to: path)
    #expect(folder.text("plan.json") == "ours")
    #expect(folder.text(theirs) == "theirs")
    #expect(folder.names() == ["plan.json", theirs])
    // Once that one is killed, nobody holds what it left behind.
    close(file)
    try AtomicFile.write(Array("again".utf8), to: path)
    #expect(folder.text("plan.json") == "again")
    #expect(folder.names() == ["plan.json"])
  }

  @Test func `a name beyond the shared ones is taken where all of them are held`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/plan.json"
    let theirs = (0..<10).map { "plan.json.berth-\($0)" }
    var held: [Int32] = []
    for name in theirs {
      folder.put(name, "theirs")
      held.append(open(folder.path + "/" + name, O_WRONLY))
      #expect(flock(held.last ?? -1, LOCK_EX | LOCK_NB) == 0)
    }
    defer { for file in held { close(file) } }
    try AtomicFile.write(Array("ours".utf8), to: path)
    #expect(folder.text("plan.json") == "ours")
    #expect(folder.names() == ["plan.json"] + theirs)
    #expect(theirs.allSatisfy { folder.text($0) == "theirs" })
  }

  /// Where locks hold on one machine only, another one takes a draft for left behind.
  @Test func `a draft that somebody replaced is not published, and theirs is left alone`() throws {
    let folder = try TemporaryFolder()
    folder.put("plan.json", "old")
    let draftName = "plan.json.berth-0"
    #expect(throws: FileFailure.self) {
      try AtomicFile.write(to: folder.path + "/plan.json") { draft throws(FileFailure) in
        try draft.append(Array("ours".utf8))
        unlink(folder.path + "/" + draftName)
        folder.put(draftName, "theirs")
      }
    }
    #expect(folder.text("plan.json") == "old")
    #expect(folder.text(draftName) == "theirs")
    #expect(folder.names() == ["plan.json", draftName])
  }

  @Test func `many who write one file at once leave one whole text and nothing beside it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/plan.json"
    let texts = (0..<8).map { String(repeating: "\($0)", count: 20_000) }
    DispatchQueue.concurrentPerform(iterations: 200) { index in
      try? AtomicFile.write(Array(texts[index % 8].utf8), to: path)
    }
    #expect(texts.contains(folder.text("plan.json") ?? ""))
    #expect(folder.names() == ["plan.json"])
  }

  @Test func `a rewritten file keeps its permissions, and a link is followed`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(Array("one".utf8), to: folder.path + "/file", permissions: 0o640)
    folder.link("link", to: "file")
    try AtomicFile.rewrite(Array("two".utf8), at: folder.path + "/link")
    #expect(folder.text("file") == "two")
    #expect(folder.permissions("file") == 0o640)
    #expect(folder.names().sorted() == ["file", "link"])
    #expect(throws: FileFailure.self) {
      try AtomicFile.rewrite([], at: folder.path + "/absent")
    }
    #expect(throws: FileFailure.self) { try AtomicFile.rewrite([], at: folder.path) }
  }

  @Test func `T12 below a folder no link is followed to what is rewritten`() throws {
    let folder = try TemporaryFolder()
    folder.put("in/file", "one", permissions: 0o640)
    folder.put("out/file", "mine")
    folder.link("in/link", to: "file")
    folder.link("in/folder", to: "../out")
    let inner = folder.path + "/in"
    try AtomicFile.rewrite(Array("two".utf8), at: "./file", below: inner)
    #expect(folder.text("in/file") == "two")
    #expect(folder.permissions("in/file") == 0o640)
    for path in ["link", "folder/file", "../out/file", "absent", "."] {
      #expect(throws: FileFailure.self, "\(path)") {
        try AtomicFile.rewrite(Array("two".utf8), at: path, below: inner)
      }
    }
    #expect(folder.text("out/file") == "mine")
    #expect(folder.names(in: inner) == ["file", "folder", "link"])
  }

  @Test func `what must not be replaced is not`() throws {
    let folder = try TemporaryFolder()
    folder.put("file", "mine")
    #expect(reason(folder.path + "/file", mayReplace: false) == "exists already")
    folder.link("dangling", to: "nowhere")
    #expect(reason(folder.path + "/dangling", mayReplace: false) == "exists already")
    #expect(folder.text("file") == "mine")
    #expect(folder.names() == ["dangling", "file"])
    #expect(reason(folder.path + "/fresh", mayReplace: false) == nil)
    #expect(folder.names() == ["dangling", "file", "fresh"])
  }

  @Test func `a link is replaced, not what it leads to`() throws {
    let folder = try TemporaryFolder()
    folder.put("precious", "mine")
    folder.link("file", to: "precious")
    try AtomicFile.write(Array("x".utf8), to: folder.path + "/file")
    #expect(folder.text("precious") == "mine")
    #expect(folder.text("file") == "x")
  }

  @Test func `a device and a pipe are never replaced, behind a link neither`() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    folder.link("link", to: "pipe")
    #expect(reason(folder.path + "/pipe") == "is a device or a pipe, not a file")
    #expect(reason(folder.path + "/link") == "is a device or a pipe, not a file")
    #expect(folder.names() == ["link", "pipe"])
  }

  @Test func `failures say what is wrong and leave nothing behind`() throws {
    let folder = try TemporaryFolder()
    folder.makeFolder("folder")
    #expect(reason(folder.path + "/folder") == "is a folder")
    #expect(reason(folder.path + "/absent/file") == "can't be made: its folder does not exist")
    #if os(Linux)
      #expect(reason("/proc/berth") != nil)
      #expect(reason("/dev/full/file") != nil)
    #endif
    #expect(folder.names() == ["folder"])
    if !isRoot {
      folder.makeFolder("locked", permissions: 0o500)
      #expect(reason(folder.path + "/locked/file")?.contains("permission denied") == true)
    }
  }

  @Test func `a folder is made once, and must be one`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.makeFolder(folder.path + "/own", permissions: 0o700)
    try AtomicFile.makeFolder(folder.path + "/own", permissions: 0o700)
    #expect(folder.permissions("own") == 0o700)
    folder.put("file", "")
    folder.link("link", to: "own")
    for name in ["file", "link"] {
      #expect(throws: FileFailure.self) {
        try AtomicFile.makeFolder(folder.path + "/" + name, permissions: 0o700)
      }
    }
    folder.makeFolder("open", permissions: 0o777)
    #expect(throws: FileFailure.self) {
      try AtomicFile.makeFolder(folder.path + "/open", permissions: 0o700)
    }
    try AtomicFile.makeFolder(folder.path + "/open")
  }
}
