#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that is written line by line while a command runs.
public final class LineFile: Sendable {
  private let file: Int32

  /// Makes the file, or empties it.
  public init(at path: String) throws(FileFailure) {
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .system(errno) }
  }

  /// Writes behind what stands in a file, which is made if it is not there.
  public init(appendingTo path: String) throws(FileFailure) {
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .system(errno) }
  }

  deinit { close(file) }

  /// Writes text at once; why it could not, if so.
  public func write(_ text: String) -> WriteFailure? {
    Storage.write(text, to: file)
  }
}
