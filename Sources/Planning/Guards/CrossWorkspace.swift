package import Diagnostics
internal import TargetModel

/// `cross-workspace`: a resource that is about to be attached is held in another workspace of the
/// same run.
///
/// "Attach once" is a rule of one workspace (domain.md R10), and nobody promises that a second
/// workspace leaves the first one's attachment alone; so the holder is named, and people decide.
func checkCrossWorkspace(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  let here = world.request.observed.workspace.resourceID.lowercased()
  let others = world.request.elsewhere.filter { $0.workspace.resourceID.lowercased() != here }
  guard !others.isEmpty else { return }
  var holders = ResourceIndex<Holder>()
  for snapshot in others.sorted(by: { $0.workspace.resourceID < $1.workspace.resourceID }) {
    for target in snapshot.targets {
      guard let resource = target.resource else { continue }
      holders.add(Holder(workspace: snapshot.workspace, target: target), holding: resource)
    }
  }
  for draft in drafts where draft.standing != .foreign {
    guard let desired = draft.desired, let resource = draft.acquiredResource,
      let holder = holders.first(clashingWith: resource)
    else { continue }
    findings.append(.heldElsewhere(desired, resource, holder))
  }
}

private struct Holder {
  let workspace: WorkspaceIdentity
  let target: ObservedTarget
}

extension Rule {
  /// A resource is held in another workspace of the same run.
  package static let crossWorkspace = Rule("cross-workspace")
}

extension Diagnostic {
  fileprivate static func heldElsewhere(
    _ desired: ComputeTarget, _ resource: ResourceIdentity, _ holder: Holder
  ) -> Diagnostic {
    Diagnostic(
      .warning, .crossWorkspace, "\(resource.capitalisedNoun) is held in another workspace",
      detail: """
        The same \(resource.noun) is attached as \(holder.target.address) in the workspace \
        '\(holder.workspace.name)' (resource group '\(holder.workspace.resourceGroup)'). Whether \
        an attachment here leaves that one working is not promised anywhere. If both are wanted, \
        give each a \(resource.noun) or a namespace of its own.
        """,
      address: desired.address.description, at: desired.location)
  }
}
