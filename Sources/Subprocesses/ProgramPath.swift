#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The absolute path of a program.
///
/// A relative path, or an entry of `PATH` that is relative or empty, would run whatever somebody put
/// into the folder where Berth happens to run (reliability.md T29): those are passed over.
package struct ProgramPath: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// A path as it is given; nil unless it is absolute.
  package init?(absolute text: String) {
    guard text.hasPrefix("/"), !text.utf8.contains(0) else { return nil }
    self.text = text
  }

  /// What counts where nobody set `PATH`.
  private static let standardFolders = "/usr/bin:/bin"

  /// Looks for a program in the absolute folders of `PATH`, in their order.
  ///
  /// - Parameter name: a name without `/`, or an absolute path, which is taken as it is.
  package init?(finding name: String, in environment: [String: String]) {
    if let path = ProgramPath(absolute: name) {
      self = path
      return
    }
    guard !name.isEmpty, !name.contains("/") else { return nil }
    let folders = (environment["PATH"] ?? Self.standardFolders).split(separator: ":")
      .filter { $0.hasPrefix("/") }
    let candidates = folders.lazy.map { "\($0)/\(name)" }
    guard let found = candidates.first(where: isProgram), let path = ProgramPath(absolute: found)
    else { return nil }
    self = path
  }

  package var description: String { text }
}

/// True for a regular file that may be run; the system follows links when it runs it, too.
private func isProgram(_ path: String) -> Bool {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
  return access(path, X_OK) == 0
}
