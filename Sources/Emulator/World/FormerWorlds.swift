internal import TargetModel

/// What the workspaces looked like before the last writes, for stale reads.
struct FormerWorlds {
  /// How many are remembered of each workspace.
  let most: Int
  private var byWorkspace: [String: [[AttributeValue]]] = [:]

  init(most: Int) { self.most = most }

  mutating func remember(_ bodies: [AttributeValue], of workspace: WorkspacePath) {
    var worlds = byWorkspace[workspace.key] ?? []
    worlds.append(bodies)
    byWorkspace[workspace.key] = worlds.suffix(most)
  }

  /// The bodies of so many writes ago; nil if there were fewer.
  func bodies(_ writesAgo: Int, of workspace: WorkspacePath) -> [AttributeValue]? {
    let worlds = byWorkspace[workspace.key] ?? []
    let index = worlds.count - writesAgo
    return worlds.indices.contains(index) ? worlds[index] : nil
  }
}
