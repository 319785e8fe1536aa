#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Keeps two applies of one stack, or in one embedded workspace, apart on one machine.
///
/// The operating system gives the lock up when its process ends, however it ends. Runners that
/// share no disk are not kept apart by it.
public final class ApplyLock: Sendable {
  private let file: Int32

  /// Who holds a lock, as the holder wrote it: lines of `Key: value`.
  public struct Busy: Error, Hashable, Sendable {
    /// The lines.
    public let holder: [String]
  }

  /// Why there is no lock.
  public enum Failure: Error, Hashable, Sendable {
    /// Somebody else has it.
    case busy(Busy)
    /// The lock's file can't be used.
    case file(FileFailure)
  }

  /// Takes the lock of a stack's own folder.
  ///
  /// - Parameter holder: lines that tell others who holds it.
  public convenience init(in folder: String, holder: [String]) throws(Failure) {
    do {
      try AtomicFile.makeFolder(folder, permissions: 0o700)
    } catch {
      throw .file(error)
    }
    try self.init(folder, "apply.lock", holder)
  }

  /// Takes the lock beside a file that several stacks share: `NAME.lock`.
  ///
  /// - Parameters:
  ///   - path: an absolute path; its folder must be there.
  ///   - holder: lines that tell others who holds it.
  public convenience init(beside path: String, holder: [String]) throws(Failure) {
    let parts = path.split(separator: "/").map(String.init)
    let folder = "/" + parts.dropLast().joined(separator: "/")
    try self.init(folder, (parts.last ?? "") + ".lock", holder)
  }

  private init(_ folder: String, _ name: String, _ holder: [String]) throws(Failure) {
    let descriptor = open(
      folder + "/" + name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    file = descriptor
    guard descriptor >= 0 else { throw .file(.system(errno)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let text = (try? SafeFile.read(name, below: folder, limit: 4_096).bytes) ?? []
      let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
      throw .busy(Busy(holder: lines))
    }
    ftruncate(file, 0)
    _ = writeAll(Array((holder.joined(separator: "\n") + "\n").utf8), to: file)
  }

  /// Gives the lock up.
  deinit {
    if file >= 0 { close(file) }
  }
}
