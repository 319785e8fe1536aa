internal import TargetModel

/// Which workspaces there are.
struct WorkspaceDirectory {
  /// The region of those that come into being by themselves; nil if none do.
  private let location: String?
  private var byKey: [String: WorkspaceIdentity] = [:]
  static let most = 1_000

  init(_ listed: [EmulatedWorkspace]?, location: String) {
    self.location = listed == nil ? location : nil
    for workspace in listed ?? [] {
      let identity = workspace.identity
      byKey[identity.path.key] = identity
    }
  }

  /// The workspace of a path; nil if there is none.
  mutating func find(_ path: WorkspacePath) throws(ServiceError) -> WorkspaceIdentity? {
    if let known = byKey[path.key] { return known }
    guard let location, path.isWellFormed else { return nil }
    guard byKey.count < Self.most else { throw .full }
    let made = WorkspaceIdentity(
      subscriptionID: path.subscription, resourceGroup: path.group, name: path.name,
      location: location)
    byKey[path.key] = made
    return made
  }

  /// Those of a subscription, sorted.
  func all(subscription: String, group: String? = nil) -> [WorkspaceIdentity] {
    byKey.sorted { $0.key < $1.key }.map(\.value).filter { workspace in
      workspace.subscriptionID.lowercased() == subscription.lowercased()
        && group.map { workspace.resourceGroup.lowercased() == $0.lowercased() } ?? true
    }
  }
}

extension WorkspaceIdentity {
  var path: WorkspacePath {
    WorkspacePath(subscription: subscriptionID, group: resourceGroup, name: name)
  }
}

extension WorkspacePath {
  /// Whether group and workspace have names that the service allows (api.md section 4).
  var isWellFormed: Bool {
    name.wholeMatch(of: /[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}/) != nil
      && group.wholeMatch(of: /[\p{L}\p{N}_().-]{1,90}/) != nil && !group.hasSuffix(".")
  }
}
