internal import Diagnostics
internal import Manifests
internal import Storage

/// What a stack is made of, as far as Git can tell that it changed.
struct StackInputs {
  let changes: ChangesInGit
  /// The files of variables, as seen from the repository's root.
  private let variableFiles: [String]
  private let overlays: Set<String>
  /// The folders of all stacks, as seen from the repository's root.
  private let stacks: Set<String>
  /// True if something of every stack lies where Git does not look.
  let isBlind: Bool

  init(
    _ changes: ChangesInGit, of stacks: [StackFolder], _ choice: EnvironmentChoice,
    in context: CommandContext
  ) {
    self.changes = changes
    let files = choice.files.map {
      changes.path(of: context.path($0, from: context.workingDirectory))
    }
    variableFiles = files.compactMap { $0 }
    isBlind = files.contains(nil)
    overlays = Set(choice.overlays)
    self.stacks = Set(stacks.compactMap { changes.path(of: $0.path) })
  }

  /// True if a stack may come out otherwise than it did: what is in doubt counts.
  func hasChanged(_ stack: StackFolder) -> Bool {
    guard !isBlind, let folder = changes.path(of: stack.path), !isInInnerRepository(stack) else {
      return true
    }
    let (elsewhere, readsOverlays) = declared(by: stack)
    if !changes.paths.isDisjoint(with: variableFiles + elsewhere) { return true }
    if changes.paths.contains(where: { isAbove($0, folder) }) { return true }
    return changes.paths.contains { path in
      guard folder.isEmpty || path.hasPrefix(folder + "/") else { return false }
      let inner = folder.isEmpty ? path[...] : path.dropFirst(folder.count + 1)
      return isInput(inner, of: folder, readsOverlays: readsOverlays)
    }
  }

  /// True for a submodule or a link that takes the place of a folder above the stack.
  private func isAbove(_ path: String, _ folder: String) -> Bool {
    path == folder || folder.hasPrefix(path + "/")
  }

  /// - Parameter path: as seen from the stack's folder.
  private func isInput(
    _ path: Substring, of folder: String, readsOverlays: Bool
  ) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last, parts.first != StackFolder.ownFolderName[...] else { return false }
    // What lies in a stack further down is that one's.
    var inner = folder
    for part in parts.dropLast() {
      inner += (inner.isEmpty ? "" : "/") + part
      if stacks.contains(inner) { return false }
    }
    if !readsOverlays, parts.count == 2, parts[0] == StackFolder.overlaysFolderName {
      return overlays.contains { name == $0 + ".yml" || name == $0 + ".yaml" }
    }
    return !name.hasSuffix(".md")
  }

  /// What `berth.yaml` names outside the stack's folder (the programs that give secrets), and whether
  /// overlays are manifests of it.
  private func declared(by stack: StackFolder) -> (elsewhere: [String], readsOverlays: Bool) {
    var findings = DiagnosticList()
    guard let bytes = try? stack.configuration(),
      let configuration = readConfiguration(
        bytes, file: StackFolder.configurationName, reporting: &findings)
    else { return ([], true) }
    let words =
      configuration.commands.values.joined()
      + [configuration.backend.azure?.caFile].compactMap { $0 }
    let files = words.filter { $0.contains("/") }.compactMap {
      changes.path(of: $0.hasPrefix("/") ? $0 : stack.path + "/" + $0)
    }
    let overlays = StackFolder.overlaysFolderName
    return (files, configuration.computes.contains { $0.contains(overlays) })
  }

  /// True in a submodule or a clone within the repository, which Git looks into from there only.
  private func isInInnerRepository(_ stack: StackFolder) -> Bool {
    guard let folder = changes.path(of: stack.path) else { return true }
    let depth = folder.split(separator: "/").count
    var path = RepositoryFolder.components(of: stack.path)
    for _ in 0..<depth {
      if AtomicFile.exists("/" + path.joined(separator: "/") + "/.git") { return true }
      path.removeLast()
    }
    return false
  }

  /// The folders, as seen from where the command works, that were stacks and are none any more.
  func removedStacks(seenFrom root: String) -> [String] {
    changes.deleted.compactMap { path in
      var parts = path.split(separator: "/")
      guard parts.popLast() == StackFolder.configurationName[...],
        parts.starts(with: changes.folder),
        !stacks.contains(parts.joined(separator: "/"))
      else { return nil }
      let inner = parts.dropFirst(changes.folder.count).joined(separator: "/")
      return inner.isEmpty ? "." : inner
    }
  }
}
