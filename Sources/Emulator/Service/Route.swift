internal import TargetModel

/// The way to a workspace.
struct WorkspacePath: Hashable, Sendable {
  let subscription: String
  let group: String
  let name: String

  /// How workspaces compare.
  var key: String { "\(subscription)/\(group)/\(name)".lowercased() }
}

/// What a path leads to.
enum Route: Hashable, Sendable {
  case computes(WorkspacePath)
  case compute(WorkspacePath, name: String)
  case action(WorkspacePath, name: String, action: String)
  case nameCheck(WorkspacePath)
  case workspace(WorkspacePath)
  case workspaces(subscription: String, group: String?)
  case region(Region, subscription: String, location: String)
  /// The monitor of an operation, or its result.
  case operation(token: String, isResult: Bool)
  case cloudMetadata
  case instanceDiscovery
  case openIDConfiguration(tenant: String)
  case token(tenant: String)
  case instanceToken
  case appServiceToken

  /// What a region tells.
  enum Region: String, Hashable, Sendable {
    case sizes = "vmsizes"
    case usages
    case quotas
    case updateQuotas = "updatequotas"
  }

  /// What a client asks for on its way to a token, whatever the tenant; nil for what comes after.
  var signInFace: String? {
    switch self {
    case .token: "token"
    case .instanceToken: "instance token"
    case .appServiceToken: "App Service token"
    case .openIDConfiguration: "openid-configuration"
    case .instanceDiscovery: "instance discovery"
    case .cloudMetadata: "cloud metadata"
    case .computes, .compute, .action, .nameCheck, .workspace, .workspaces, .region, .operation: nil
    }
  }

  /// True for the monitor of an operation whose failure is to be told in an irregular form.
  var isIrregular: Bool {
    guard case .operation(let token, _) = self else { return false }
    return OperationToken(token).map { $0.failureForm != .usual } ?? false
  }

  /// True for what needs no token, since it is asked before there is one.
  var isPublic: Bool { signInFace != nil }

  var methods: [String] {
    switch self {
    case .compute: ["GET", "PUT", "PATCH", "DELETE"]
    case .action, .nameCheck, .token, .region(.updateQuotas, _, _): ["POST"]
    case .computes, .workspace, .workspaces, .region, .operation, .cloudMetadata,
      .instanceDiscovery, .openIDConfiguration, .instanceToken, .appServiceToken:
      ["GET"]
    }
  }

  /// The workspace and the name that a request is about, as far as it is about any.
  var subject: (workspace: WorkspacePath?, name: String?) {
    switch self {
    case .computes(let workspace), .nameCheck(let workspace), .workspace(let workspace):
      (workspace, nil)
    case .compute(let workspace, let name), .action(let workspace, let name, _): (workspace, name)
    case .operation(let token, _):
      OperationToken(token).map { ($0.workspace, $0.name) } ?? (nil, nil)
    case .workspaces, .region, .cloudMetadata, .instanceDiscovery, .openIDConfiguration, .token,
      .instanceToken, .appServiceToken:
      (nil, nil)
    }
  }

  var subscription: String? {
    switch self {
    case .workspaces(let subscription, _), .region(_, let subscription, _): subscription
    case .computes, .compute, .action, .nameCheck, .workspace, .operation, .cloudMetadata,
      .instanceDiscovery, .openIDConfiguration, .token, .instanceToken, .appServiceToken:
      subject.workspace?.subscription
    }
  }
}

extension Route {
  static let actions = [
    "listKeys", "listNodes", "start", "stop", "restart", "updateSchedules",
    "updateIdleShutdownSetting", "customServices", "enableSso", "getAllowedVmSizesForResize",
  ]

  /// The actions that there are, and those by which the catalog's kinds set their fields.
  static func actions(of catalog: KindCatalog) -> [String] {
    var actions = actions
    for case .inPlaceBy(let action) in catalog.kinds.flatMap(\.fields).map(\.onChange)
    where !actions.contains(action) { actions.append(action) }
    return actions
  }

