import Foundation
import FuzzTargets
import Testing

/// Bytes that once broke something, and bytes that reach far: they are read again with every test.
struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Corpora")

  /// On a thread with a stack of 128 KiB, which is all that musl gives: no reader goes deeper than
  /// its limit of levels.
  @Test(arguments: FuzzTarget.all)
  func `no bytes of the corpus break a law`(of target: FuzzTarget) async throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: target.name), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
    #expect(!files.isEmpty)
    let inputs = try files.map {
      (name: $0.lastPathComponent, bytes: try [UInt8](Data(contentsOf: $0)))
    }
    let broken = await onSmallStack {
      inputs.compactMap { input -> String? in
        do {
          try target.run(input.bytes)
          return nil
        } catch {
          return "\(target)/\(input.name): \(error)"
        }
      }
    }
    #expect(broken == [])
  }

  @Test func `every corpus has its target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
  }
}

private func onSmallStack<Result: Sendable>(
  _ work: @escaping @Sendable () -> Result
) async -> Result {
  await withCheckedContinuation { continuation in
    let thread = Thread { continuation.resume(returning: work()) }
    thread.stackSize = 128 << 10
    thread.start()
  }
}
