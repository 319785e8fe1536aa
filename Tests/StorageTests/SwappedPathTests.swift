import Diagnostics
import Foundation
import Storage
import Synchronization
import Testing

/// Files and folders that become links, and themselves again, while they are read and written: whatever
/// was looked at before, nothing outside is opened.
@Suite("Paths that are swapped", .timeLimit(.minutes(60))) struct SwappedPathTests {
  private static let ours = "name: ours\n"
  private static let secret = "name: secret\n"

  /// What becomes a link, and where that leads.
  private static let swaps = [
    ("file.yml", "file.yml"), ("compute", "."), ("compute/deep", "deep"),
    ("compute/deep/file.yml", "deep/file.yml"),
  ]

  /// A stack, and beside it a folder that is nobody's business.
  private struct Place {
    let folder: TemporaryFolder
    let stack: String

    init() throws {
      folder = try TemporaryFolder()
      stack = folder.path + "/stack"
      folder.put("stack/berth.yaml", "stack: test\n")
      for file in ["stack/file.yml", "stack/compute/deep/file.yml"] { folder.put(file, ours) }
      for file in ["outside/file.yml", "outside/deep/file.yml", "outside/deep/other.yml"] {
        folder.put(file, secret)
      }
    }

    /// Puts a link in the place of something and back, over and over, while work is done.
    ///
    /// - Parameter work: true if it met what belongs there, false if it was refused; it is done until it
    ///   saw both, and many times.
    func swapping(_ name: String, with target: String, while work: () throws -> Bool) throws {
      let path = stack + "/" + name
      let (away, link) = (folder.path + "/away", folder.path + "/link")
      folder.link("link", to: folder.path + "/outside/" + target)
      let isOver = Mutex(false)
      let hasEnded = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        while !isOver.withLock({ $0 }) {
          rename(path, away)
          rename(link, path)
          sched_yield()
          rename(path, link)
          rename(away, path)
          sched_yield()
        }
        hasEnded.signal()
      }
      defer {
        isOver.withLock { $0 = true }
        hasEnded.wait()
      }
      var seen: Set<Bool> = []
      var rounds = 0
      while seen.count < 2 || rounds < 1_000 {
        seen.insert(try work())
        rounds += 1
      }
    }
  }

  @Test(arguments: swaps)
  func `T12 what becomes a link before it is opened is not read`(name: String, target: String)
    throws
  {
    let place = try Place()
    let file = name.hasPrefix("compute") ? "compute/deep/file.yml" : name
    try place.swapping(name, with: target) {
      guard let read = try? SafeFile.read(file, below: place.stack, limit: 1_024) else {
        return false
      }
      #expect(String(decoding: read.bytes, as: UTF8.self) == Self.ours)
      return true
    }
  }

  @Test(arguments: swaps)
  func `T12 what becomes a link after it was listed adds nothing to the manifests`(
    name: String, target: String
  ) throws {
    let place = try Place()
    try place.swapping(name, with: target) {
      var findings = DiagnosticList()
      let files = StackFolder(path: place.stack).manifests(matching: [], reporting: &findings)
      for file in files { #expect(String(decoding: file.bytes, as: UTF8.self) == Self.ours) }
      let told = findings.findings.compactMap(\.location?.file)
      #expect(!told.contains { $0.hasSuffix("other.yml") }, "names of another folder's files")
      return files.count == 2
    }
  }

  @Test(arguments: [("compute", "."), ("compute/deep", "deep")])
  func `T12 what becomes a link before it is written is not written to`(
    name: String, target: String
  ) throws {
    let place = try Place()
    try place.swapping(name, with: target) {
      let file = "compute/deep/file.yml"
      return (try? AtomicFile.rewrite(Array(Self.ours.utf8), at: file, below: place.stack)) != nil
    }
    #expect(place.folder.text("outside/deep/file.yml") == Self.secret)
    #expect(
      place.folder.names(in: place.folder.path + "/outside/deep") == ["file.yml", "other.yml"])
  }
}