  /// The route of a path.
  ///
  /// Words of the path compare without case, as with Azure Resource Manager; names keep theirs.
  ///
  /// - Parameter actions: what can be asked of a compute, by the words of the path.
  init(
    path: String, version: String?, actions: [String] = Route.actions
  ) throws(ServiceError) {
    var segments: [String] = []
    for part in path.split(separator: "/") {
      guard let segment = PercentEncoding.decoded(part), !segment.contains("/"),
        segment.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
      else { throw .noPath(path) }
      segments.append(segment)
    }
    let words = segments.map { $0.lowercased() }
    // The older SDK reads through the workspace's own host (api.md section 2).
    if words.starts(with: ["rp", "workspaces"]) {
      segments.removeFirst(2)
    }
    if let route = Self.signIn(segments) {
      self = route
    } else if words.contains("subscriptions") {
      self = try Self.resource(segments, path, version, actions)
    } else {
      throw .noPath(path)
    }
  }

  private static func signIn(_ segments: [String]) -> Route? {
    let words = segments.map { $0.lowercased() }
    return switch words.count {
    case 2 where words == ["metadata", "endpoints"]: .cloudMetadata
    case 2 where words == ["msi", "token"]: .appServiceToken
    case 3 where words == ["common", "discovery", "instance"]: .instanceDiscovery
    case 4 where words == ["metadata", "identity", "oauth2", "token"]: .instanceToken
    case 4 where Array(words.dropFirst()) == ["oauth2", "v2.0", "token"]:
      .token(tenant: segments[0])
    case 3 where Array(words.dropFirst()) == ["oauth2", "token"]: .token(tenant: segments[0])
    case 4 where Array(words.dropFirst()) == ["v2.0", ".well-known", "openid-configuration"]:
      .openIDConfiguration(tenant: segments[0])
    default: nil
    }
  }

  private static func resource(
    _ segments: [String], _ path: String, _ version: String?, _ actions: [String]
  ) throws(ServiceError) -> Route {
    let words = segments.map { $0.lowercased() }
    guard words.count >= 2, words[0] == "subscriptions" else { throw .noPath(path) }
    let subscription = segments[1]
    guard subscription.wholeMatch(of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) != nil
    else { throw .badSubscription(subscription) }
    var index = 2
    var group: String?
    if words.count > 3, words[2] == "resourcegroups" {
      group = segments[3]
      index = 4
    }
    guard words.count > index + 1, words[index] == "providers" else { throw .noPath(path) }
    guard words[index + 1] == "microsoft.machinelearningservices" else {
      throw .noNamespace(segments[index + 1])
    }
    let rest = Array(segments[(index + 2)...])
    guard let route = typed(rest, subscription, group, actions) else {
      let type = stride(from: 0, to: rest.count, by: 2).map { rest[$0] }.joined(separator: "/")
      throw .noType(type, version)
    }
    return route
  }

  /// What stands behind the provider's name.
  private static func typed(
    _ rest: [String], _ subscription: String, _ group: String?, _ actions: [String]
  ) -> Route? {
    let words = rest.map { $0.lowercased() }
    if words.first == "locations", group == nil, rest.count >= 3 {
      let region = Region(rawValue: words[2])
      if rest.count == 3, let region {
        return .region(region, subscription: subscription, location: words[1])
      }
      let isResult = words[2] == "computeoperationsresults"
      guard rest.count == 4, isResult || words[2] == "computeoperationsstatus" else { return nil }
      return .operation(token: rest[3], isResult: isResult)
    }
    guard words.first == "workspaces" else { return nil }
    if rest.count == 1 { return .workspaces(subscription: subscription, group: group) }
    guard let group else { return nil }
    let workspace = WorkspacePath(subscription: subscription, group: group, name: rest[1])
    switch rest.count {
    case 2: return .workspace(workspace)
    case 3 where words[2] == "computes": return .computes(workspace)
    case 3 where words[2] == "checkcomputenameavailability": return .nameCheck(workspace)
    case 4 where words[2] == "computes": return .compute(workspace, name: rest[3])
    case 5 where words[2] == "computes":
      guard let action = actions.first(where: { $0.lowercased() == words[4] }) else { return nil }
      return .action(workspace, name: rest[3], action: action)
    default: return nil
    }
  }
}
