internal import Storage

/// Where a stack lies in its repository.
enum RepositoryFolder {
  /// The stack's folder as seen from the repository's root; empty for the root itself, and where no
  /// repository is.
  ///
  /// Code hosts want the paths of manifests so. Only the name `.git` is looked for, since a report
  /// is due even where `git` is not there or does not trust the repository.
  static func path(of folder: String, in context: CommandContext) -> String {
    let parts = components(of: folder)
    let root = parts.indices.reversed().first { end in
      AtomicFile.exists("/" + parts[...end].joined(separator: "/") + "/.git")
    }
    if let root { return parts[(root + 1)...].joined(separator: "/") }
    for name in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"] {
      guard let checkout = context.environment[name], checkout.hasPrefix("/") else { continue }
      let outer = components(of: checkout)
      if parts.starts(with: outer) { return parts[outer.count...].joined(separator: "/") }
    }
    return ""
  }

  /// The components of an absolute path, `.` and `..` followed.
  static func components(of path: String) -> [Substring] {
    path.split(separator: "/").reduce(into: []) { parts, part in
      switch part {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
  }
}
