internal import Foundation
internal import Synchronization

/// Where tests write the requests and answers that they cause, so that `scripts/conformance` can hold
/// them to the service's official description.
///
/// On when the environment names a folder in `BERTH_RECORD_TRAFFIC`; each process writes a file of its
/// own there.
package enum TrafficRecording {
  /// Writes a line, its end included; nil if nothing is recorded.
  package static let write: (@Sendable (String) -> Void)? = {
    guard let file = file() else { return nil }
    guard FileManager.default.createFile(atPath: file, contents: nil),
      let handle = FileHandle(forWritingAtPath: file)
    else {
      print("The traffic can't be recorded in \(file).")
      return nil
    }
    let tape = Mutex(handle)
    return { line in tape.withLock { $0.write(Data(line.utf8)) } }
  }()

  /// A file for a program that records by itself; nil if nothing is recorded.
  package static func file() -> String? {
    let folder = ProcessInfo.processInfo.environment["BERTH_RECORD_TRAFFIC"] ?? ""
    return folder.isEmpty ? nil : "\(folder)/\(UUID().uuidString).jsonl"
  }
}
