package import Diagnostics

/// The stacks of a repository that has many.
extension StackFolder {
  /// Every folder with a `berth.yaml`, from a folder downward and with the folder itself, sorted by
  /// path.
  ///
  /// Hidden folders (`.git`, `.berth`, `.build`) and those of installed packages are not entered,
  /// and links are not followed: a stack is planned once, where it lies. A folder that can't be read
  /// is an error, since it might be a stack that nobody would miss.
  ///
  /// - Parameter root: an absolute path.
  package static func all(
    below root: String, reporting findings: inout DiagnosticList
  ) -> [StackFolder] {
    var stacks: [[String]] = []
    var folders: [[String]] = [[]]
    while let components = folders.popLast() {
      guard components.count <= treeDepthLimit else {
        findings.append(.folderUnreadable(components, "lies more than 32 folders deep"))
        continue
      }
      do throws(FileFailure) {
        let names = try names(in: components, below: root)
        if names.isStack { stacks.append(components) }
        folders += names.folders.map { components + [$0] }
      } catch {
        findings.append(.folderUnreadable(components, error.reason))
      }
    }
    let base = root == "/" ? "" : root
    return stacks.sorted { $0.lexicographicallyPrecedes($1) }.map { components in
      StackFolder(path: components.isEmpty ? root : ([base] + components).joined(separator: "/"))
    }
  }

  /// Its path as seen from a folder above it; `.` for that folder itself.
  package func path(from root: String) -> String {
    guard path != root else { return "." }
    let base = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(base) ? String(path.dropFirst(base.count)) : path
  }

  private static let treeDepthLimit = 32
  private static let foldersOfOthers: Set<String> = ["node_modules"]

  /// The folders in a folder that may have stacks, and whether it is one itself.
  private static func names(
    in components: [String], below root: String
  ) throws(FileFailure) -> (folders: [String], isStack: Bool) {
    let entries = try FolderEntry.all(in: components, below: root)
    let folders = entries.filter { entry in
      !entry.name.hasPrefix(".") && !foldersOfOthers.contains(entry.name)
        && entry.kind == .folder
    }
    return (folders.map(\.name), entries.contains { $0.name == configurationName })
  }
}

extension Diagnostic {
  fileprivate static func folderUnreadable(
    _ components: [String], _ reason: String
  ) -> Diagnostic {
    let folder = components.isEmpty ? "." : components.joined(separator: "/")
    return Diagnostic(
      .error, .fileUnreadable, "Folder can't be read",
      detail: """
        \(folder) \(reason), so nobody knows whether there is a stack in it. Mend it, or begin in a \
        folder further down.
        """)
  }
}
