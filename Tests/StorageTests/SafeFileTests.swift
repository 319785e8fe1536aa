import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reading files that somebody else may have put there.
@Suite struct SafeFileTests {
  private func problem(
    _ path: String, _ folder: TemporaryFolder, limit: Int = 1_024
  ) -> FileFailure.Problem? {
    do {
      _ = try SafeFile.read(path, below: folder.path, limit: limit)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test func `a file below the folder is read, also through its own parents`() throws {
    let folder = try TemporaryFolder()
    folder.put("keys/id", "secret", permissions: 0o600)
    let contents = try SafeFile.read("keys/../keys/./id", below: folder.path, limit: 6)
    #expect(String(decoding: contents.bytes, as: UTF8.self) == "secret")
    #expect(!contents.isReadableByOthers)
  }

  @Test func `T12 T13 nothing outside the folder is read`() throws {
    let folder = try TemporaryFolder()
    folder.put("in/file", "x")
    folder.link("in/parent", to: "..")
    folder.link("in/root", to: "/")
    let inner = folder.path + "/in"
    for path in ["../in/file", "..", "/etc/passwd", "/proc/self/environ", "a/../../in/file"] {
      #expect(throws: FileFailure.self, "\(path)") {
        try SafeFile.read(path, below: inner, limit: 1_024)
      }
      #expect(problem(path, folder) != nil || path == "../in/file")
    }
    #expect(problem("in/parent/in/file", folder) == .notRegular)
    #expect(problem("in/root/etc/passwd", folder) == .notRegular)
  }

  @Test func `T5 T12 folders, pipes and links are no files`() throws {
    let folder = try TemporaryFolder()
    folder.makeFolder("folder")
    folder.makePipe("pipe")
    folder.put("file", "x")
    folder.link("link", to: "file")
    for name in ["folder", "pipe", "link", "", "."] {
      #expect(problem(name, folder) == .notRegular, "\(name)")
    }
    #expect(problem("absent", folder) == .absent)
    #expect(problem("file/below", folder) != nil)
  }

  @Test func `rights of others are told`() throws {
    let folder = try TemporaryFolder()
    for (permissions, isReadable) in [
      (0o600, false), (0o640, true), (0o604, true), (0o644, true), (0o700, false),
    ] as [(UInt32, Bool)] {
      folder.put("key", "x", permissions: permissions)
      let contents = try SafeFile.read("key", below: folder.path, limit: 10)
      #expect(contents.isReadableByOthers == isReadable)
    }
  }

  @Test(arguments: [0, 1, 3, 65_535, 65_536, 65_537, 200_000, 200_001])
  func `all of a file is read, whatever size it was thought to have`(_ expected: Int) throws {
    let folder = try TemporaryFolder()
    let text = String((0..<20_000).map { "line \($0)" }.joined(separator: "\n").prefix(200_000))
    folder.put("file", text)
    for limit in [200_000, 199_999] {
      let file = open(folder.path + "/file", O_RDONLY)
      defer { close(file) }
      let bytes = try? SafeFile.readAll(from: file, expecting: expected, limit: limit)
      #expect(bytes == (limit < text.utf8.count ? nil : Array(text.utf8)))
    }
  }

  @Test func `T5 a stream is refused at its limit, while more may come`() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    // The writer stays open: whoever asked for a seventh byte would wait for ever.
    #expect(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    #expect(write(ends[1], "123456", 6) == 6)
    let failure = #expect(throws: FileFailure.self) {
      try SafeFile.readAll(from: ends[0], limit: 5)
    }
    #expect(failure?.problem == .tooLarge)
  }

  @Test func `T5 no more than the limit is read, whatever the file claims`() throws {
    let folder = try TemporaryFolder()
    folder.put("file", "12345")
    #expect(problem("file", folder, limit: 5) == nil)
    #expect(problem("file", folder, limit: 4) == .tooLarge)
    #if os(Linux)
      // A file of the kernel claims to be empty and has content: like one that grows meanwhile.
      #expect(throws: FileFailure.self) { try SafeFile.read("/proc/self/maps", limit: 16) }
    #endif
  }
}
