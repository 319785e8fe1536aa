import BackendInterface
import Diagnostics
import EmbeddedBackend
import FoundationEssentials
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A clock that moves when it is told to.
final class TestClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_700_000_000_000)

  func advance(by step: Int64) { milliseconds.withLock { $0 += step } }
  func advance(by step: Duration) {
    advance(
      by: step.components.seconds * 1_000 + step.components.attoseconds / 1_000_000_000_000_000)
  }

  var now: @Sendable () -> Int64 { { self.milliseconds.withLock { $0 } } }
}

/// A folder that goes away with its test.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = TemporaryFolder.path + "/berth-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: self[name])) }

  func write(_ bytes: Data, to name: String) throws {
    try bytes.write(to: URL(filePath: self[name]))
  }

  /// Writes over some bytes of a file.
  func patch(_ name: String, at offset: Int, with patch: [UInt8]) throws {
    var data = try bytes(name)
    data.replaceSubrange(offset..<offset + patch.count, with: patch)
    try write(data, to: name)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name]) }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }

  func permissions(_ name: String) -> Int? {
    var information = stat()
    return stat(self[name], &information) == 0 ? Int(information.st_mode & 0o777) : nil
  }
}

private enum TemporaryFolder {
  static var path: String {
    let path = FileManager.default.temporaryDirectory.path(percentEncoded: false)
    return path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}

extension WorkspaceIdentity {
  static let test = named("ws")

  static func named(_ name: String) -> WorkspaceIdentity {
    WorkspaceIdentity(
      subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg", name: name,
      location: "westeurope")
  }
}

extension SimulatorConfiguration {
  static var invented: SimulatorConfiguration {
    SimulatorConfiguration(workspace: .test, catalog: .invented)
  }
}

func resource(_ name: String) -> String {
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    + "/providers/Microsoft.Invented/things/\(name)"
}
