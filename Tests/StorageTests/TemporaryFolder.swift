import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/berth-storage-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template), "there is no room for temporary folders")
    path = String(cString: made)
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    chmod(path, 0o700)
    for name in names(in: path) { remove(path + "/" + name) }
    rmdir(path)
  }

  func names(in folder: String? = nil) -> [String] {
    guard let directory = opendir(folder ?? path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func put(_ name: String, _ text: String, permissions: UInt32 = 0o644) {
    makeFolders(of: name)
    let file = fopen(path + "/" + name, "w")
    if let file {
      fputs(text, file)
      fclose(file)
    }
    chmod(path + "/" + name, mode_t(permissions))
  }

  private func makeFolders(of name: String) {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
  }

  func makeFolder(_ name: String, permissions: UInt32 = 0o755) {
    makeFolders(of: name)
    mkdir(path + "/" + name, 0o755)
    chmod(path + "/" + name, mode_t(permissions))
  }

  func makePrivate(_ name: String) { chmod(path + "/" + name, 0o700) }

  func link(_ name: String, to target: String) {
    makeFolders(of: name)
    symlink(target, path + "/" + name)
  }

  func makePipe(_ name: String) { mkfifo(path + "/" + name, 0o644) }

  /// A file that takes no room and claims this size.
  func makeSparse(_ name: String, size: Int) {
    put(name, "")
    truncate(path + "/" + name, off_t(size))
  }

  func permissions(_ name: String) -> UInt32 {
    var information = stat()
    return lstat(path + "/" + name, &information) == 0 ? information.st_mode & 0o777 : 0
  }

  func text(_ name: String) -> String? {
    guard let file = fopen(path + "/" + name, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// True where permissions mean nothing.
var isRoot: Bool { geteuid() == 0 }
