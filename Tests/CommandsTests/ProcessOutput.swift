import Foundation

extension FileHandle {
  /// Makes an empty file, to write to it.
  static func making(_ file: URL) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return try FileHandle(forWritingTo: file)
  }
}

extension Process {
  /// Lets the program write into one file on both streams, as a terminal shows them.
  func write(into file: URL) throws {
    let handle = try FileHandle.making(file)
    standardOutput = handle
    standardError = handle
  }
}
