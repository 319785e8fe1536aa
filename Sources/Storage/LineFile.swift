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

  /// What becomes of a file that is there already.
  public enum Present: Sendable {
    case emptied
    /// Nothing that anybody wrote is lost.
    case refusedUnlessEmpty
  }

  /// Makes the file, or begins one that is there anew.
  public init(at path: String, ifPresent: Present = .emptied) throws(FileFailure) {
    let truncation = ifPresent == .emptied ? O_TRUNC : 0
    let descriptor = open(path, O_WRONLY | O_CREAT | truncation | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(errno) }
    var information = stat()
    guard
      ifPresent == .emptied
        || (fstat(descriptor, &information) == 0 && information.st_size == 0)
    else {
      close(descriptor)
      throw FileFailure(.failed, "exists already and is not empty")
    }
    file = descriptor
  }

  /// Writes behind what stands in a file, which is made if it is not there.
  public init(appendingTo path: String) throws(FileFailure) {
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .system(errno) }
  }

  /// Writes behind what stands in a file of one's own, which only its owner may read if it is made
  /// here.
  ///
  /// A link is not followed, and what is no regular file is refused.
  public init(appendingPrivatelyTo path: String) throws(FileFailure) {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .system(errno) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileFailure(.notRegular, "is no regular file")
    }
    file = descriptor
  }

  deinit { close(file) }

  /// Writes text at once; why it could not, if so.
  public func write(_ text: String) -> WriteFailure? {
    Storage.write(text, to: file)
  }
}
