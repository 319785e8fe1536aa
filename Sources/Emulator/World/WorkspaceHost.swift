internal import BackendInterface
internal import ComputeService
internal import EmbeddedBackend
internal import SimulatorBackend
internal import TargetModel

/// Where the emulated workspaces live.
protocol WorkspaceHost: Sendable {
  /// Answers a request to the service of one workspace.
  ///
  /// - Parameter fate: how the operation goes that it may begin.
  func answer(
    _ request: ServiceRequest, in workspace: WorkspaceIdentity, fate: OperationFate
  ) async throws(ServiceError) -> ServiceResponse

  /// True if something is in a workspace, so that it must not be forgotten.
  func keeps(_ workspace: WorkspaceIdentity) async -> Bool
}

/// Workspaces in an embedded workspace's file, which other processes may use at the same time.
struct StoredWorkspaces: WorkspaceHost {
  let file: EmbeddedWorkspace

  func answer(
    _ request: ServiceRequest, in workspace: WorkspaceIdentity, fate: OperationFate
  ) async throws(ServiceError) -> ServiceResponse {
    do {
      return try await file.serving(workspace).answer(request, fate: fate)
    } catch {
      throw ServiceError(500, "InternalServerError", "\(error.message) (\(error.code))")
    }
  }

  func keeps(_ workspace: WorkspaceIdentity) async -> Bool {
    let first = try? await answer(
      .page(after: nil, limit: 1), in: workspace, fate: .succeeds)
    return first?.body["value"]?.list != []
  }
}
