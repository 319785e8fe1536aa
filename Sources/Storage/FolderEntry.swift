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
  /// What it is, links not followed; `.other` for what can't be looked at.
  let kind: Kind

  /// Everything in a folder, as the system lists it: in no order, without `.` and `..`.
  ///
  /// - Parameter components: the way from `root` down to the folder, on which no link is followed.
  static func all(
    in components: [String] = [], below root: String
  ) throws(FileFailure) -> [FolderEntry] {
    let descriptor = try SafeFile.openFolder(components, below: root)
    guard let directory = fdopendir(descriptor) else {
      let number = errno
      close(descriptor)
      throw .system(number)
    }
    defer { closedir(directory) }
    let folder = ([root] + components).joined(separator: "/")
    var entries: [FolderEntry] = []
    while let found = readdir(directory) {
      let name = withUnsafePointer(to: &found.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let kind = Self.kind(of: found.pointee.d_type) ?? kindOnDisk(of: name, in: descriptor)
      entries.append(FolderEntry(folder: folder, name: name, kind: kind))
    }
    return entries
  }

  var path: String { folder + "/" + name }

  /// Nil for file systems whose lists do not tell.
  private static func kind(of type: UInt8) -> Kind? {
    switch Int(type) {
    case Int(DT_DIR): .folder
    case Int(DT_LNK): .link
    case Int(DT_UNKNOWN): nil
    default: .other
    }
  }

  /// The same from the file itself.
  private static func kindOnDisk(of name: String, in folder: Int32) -> Kind {
    var information = stat()
    guard fstatat(folder, name, &information, AT_SYMLINK_NOFOLLOW) == 0 else { return .other }
    return switch information.st_mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }
}
