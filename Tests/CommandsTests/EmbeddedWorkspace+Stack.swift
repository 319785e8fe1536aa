import ComputeKinds
import EmbeddedBackend
import Foundation
import SimulatorBackend
import TargetModel

extension EmbeddedWorkspace {
  /// The workspace that `TemporaryFolder.stack` describes, or one of another name, in a file.
  static func ofStack(
    at path: String, name: String = "workspace", for access: Access = .readIfPresent
  ) throws -> EmbeddedWorkspace {
    let identity = WorkspaceIdentity(
      subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "group",
      name: name, location: "westeurope")
    return try EmbeddedWorkspace(
      at: path, configuration: SimulatorConfiguration(workspace: identity, catalog: .azureML),
      access: access, now: { 0 })
  }
}

extension TemporaryFolder {
  /// The file of the stack's own workspace.
  var store: String { url.appendingPathComponent(".berth/workspace.db").path }
}
