#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Writing files so that nobody ever sees half of one.
public enum AtomicFile {
  /// Writes a file: beside it, synced, then renamed over it, and the folder synced.
  ///
  /// - Parameters:
  ///   - permissions: of the file, for example 0o600.
  ///   - mayReplace: false to refuse where a file of that name stands.
  public static func write(
    _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644, mayReplace: Bool = true
  ) throws(FileFailure) {
    try write(to: path, permissions: permissions, mayReplace: mayReplace) {
      draft throws(FileFailure) in try draft.append(bytes)
    }
  }

  /// The same for a file that is too long to be held whole.
  ///
  /// - Parameter fill: writes it piece by piece.
  public static func write<Value>(
    to path: String, permissions: UInt32 = 0o644, mayReplace: Bool = true,
    _ fill: (FileDraft) throws(FileFailure) -> Value
  ) throws(FileFailure) -> Value {
    var information = stat()
    if exists(path), !mayReplace { throw FileFailure(.failed, "exists already") }
    // Through links: what /dev/stdout leads to is not to be replaced by a file either.
    if stat(path, &information) == 0 {
      switch information.st_mode & S_IFMT {
      case S_IFREG: break
      case S_IFDIR: throw FileFailure(.notRegular, "is a folder")
      default: throw FileFailure(.notRegular, "is a device or a pipe, not a file")
      }
    }
    return try put(Place(path), permissions: permissions, mayReplace: mayReplace, fill)
  }

