#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Shows that the process which holds a lease is alive: a file beside the database, locked as long
/// as its process lives, however that ends.
///
/// A database in the write-ahead mode is shared on one machine only, so the operating system knows
/// of every holder.
final class HolderFile: Sendable {
  private let file: Int32
  private let path: String

  static func path(of id: String, beside database: String) -> String {
    "\(database)-lease-\(id)"
  }

  /// Makes the file of a lease and locks it; nil if that is not possible.
  init?(of id: String, beside database: String) {
    path = Self.path(of: id, beside: database)
    file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      unlink(path)
      return nil
    }
  }

  deinit {
    guard file >= 0 else { return }
    unlink(path)
    close(file)
  }

  /// True if the process that took a lease is gone.
  static func isAbandoned(_ id: String, beside database: String) -> Bool {
    let found = open(
      path(of: id, beside: database), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard found >= 0 else { return errno == ENOENT }
    defer { close(found) }
    return flock(found, LOCK_EX | LOCK_NB) == 0
  }

  /// Removes what a process that is gone left.
  static func remove(_ id: String, beside database: String) {
    unlink(path(of: id, beside: database))
  }
}
