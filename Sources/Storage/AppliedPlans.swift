#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The saved plans that were applied from a stack's folder: a plan is applied once, also if the
/// workspace has returned to what it was before.
///
/// A line each: the plan's key, a blank, and the run that applied it. The file stays on its machine;
/// elsewhere the plan's preconditions tell.
public struct AppliedPlans: Sendable {
  private let folder: String

  private static let name = "applied-plans"
  private static let sizeLimit = 64 << 20

  /// Those of a stack's own folder, which is made if it is not there.
  public init(in folder: String) throws(FileFailure) {
    try AtomicFile.makeFolder(folder, permissions: 0o700)
    self.folder = folder
  }

  /// True if a plan was applied before.
  public func contains(_ key: String) throws(FileFailure) -> Bool {
    let bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try SafeFile.read(Self.name, below: folder, limit: Self.sizeLimit).bytes
    } catch {
      if error.problem == .absent { return false }
      throw error
    }
    let wanted = Array((key + " ").utf8)
    return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: wanted) }
  }

  /// Remembers a plan that is about to be applied; it is on the disk when this returns.
  public func add(_ key: String, run: String) throws(FileFailure) {
    let path = folder + "/" + Self.name
    let file = open(
      path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(errno) }
    defer { close(file) }
    // What a crash left of a line before must not swallow this one.
    var number = writeAll(Array("\n\(key) \(run)\n".utf8), to: file)
    if number == 0, fsync(file) != 0 { number = errno }
    guard number == 0 else { throw .system(number) }
    AtomicFile.syncFolder(of: path)
  }
}
