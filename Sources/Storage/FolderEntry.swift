#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What lies in a folder under a name.
struct FolderEntry {
  enum Kind {
    case folder
    case link
    case other
  }

  /// The folder's path.
  let folder: String
  let name: String
  private let type: UInt8

  /// Everything in a folder, as the system lists it: in no order, without `.` and `..`.
  static func all(in folder: String) throws(FileFailure) -> [FolderEntry] {
    guard let directory = opendir(folder) else { throw .system(errno) }
    defer { closedir(directory) }
    var entries: [FolderEntry] = []
    while let found = readdir(directory) {
      let name = withUnsafePointer(to: &found.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      entries.append(FolderEntry(folder: folder, name: name, type: found.pointee.d_type))
    }
    return entries
  }

  var path: String { folder + "/" + name }

  /// What it is, links not followed.
  var kind: Kind {
    switch Int(type) {
    case Int(DT_DIR): .folder
    case Int(DT_LNK): .link
    case Int(DT_UNKNOWN): kindOnDisk
    default: .other
    }
  }

  /// The same from the file itself, for file systems whose lists do not tell; `.other` for what can't
  /// be looked at.
  var kindOnDisk: Kind {
    var information = stat()
    guard lstat(path, &information) == 0 else { return .other }
    return switch information.st_mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }
}
