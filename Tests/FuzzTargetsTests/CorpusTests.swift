import Foundation
import FuzzTargets
import Testing

/// Bytes that once broke something, and bytes that reach far: they are read again with every test.
struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Corpora")

  private static func files(of target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: target.name), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test(arguments: FuzzTarget.all)
  func `no bytes of the corpus break a law`(of target: FuzzTarget) throws {
    let files = try Self.files(of: target)
    #expect(!files.isEmpty)
    for file in files {
      do throws(BrokenLaw) {
        try target.run(Array(Data(contentsOf: file)))
      } catch {
        Issue.record("\(target.name)/\(file.lastPathComponent): \(error)")
      }
    }
  }

  @Test func `every corpus has its target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
  }
}
