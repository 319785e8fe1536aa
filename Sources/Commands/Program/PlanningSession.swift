internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import Execution
internal import Manifests
internal import Planning
internal import Storage
internal import TargetModel

/// A stack, its workspace and what is desired: everything a plan is made from.
struct PlanningSession: Sendable {
  let stack: LoadedStack
  let workspace: EmbeddedWorkspace
  /// The targets with the fingerprints of their secrets.
  let desired: [ComputeTarget]

  /// Loads a stack and opens its workspace.
  ///
  /// Nil, with findings, if that is not possible.
  static func open(
    _ loader: inout StackLoader, from folder: String, as choice: EnvironmentChoice,
    access: EmbeddedWorkspace.Access
  ) -> PlanningSession? {
    let context = loader.context
    guard let stack = loader.load(from: folder, as: choice, secrets: .resolve),
      !loader.findings.hasErrors
    else { return nil }
    guard
      let workspace = stack.openWorkspace(
        for: access, in: context, reporting: &loader.findings)
    else { return nil }
    let desired = stack.fingerprinted(
      mayWrite: access == .readAndWrite, in: context, reporting: &loader.findings)
    guard !loader.findings.hasErrors else { return nil }
    return PlanningSession(stack: stack, workspace: workspace, desired: desired)
  }

  /// Reads the workspace.
  func observe() async throws(BackendFailure) -> Snapshot {
    Snapshot(workspace: stack.configuration.workspace, targets: try await workspace.list())
  }

  /// Plans from what was observed.
  ///
  /// - Parameter allowsLargeRemoval: true if this one plan may take away more than the limits say.
  func plan(
    _ observed: Snapshot, mode: PlanMode, allowsLargeRemoval: Bool = false
  ) -> PlanningResult {
    makePlan(
      PlanningRequest(
        stack: stack.configuration.stack, desired: desired, observed: observed, mode: mode,
        catalog: .azureML, blastRadius: stack.configuration.blastRadius,
        allowsLargeRemoval: allowsLargeRemoval))
  }
}
