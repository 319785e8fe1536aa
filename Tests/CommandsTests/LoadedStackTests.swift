import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Commands

/// What a command keeps of the files that it read.
@Suite struct LoadedStackTests {
  private static func loaded(_ folder: TemporaryFolder) throws -> StackLoader {
    var loader = StackLoader(.silent())
    _ = loader.load(from: folder.url.path, secrets: .checkForm)
    try #require(!loader.findings.hasErrors, "\(loader.findings.findings)")
    return loader
  }

  private static func secondLine(of file: String) -> Diagnostics.SourceLocation {
    let start = SourcePosition(line: 2, column: 1, offset: 0)
    return Diagnostics.SourceLocation(file: file, start: start, end: start)
  }

  @Test func `a manifest that was let go of keeps its digest, and its lines are read again`() throws
  {
    let folder = try TemporaryFolder.stack(["gpu.yml": "name: gpu\ntype: amlcompute\n"])
    var loader = try Self.loaded(folder)
    let digest = try #require(loader.stack).manifestsSHA256
    let line = Self.secondLine(of: "gpu.yml")
    let held = loader.sources
    loader.letGoOfTexts()
    #expect(loader.stack?.manifestsSHA256 == digest)
    #expect(held.line(at: line) == "type: amlcompute")
    #expect(loader.sources.line(at: line) == "type: amlcompute")
  }

  @Test func `no line is shown of a manifest that has changed since, and its digest stays`() throws
  {
    let folder = try TemporaryFolder.stack(["gpu.yml": "name: gpu\ntype: amlcompute\n"])
    var loader = try Self.loaded(folder)
    let digest = try #require(loader.stack).manifestsSHA256
    loader.letGoOfTexts()
    try folder.write("name: gpu\ntype: kubernetes\n", to: "gpu.yml")
    #expect(loader.sources.line(at: Self.secondLine(of: "gpu.yml")) == nil)
    #expect(loader.stack?.manifestsSHA256 == digest)
  }

  @Test func `what was found fault with stays as it was read: its line will be shown`() throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": """
      name: gpu
      type: amlcompute
      min_instances: 2
      max_instances: 4

      """
    ])
    var loader = try Self.loaded(folder)
    try #require(loader.findings.findings.contains { $0.location?.file == "gpu.yml" })
    loader.letGoOfTexts()
    try folder.write("name: gpu\ntype: kubernetes\n", to: "gpu.yml")
    #expect(loader.sources.line(at: Self.secondLine(of: "gpu.yml")) == "type: amlcompute")
  }
}
