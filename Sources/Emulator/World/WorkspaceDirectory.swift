internal import TargetModel

/// Which workspaces there are.
struct WorkspaceDirectory {
  /// The region of those that come into being by themselves; nil if none do.
  private let location: String?
  private var byKey: [String: WorkspaceIdentity] = [:]
  /// Those that came into being by themselves.
  private var madeKeys: Set<String> = []
  static let most = 1_000

  init(_ listed: [EmulatedWorkspace]?, known: [EmulatedWorkspace], location: String) {
    self.location = listed == nil ? location : nil
    for workspace in listed ?? known {
      let identity = workspace.identity
      byKey[identity.path.key] = identity
    }
  }

  /// The workspace of a path, as far as it is there already.
  func find(_ path: WorkspacePath) -> WorkspaceIdentity? { byKey[path.key] }

  /// The workspace that comes into being when a path is asked for; nil where none does, or not by
  /// such a name.
  func workspaceToMake(_ path: WorkspacePath) -> WorkspaceIdentity? {
    guard let location, path.isWellFormed else { return nil }
    return WorkspaceIdentity(
      subscriptionID: path.subscription, resourceGroup: path.group, name: path.name,
      location: location)
  }

  /// True if no more can come into being until some are forgotten.
  var isFull: Bool { byKey.count >= Self.most }

  /// Those that came into being by themselves, in no order.
  var made: [WorkspaceIdentity] { madeKeys.compactMap { byKey[$0] } }

  /// Takes in a workspace that came into being.
  mutating func add(_ workspace: WorkspaceIdentity) {
    byKey[workspace.path.key] = workspace
    madeKeys.insert(workspace.path.key)
  }

  /// Forgets one that came into being by itself.
  mutating func forget(_ workspace: WorkspaceIdentity) {
    let key = workspace.path.key
    if madeKeys.remove(key) != nil { byKey[key] = nil }
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
