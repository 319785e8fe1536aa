#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why a file was not read or written, as the end of the sentence "The file ...".
public struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, for callers that tell cases apart.
  public enum Problem: Hashable, Sendable {
    case absent
    /// A folder, a device, a pipe or a link.
    case notRegular
    /// It lies outside the folder it must lie in.
    case outside
    case tooLarge
    case failed
  }

  /// What is wrong.
  public let problem: Problem
  /// The words for it.
  public let reason: String

  init(_ problem: Problem, _ reason: String) {
    self.problem = problem
    self.reason = reason
  }

  /// The text that people read.
  public var description: String { reason }

  /// The operating system's reason, for the last call that failed.
  static func system(_ number: Int32) -> FileFailure {
    switch number {
    case ENOENT, ENOTDIR: FileFailure(.absent, "does not exist")
    case ELOOP, EMLINK: FileFailure(.notRegular, "is a link, and links are not followed")
    case EACCES, EPERM: FileFailure(.failed, "can't be accessed: permission denied")
    case ENOSPC, EDQUOT: FileFailure(.failed, "can't be written: the disk is full")
    case EROFS: FileFailure(.failed, "can't be written: the disk is read-only")
    case EISDIR: FileFailure(.notRegular, "is a folder")
    default:
      FileFailure(.failed, "can't be used: \(String(cString: strerror(number)).lowercased())")
    }
  }

  /// More than so many bytes.
  package static func tooLarge(_ limit: Int) -> FileFailure {
    let size = limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit >> 10) KiB"
    return FileFailure(.tooLarge, "is larger than \(size)")
  }
}

/// A file's content and what matters of its rights.
public struct FileContents: Sendable {
  /// The content.
  public let bytes: [UInt8]
  /// True if others than its owner may read it.
  public let isReadableByOthers: Bool
}

/// Reading files that somebody else may have put there.
///
/// A path is opened component by component below a folder and no link is followed, so nothing that
/// is swapped in between leads outside (reliability.md T5, T12). Type and size are looked at on
/// the open file.
public enum SafeFile {
  /// Reads a regular file below a folder.
  ///
  /// - Parameters:
  ///   - path: relative to the folder; `..` only as far as it stays below.
  ///   - limit: the most bytes it may have.
  public static func read(
    _ path: String, below folder: String, limit: Int
  ) throws(FileFailure) -> FileContents {
    let (descriptor, name) = try open(path, below: folder)
    defer { close(descriptor) }
    return try contents(of: try openFile(name, in: descriptor), limit: limit)
  }

  /// Opens the folder that a path below another one leads to; the caller closes it.
  ///
  /// - Returns: the folder, and the name in it.
  static func open(
    _ path: String, below folder: String
  ) throws(FileFailure) -> (folder: Int32, name: String) {
    let components = try components(of: path)
    guard let name = components.last else { throw FileFailure(.notRegular, "is a folder") }
    return (try openFolder(components.dropLast(), below: folder), name)
  }

  /// Opens a folder below another one; the caller closes it.
  static func openFolder(
    _ components: some Sequence<String>, below folder: String
  ) throws(FileFailure) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    var descriptor = openat(AT_FDCWD, folder, flags)
    guard descriptor >= 0 else { throw .system(errno) }
    for component in components {
      let next = openat(descriptor, component, flags | O_NOFOLLOW)
      let number = errno
      close(descriptor)
      guard next >= 0 else {
        throw number == ENOTDIR
          ? FileFailure(.notRegular, "lies behind a link, and links are not followed")
          : .system(number)
      }
      descriptor = next
    }
    return descriptor
  }

  /// Opens a file to read it; the caller closes it.
  static func openFile(_ name: String, in folder: Int32) throws(FileFailure) -> Int32 {
    // A pipe without a writer must not make us wait.
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw .system(errno) }
    return file
  }

  /// Reads a regular file that the user named; links on the way are the user's own.
  public static func read(_ path: String, limit: Int) throws(FileFailure) -> FileContents {
    let file = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw .system(errno) }
    return try contents(of: file, limit: limit)
  }

  /// The components of a path, `.` and `..` worked out; refuses what leaves the folder.
  static func components(of path: String) throws(FileFailure) -> [String] {
    guard !path.hasPrefix("/") else { throw FileFailure(.outside, "lies outside the stack") }
    var components: [String] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." {
        guard components.popLast() != nil else {
          throw FileFailure(.outside, "lies outside the stack")
        }
      } else {
        components.append(String(part))
      }
    }
    return components
  }

  /// Reads an open file, and closes it.
  private static func contents(
    of file: Int32, limit: Int
  ) throws(FileFailure) -> FileContents {
    defer { close(file) }
    let information = try factsOfRegular(file)
    guard information.st_size <= limit else { throw .tooLarge(limit) }
    return FileContents(
      bytes: try readAll(from: file, expecting: Int(information.st_size), limit: limit),
      isReadableByOthers: information.st_mode & 0o044 != 0)
  }

  /// What the system tells of an open file; refuses what is no regular one.
  static func factsOfRegular(_ file: Int32) throws(FileFailure) -> stat {
    var information = stat()
    guard fstat(file, &information) == 0 else { throw .system(errno) }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return information
    case S_IFDIR: throw FileFailure(.notRegular, "is a folder")
    default: throw FileFailure(.notRegular, "is a device or a pipe, not a file")
    }
  }

  /// Reads an open file or stream up to its end.
  package static func readAll(
    from file: Int32, expecting size: Int = 0, limit: Int
  ) throws(FileFailure) -> [UInt8] {
    // One byte more than expected: it is the end that is looked for.
    var room = size + 1
    var bytes = try readPiece(of: room, from: file)
    var isAtEnd = bytes.count < room
    // Streams have no size, and a file that grows while it is read is bounded too.
    while !isAtEnd, bytes.count <= limit {
      room = min(1 << 16, limit + 1 - bytes.count)
      let piece = try readPiece(of: room, from: file)
      isAtEnd = piece.count < room
      bytes += piece
    }
    guard bytes.count <= limit else { throw .tooLarge(limit) }
    return bytes
  }

  /// Reads so many bytes, or as many as there are.
  private static func readPiece(of size: Int, from file: Int32) throws(FileFailure) -> [UInt8] {
    var failure: FileFailure?
    let piece = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = 0
      while count < size {
        let bytesRead = systemRead(file, buffer.baseAddress.map { $0 + count }, size - count)
        if bytesRead == 0 { break }
        if bytesRead > 0 {
          count += bytesRead
        } else if errno != EINTR {
          failure = .system(errno)
          break
        }
      }
    }
    if let failure { throw failure }
    return piece
  }

  private static func systemRead(
    _ file: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      Glibc.read(file, buffer, count)
    #elseif canImport(Musl)
      Musl.read(file, buffer, count)
    #else
      Darwin.read(file, buffer, count)
    #endif
  }
}
