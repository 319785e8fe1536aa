import Foundation
import Reporting
import Testing

/// `scripts/check-reports`: reports as programs of others read them.
enum ReportReaders {
  private static let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// What the readers say of the files, a line each; nil, aloud, where there are no such readers.
  ///
  /// - Parameter kept: a folder below `.build` for what they leave, such as screenshots.
  static func complaints(
    _ kind: String, about files: [String: String], in kept: String
  ) throws -> [String]? {
    let folder = packageFolder.appendingPathComponent(".build/\(kept)")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    let output = folder.appendingPathComponent("complaints.txt")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let process = Process()
    process.executableURL = packageFolder.appendingPathComponent("scripts/check-reports")
    process.arguments = [kind, folder.path]
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus == 69 {
      print("SKIPPED: reports are not read by others, for want of scripts/install-test-tools.")
      return nil
    }
    try #require(process.terminationStatus == 0, "scripts/check-reports \(kind) failed")
    return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
