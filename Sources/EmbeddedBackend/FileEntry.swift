#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What stands at the path of the embedded workspace.
///
/// Looked at by name only: opening and closing the file beside SQLite would drop SQLite's locks on
/// it in this process.
enum FileEntry {
  case absent
  /// A file without a byte: made, and not yet filled.
  case empty
  case file

  init(at path: String) throws(WorkspaceStoreFailure) {
    var information = stat()
    guard lstat(path, &information) == 0 else {
      guard errno == ENOENT else { throw .unreachable(path, "can't be opened: \(reason(errno))") }
      self = .absent
      return
    }
    switch information.st_mode & S_IFMT {
    case S_IFREG: self = information.st_size == 0 ? .empty : .file
    case S_IFDIR: throw .notAFile(path, "is a folder")
    case S_IFLNK: throw .notAFile(path, "is a symbolic link")
    default: throw .notAFile(path, "is no regular file")
    }
  }

  /// Makes an empty file that only its owner may read, and the folders on the way to it.
  static func make(_ path: String) throws(WorkspaceStoreFailure) {
    try makeFolders(of: path)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if file >= 0 {
      close(file)
    } else if errno != EEXIST {
      throw .unwritable(path, "can't be made: \(reason(errno))")
    }
  }

  private static func makeFolders(of path: String) throws(WorkspaceStoreFailure) {
    var end = path.startIndex
    while let slash = path[end...].dropFirst().firstIndex(of: "/") {
      end = slash
      let folder = String(path[..<slash])
      // What is there already need not be writable, nor is EEXIST certain to be the answer then.
      var information = stat()
      if stat(folder, &information) == 0 { continue }
      if mkdir(folder, 0o700) != 0, errno != EEXIST {
        throw .unwritable(path, "can't be made: \(reason(errno)) ('\(folder)')")
      }
    }
  }

  /// SQLite opens a file that it can't write for reading and says nothing.
  static func checkWritable(_ path: String) throws(WorkspaceStoreFailure) {
    guard access(path, W_OK) == 0, access(folder(of: path), W_OK) == 0 else {
      throw .unwritable(path, "can't be written: \(reason(errno))")
    }
    var information = stat()
    if lstat(path, &information) == 0, information.st_mode & 0o077 != 0 { chmod(path, 0o600) }
  }

  static func hasContent(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_size > 0
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Keeps other processes, and other connections of this one, from filling the same empty database
/// at the same time.
///
/// A file system without such locks is trusted.
struct FolderLock {
  private let folder: Int32

  init(holding path: String) {
    folder = open(FileEntry.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 { _ = flock(folder, LOCK_EX) }
  }

  func release() {
    if folder >= 0 { close(folder) }
  }
}

private func reason(_ code: Int32) -> String {
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}

extension WorkspaceStoreFailure {
  fileprivate static func notAFile(_ path: String, _ reason: String) -> WorkspaceStoreFailure {
    WorkspaceStoreFailure(problem: .notAFile, path: path, reason: reason)
  }

  fileprivate static func unwritable(_ path: String, _ reason: String) -> WorkspaceStoreFailure {
    WorkspaceStoreFailure(problem: .unwritable, path: path, reason: reason)
  }

  fileprivate static func unreachable(_ path: String, _ reason: String) -> WorkspaceStoreFailure {
    WorkspaceStoreFailure(problem: .unreachable, path: path, reason: reason)
  }
}
