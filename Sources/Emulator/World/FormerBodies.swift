internal import TargetModel

/// What computes looked like before the last writes, for stale reads.
struct FormerBodies {
  /// How many writes are remembered of each workspace.
  let most: Int
  private var changes: RecentMemory<Change>
  /// How many writes each workspace has had.
  private var counts: [String: Int] = [:]

  private struct Change {
    let name: String
    /// Nil where there was none.
    let body: AttributeValue?
  }

  init(most: Int) {
    self.most = most
    changes = RecentMemory(count: 10_000, size: 64 << 20)
  }

  /// Remembers what a compute was before a write that was taken.
  mutating func remember(
    _ body: AttributeValue?, of name: String, in workspace: WorkspacePath
  ) {
    let count = counts[workspace.key, default: 0] + 1
    counts[workspace.key] = count
    let change = Change(name: name.lowercased(), body: body)
    changes.keep(change, of: 64 + (body?.approximateSize ?? 0), as: key(count, workspace))
    changes.forget(key(count - most, workspace))
  }

  private func key(_ number: Int, _ workspace: WorkspacePath) -> String {
    "\(workspace.key) \(number)"
  }

  /// The bodies that so many last writes changed, by name in lower case, as they were before.
  func before(_ writes: Int, of workspace: WorkspacePath) -> [String: AttributeValue?] {
    let count = counts[workspace.key] ?? 0
    var bodies: [String: AttributeValue?] = [:]
    for number in stride(from: count, to: max(0, count - writes), by: -1) {
      guard let change = changes[key(number, workspace)] else { break }
      bodies.updateValue(change.body, forKey: change.name)
    }
    return bodies
  }
}
