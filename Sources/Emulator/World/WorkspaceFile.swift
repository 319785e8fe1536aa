public import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Reads which workspaces there are; nil if anything is wrong, all of which is reported.
///
/// The file has `workspaces`, a list, or one `workspace` as a stack's `berth.yaml` has it, whose
/// other keys are none of the emulator's business.
public func readWorkspaces(
  _ bytes: [UInt8], file: String, reporting findings: inout DiagnosticList
) -> [EmulatedWorkspace]? {
  let errors = findings.errorCount
  let documents = readYAML(bytes, file: file, reporting: &findings)
  guard findings.errorCount == errors else { return nil }
  guard let root = documents.first?.root,
    let nodes = root["workspaces"]?.elements ?? root["workspace"].map({ [$0] }), !nodes.isEmpty
  else {
    findings.append(.noWorkspaces(file))
    return nil
  }
  let found = nodes.compactMap { workspace($0, &findings) }
  return findings.errorCount == errors ? found : nil
}

private func workspace(
  _ node: YAMLNode, _ findings: inout DiagnosticList
) -> EmulatedWorkspace? {
  func text(_ key: String, _ pattern: Regex<Substring>) -> String? {
    guard let value = node[key], value.text.wholeMatch(of: pattern) != nil else {
      findings.append(.wrongWorkspace(key, node[key] ?? node))
      return nil
    }
    return value.text
  }
  let subscription = text(
    "subscription_id", /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/
  )
  let group = text("resource_group", /[A-Za-z0-9_().-]{1,90}/)
  let name = text("name", /[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}/)
  let location = text("location", /[A-Za-z0-9 ]{2,40}/)
  guard let subscription, let group, let name, let location else { return nil }
  return EmulatedWorkspace(
    WorkspaceIdentity(
      subscriptionID: subscription, resourceGroup: group, name: name,
      location: location.lowercased().filter { $0 != " " }))
}

extension Rule {
  /// A file of workspaces says who they are.
  public static let workspaceList = Rule("workspace-list")
}

extension Diagnostic {
  fileprivate static func noWorkspaces(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .workspaceList, "No workspace in the file",
      detail: """
        The file must have a list 'workspaces', or one 'workspace' as berth.yaml has it.
        """,
      at: SourceLocation(startOf: file))
  }

  fileprivate static func wrongWorkspace(_ key: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .workspaceList, "Workspace is not fully described",
      detail: """
        A workspace has a 'subscription_id' (a GUID), a 'resource_group', a 'name' and a \
        'location'; here '\(key)' is missing or is no such thing.
        """,
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }
}

extension SourceLocation {
  /// Only the beginning, for findings about a whole mapping.
  var firstLine: SourceLocation { SourceLocation(file: file, start: start, end: start) }
}
