internal import FoundationEssentials

/// Texts that a reviewer reads, kept beside the tests.
package enum Golden {
  /// Compares a text with its golden; nil if they are equal, otherwise what to tell.
  ///
  /// With `BERTH_RECORD=1` the golden is written anew, and the run fails nevertheless, so that
  /// nobody records by accident.
  package static func difference(
    _ actual: String, _ file: String, isRecording: Bool
  ) -> String? {
    let expected = (FileManager.default.contents(atPath: file)).map {
      String(decoding: $0, as: UTF8.self)
    }
    if expected == actual { return nil }
    if isRecording {
      let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      _ = FileManager.default.createFile(atPath: file, contents: Data(actual.utf8))
      return "Recorded \(file). Read the difference before you commit it."
    }
    return "\(file) differs. Now it is:\n\(actual)\n--- it was:\n\(expected ?? "(missing)")"
  }
}
