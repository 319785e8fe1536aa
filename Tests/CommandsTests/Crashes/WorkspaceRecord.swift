import EmbeddedBackend
import SimulatorBackend

/// What a simulated workspace itself has written down of its life, with what no read shows.
struct WorkspaceRecord {
  /// The names of the targets that hold resources, by the resources' ids in small letters.
  private(set) var holders: [String: String] = [:]
  /// Attachments that were made while another target held the resource, that broke, or that took the
  /// resource with them; and a file that is not whole.
  private(set) var wrongs: [String] = []

  /// - Parameters:
  ///   - path: the file of the workspace.
  ///   - name: its name; everything else is as in `TemporaryFolder.stack`.
  init(at path: String, name: String = "workspace") throws {
    let workspace = try EmbeddedWorkspace.ofStack(at: path, name: name)
    for entry in try workspace.history() { note(entry) }
    if try !workspace.isIntact() { wrongs.append("the file is not whole") }
  }

  private mutating func note(_ entry: HistoryEntry) {
    switch HistoryEvent(rawValue: entry.event) {
    case .attached:
      let resource = entry.resource?.lowercased() ?? ""
      if let holder = holders[resource], holder != entry.name {
        wrongs.append("\(entry.name) was attached while \(holder) held the resource")
      }
      holders[resource] = entry.name
    case .detached: holders = holders.filter { $0.value != entry.name }
    case .attachmentBroken, .resourceDestroyed, .orphaned:
      wrongs.append("\(entry.name): \(entry.event)")
    default: break
    }
  }
}
