public import Diagnostics
public import TargetModel

/// Looks at how a target fits the workspace it is for.
///
/// Nothing of this is an error: the service decides, and a reviewer should know.
public func checkAgainstWorkspace(
  _ target: ComputeTarget, _ workspace: WorkspaceIdentity,
  reporting findings: inout DiagnosticList
) {
  if let resource = target.kind.resource, let text = target[resource.idField]?.text,
    let id = try? ARMResourceID(parsing: text),
    !id.isIn(subscription: workspace.subscriptionID)
  {
    findings.append(.otherSubscription(target, resource.idField, id))
  }
  checkRegion(of: target, workspace, reporting: &findings)
}

private func checkRegion(
  of target: ComputeTarget, _ workspace: WorkspaceIdentity,
  reporting findings: inout DiagnosticList
) {
  guard let slot = target.kind.slot(named: "location"), let region = target.attributes[slot],
    region != .text(workspace.location)
  else { return }
  let field = target.kind.fields[slot]
  guard field.normalised(region) != field.normalised(.text(workspace.location)) else { return }
  findings.append(
    field.wire == nil ? .regionIgnored(target, workspace) : .otherRegion(target, workspace))
}

extension Rule {
  /// What is attached is in the workspace's subscription (domain.md R66).
  package static let otherSubscription = Rule("other-subscription")
  /// Machines are near the workspace's data (domain.md R19).
  package static let otherRegion = Rule("other-region")
  /// A region that is given counts.
  package static let regionIgnored = Rule("region-ignored")
}

extension Diagnostic {
  fileprivate static func otherSubscription(
    _ target: ComputeTarget, _ path: AttributePath, _ id: ARMResourceID
  ) -> Diagnostic {
    Diagnostic(
      .warning, .otherSubscription, "Resource is in another subscription",
      detail: """
        '\(id.name)' is in subscription '\(id.subscription)', which is not the workspace's. \
        Attaching it needs rights there, and the service may refuse.
        """,
      address: target.address.description, at: target.location(of: path))
  }

  fileprivate static func otherRegion(
    _ target: ComputeTarget, _ workspace: WorkspaceIdentity
  ) -> Diagnostic {
    Diagnostic(
      .warning, .otherRegion, "Machines are far from the workspace",
      detail: """
        The workspace is in '\(workspace.location)'. Machines elsewhere read its data over a long \
        way, which is slower and is paid for.
        """,
      address: target.address.description, at: target.location(of: "location"))
  }

  fileprivate static func regionIgnored(
    _ target: ComputeTarget, _ workspace: WorkspaceIdentity
  ) -> Diagnostic {
    Diagnostic(
      .warning, .regionIgnored, "Region has no effect",
      detail: """
        A target of type '\(target.kind.name)' is registered in the workspace's region, \
        '\(workspace.location)', whatever 'location' says. Remove the line.
        """,
      address: target.address.description, at: target.location(of: "location"))
  }
}
