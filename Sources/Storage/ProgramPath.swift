#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where programs lie.
package enum ProgramPath {
  /// What counts where nobody set `PATH`.
  private static let standard = "/usr/bin:/bin"

  /// The absolute path of a program, looked for in the absolute folders of `PATH` only; nil if it is
  /// in none of them.
  ///
  /// A relative folder, the empty one included, is wherever somebody else put files (reliability.md
  /// T29).
  ///
  /// - Parameter path: the value of `PATH`.
  package static func find(_ name: String, in path: String?) -> String? {
    guard !name.isEmpty, !name.contains("/") else { return nil }
    return (path ?? standard).split(separator: ":").lazy
      .filter { $0.hasPrefix("/") }
      .map { "\($0)/\(name)" }
      .first(where: isProgram)
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }
}