  /// Gives a file another content and keeps its permissions, and its owner where that is allowed.
  ///
  /// Links are followed: they are the user's own, and what they lead to is replaced.
  public static func rewrite(_ bytes: [UInt8], at path: String) throws(FileFailure) {
    guard let resolved = realpath(path, nil) else { throw failure(errno) }
    defer { free(resolved) }
    var information = stat()
    guard stat(resolved, &information) == 0 else { throw failure(errno) }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw FileFailure(.notRegular, "is no regular file")
    }
    guard access(resolved, W_OK) == 0 else { throw failure(errno) }
    try put(bytes, at: Place(String(cString: resolved)), like: information)
  }

  /// The same for a file below a folder, of which somebody else may have made a link: none is
  /// followed, neither on the way nor at the end.
  public static func rewrite(
    _ bytes: [UInt8], at path: String, below folder: String
  ) throws(FileFailure) {
    let place = Place(try SafeFile.open(path, below: folder))
    defer { close(place.folder) }
    let file = try SafeFile.openFile(place.name, in: place.folder)
    defer { close(file) }
    let information = try SafeFile.factsOfRegular(file)
    guard faccessat(place.folder, place.name, W_OK, 0) == 0 else { throw .system(errno) }
    try put(bytes, at: place, like: information)
  }

  /// Where a file is put: under a name in an open folder, or at a path.
  private struct Place {
    let folder: Int32
    let name: String

    init(_ path: String) { (folder, name) = (AT_FDCWD, path) }

    init(_ place: (folder: Int32, name: String)) { (folder, name) = place }

    func sync() {
      if folder == AT_FDCWD { syncFolder(of: name) } else { fsync(folder) }
    }
  }

  /// Puts a file in the place of another one, with its rights.
  private static func put(
    _ bytes: [UInt8], at place: Place, like model: stat
  ) throws(FileFailure) {
    try put(place, permissions: 0o600, mayReplace: true) { draft throws(FileFailure) in
      try draft.append(bytes)
      try draft.takeRights(of: model)
    }
  }

  private static func put<Value>(
    _ place: Place, permissions: UInt32, mayReplace: Bool,
    _ fill: (FileDraft) throws(FileFailure) -> Value
  ) throws(FileFailure) -> Value {
    let (draft, temporary) = try makeTemporary(for: place, permissions: permissions)
    defer { close(draft.descriptor) }
    let result: Value
    do throws(FileFailure) {
      result = try fill(draft)
      guard fsync(draft.descriptor) == 0 else { throw failure(errno) }
      // Where locks hold on one machine only, another one may have taken it for left behind.
      guard isNamed(temporary, in: place.folder, draft.descriptor) else {
        throw FileFailure(.failed, "is being written by somebody else")
      }
      try move(temporary, to: place, mayReplace: mayReplace)
    } catch {
      if isNamed(temporary, in: place.folder, draft.descriptor) {
        unlinkat(place.folder, temporary, 0)
      }
      throw error
    }
    place.sync()
    return result
  }

  /// Makes the file that is written before it gets its name, and holds its lock until it is closed.
  ///
  /// All processes take the same few names, so that the next one removes what one left behind that
  /// was killed. A file that is there and held is another one's work.
  private static func makeTemporary(
    for place: Place, permissions: UInt32
  ) throws(FileFailure) -> (draft: FileDraft, name: String) {
    for attempt in 0..<temporaryNames {
      // On a volume that knows no locks nothing is removed, and those names may all be there.
      let own = attempt < sharedNames ? "" : "\(getpid())-"
      let name = "\(place.name).berth-\(own)\(attempt)"
      removeLeftBehind(name, in: place.folder)
      let file = openat(
        place.folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
        mode_t(permissions))
      guard file >= 0 else {
        if errno == EEXIST { continue }
        throw failure(errno)
      }
      // Who looked for what is left behind before it was held has removed it.
      if holds(file), isNamed(name, in: place.folder, file) {
        return (FileDraft(descriptor: file), name)
      }
      close(file)
    }
    throw FileFailure(.failed, "is being written by too many others")
  }

  private static let sharedNames = 10
  private static let temporaryNames = 100

  private static func removeLeftBehind(_ name: String, in folder: Int32) {
    let file = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    if flock(file, LOCK_EX | LOCK_NB) == 0, isNamed(name, in: folder, file) {
      unlinkat(folder, name, 0)
    }
  }

  /// True unless somebody else holds a file; there are volumes that know no locks.
  private static func holds(_ file: Int32) -> Bool {
    flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  private static func isNamed(_ name: String, in folder: Int32, _ file: Int32) -> Bool {
    var (open, named) = (stat(), stat())
    return fstat(file, &open) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0
      && open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }

  /// True if something has this name, a link that leads nowhere included.
  public static func exists(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0
  }

  /// Gives the file its name.
  ///
  /// What somebody else put there meanwhile is not replaced unless it may be.
  private static func move(
    _ temporary: String, to place: Place, mayReplace: Bool
  ) throws(FileFailure) {
    let (folder, name) = (place.folder, place.name)
    if mayReplace {
      guard renameat(folder, temporary, folder, name) == 0 else { throw failure(errno) }
      return
    }
    // Renaming replaces silently; a second name does not.
    guard linkat(folder, temporary, folder, name, 0) == 0 else {
      throw errno == EEXIST ? FileFailure(.failed, "exists already") : failure(errno)
    }
    unlinkat(folder, temporary, 0)
  }

  /// Makes a folder unless it is there.
  ///
  /// One that is only for its owner, as its permissions say, must not be writable by others.
  public static func makeFolder(
    _ path: String, permissions: UInt32 = 0o755
  ) throws(FileFailure) {
    if mkdir(path, mode_t(permissions)) == 0 { return }
    let number = errno
    guard number == EEXIST else { throw .system(number) }
    var information = stat()
    guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
      throw FileFailure(.notRegular, "is in the way: it is no folder")
    }
    if permissions & 0o077 == 0, information.st_mode & 0o022 != 0 {
      throw FileFailure(.failed, "is writable by others; run chmod 700 on it")
    }
  }

  /// Makes a folder and those that it lies in, unless they are there.
  public static func makeFolders(_ path: String) throws(FileFailure) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    if !parent.isEmpty, !exists(parent) { try makeFolders(parent) }
    try makeFolder(path)
  }

  fileprivate static func failure(_ number: Int32) -> FileFailure {
    number == ENOENT
      ? FileFailure(.absent, "can't be made: its folder does not exist") : .system(number)
  }

  static func syncFolder(of path: String) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// A file that is being written, before it takes its place; of no use once it is there.
public struct FileDraft {
  let descriptor: Int32

  /// Writes what comes next.
  public func append(_ bytes: [UInt8]) throws(FileFailure) {
    let number = writeAll(bytes, to: descriptor)
    guard number == 0 else { throw AtomicFile.failure(number) }
  }

  /// Writes over what was written somewhere before.
  public func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw AtomicFile.failure(errno)
    }
    try append(bytes)
    guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw AtomicFile.failure(errno) }
  }

  fileprivate func takeRights(of model: stat) throws(FileFailure) {
    // Only a privileged user may give files away; anybody else owned it already.
    _ = fchown(descriptor, model.st_uid, model.st_gid)
    guard fchmod(descriptor, model.st_mode & 0o7777) == 0 else {
      throw AtomicFile.failure(errno)
    }
  }
}
