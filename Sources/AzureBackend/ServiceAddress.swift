internal import BackendInterface
internal import TargetModel

/// Where a workspace's things are at the service.
///
/// Paths are made of parts that were checked one by one, so that no name can lead anywhere else
/// (reliability.md T10).
struct ServiceAddress: Hashable, Sendable {
  private let provider: String
  private let workspace: String
  private let location: String
  let apiVersion: String

  init(_ workspace: WorkspaceIdentity, apiVersion: String) throws(BackendFailure) {
    let subscription = try Self.part(
      workspace.subscriptionID, /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/)
    let group = try Self.part(
      workspace.resourceGroup, /[A-Za-z0-9_()-]([A-Za-z0-9_().-]{0,88}[A-Za-z0-9_()-])?/)
    let name = try Self.part(workspace.name, /[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}/)
    let namespace = "providers/Microsoft.MachineLearningServices"
    self.apiVersion = try Self.part(apiVersion, /[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?/)
    self.location = try Self.part(workspace.location, /[a-z0-9]{2,40}/)
    provider = "/subscriptions/\(subscription)/\(namespace)"
    self.workspace =
      "/subscriptions/\(subscription)/resourceGroups/\(group)/\(namespace)/workspaces/\(name)"
  }

  /// The workspace's targets.
  var computes: String { versioned(workspace + "/computes") }

  /// One target.
  func compute(_ name: String) throws(BackendFailure) -> String {
    versioned(try path(of: name))
  }

  /// Removing a target, with or without the resource behind it.
  func removal(_ name: String, underlying action: String) throws(BackendFailure) -> String {
    versioned(try path(of: name)) + "&underlyingResourceAction=\(action)"
  }

  /// Something that a target can do.
  func action(_ action: String, of name: String) throws(BackendFailure) -> String {
    versioned(
      try path(of: name) + "/" + Self.part(action, /[A-Za-z]{2,60}/),
      Self.previewVersions[action] ?? apiVersion)
  }

  /// The versions that describe actions which no stable version does (api.md section 2): they are
  /// asked for in these, whatever version everything else is in.
  private static let previewVersions = [
    "updateSchedules": "2021-03-01-preview", "updateIdleShutdownSetting": "2022-06-01-preview",
  ]

  /// How much of its quotas the subscription uses in the workspace's region.
  var usages: String { versioned("\(provider)/locations/\(location)/usages") }

  private func path(of name: String) throws(BackendFailure) -> String {
    guard Self.isName(name) else { throw Self.unusable(name) }
    return "\(workspace)/computes/\(name)"
  }

  /// Wider than what may be created: what lives already may have any name.
  ///
  /// Each call asks, and a regular expression is compiled wherever it is spelled.
  private static func isName(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...128).contains(bytes.count) && bytes.first != UInt8(ascii: ".")
      && bytes.allSatisfy { byte in
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": true
        default: false
        }
      }
  }

  private func versioned(_ path: String, _ version: String? = nil) -> String {
    "\(path)?api-version=\(version ?? apiVersion)"
  }

  private static func part(
    _ text: String, _ pattern: Regex<some Any>
  ) throws(BackendFailure) -> String {
    guard text.wholeMatch(of: pattern) != nil else { throw unusable(text) }
    return text
  }

  private static func unusable(_ text: String) -> BackendFailure {
    BackendFailure(
      .invalid, code: "UnusableName",
      message: "'\(text)' can't be part of an address of the service.")
  }
}
