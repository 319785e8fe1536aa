#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The key of secrets' fingerprints, kept beside the embedded workspace and never in Git.
public enum FingerprintKey {
  /// Its length in bytes.
  public static let length = 32
  private static let name = "fingerprint-key"

  /// The key in a folder, or nil if there is none.
  public static func load(from folder: String) throws(FileFailure) -> [UInt8]? {
    do throws(FileFailure) {
      let contents = try SafeFile.read(name, below: folder, limit: 1_024)
      guard contents.bytes.count == length else {
        throw FileFailure(.failed, "is no fingerprint key: it does not have \(length) bytes")
      }
      guard !contents.isReadableByOthers else {
        throw FileFailure(.failed, "is readable by others; run chmod 600 on it")
      }
      return contents.bytes
    } catch {
      if error.problem == .absent { return nil }
      throw error
    }
  }

  /// The key in a folder; made of random bytes if there is none.
  public static func loadOrCreate(
    in folder: String, randomBytes: (Int) -> [UInt8]
  ) throws(FileFailure) -> [UInt8] {
    if let key = try load(from: folder) { return key }
    try AtomicFile.makeFolder(folder, permissions: 0o700)
    let key = randomBytes(length)
    do {
      try AtomicFile.write(key, to: folder + "/" + name, permissions: 0o600, mayReplace: false)
    } catch {
      // Another run may have been faster; its key counts.
      if let other = try load(from: folder) { return other }
      throw error
    }
    return key
  }
}
