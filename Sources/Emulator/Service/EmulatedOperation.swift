/// What a request asks for, by the word that rules of faults and recordings use.
public enum EmulatedOperation: String, Hashable, Sendable, CaseIterable {
  case list, get, put, patch, delete, detach
  case listKeys, listNodes, start, stop, restart
  case updateSchedules, updateIdleShutdownSetting, customServices, enableSso
  case getAllowedVmSizesForResize
  case checkName, workspace, vmSizes, usages, quotas, updateQuotas
  /// The monitor of an operation that takes time, or its result.
  case operation
  case token, metadata
  case getBlob, putBlob, deleteBlob, leaseBlob, listBlobs, container

  /// The operations on computes and what belongs to them.
  static let ofComputes = Set(allCases).subtracting(
    [
      .token, .metadata, .getBlob, .putBlob, .deleteBlob, .leaseBlob, .listBlobs, .container,
    ])

  /// True if nothing changes by it.
  var isRead: Bool {
    switch self {
    case .list, .get, .listKeys, .listNodes, .getAllowedVmSizesForResize, .checkName, .workspace,
      .vmSizes, .usages, .quotas, .operation, .token, .metadata, .getBlob, .listBlobs:
      true
    case .put, .patch, .delete, .detach, .start, .stop, .restart, .updateSchedules,
      .updateIdleShutdownSetting, .customServices, .enableSso, .updateQuotas, .putBlob, .deleteBlob,
      .leaseBlob, .container:
      false
    }
  }

  /// True if it begins an operation that takes time.
  var takesTime: Bool {
    switch self {
    case .put, .patch, .delete, .detach, .start, .stop, .restart: true
    case .list, .get, .listKeys, .listNodes, .updateSchedules, .updateIdleShutdownSetting,
      .customServices, .enableSso, .getAllowedVmSizesForResize, .checkName, .workspace, .vmSizes,
      .usages, .quotas, .updateQuotas, .operation, .token, .metadata, .getBlob, .putBlob,
      .deleteBlob, .leaseBlob, .listBlobs, .container:
      false
    }
  }

  /// True if its answer shows computes, which may be those of some writes ago.
  var canBeStale: Bool {
    switch self {
    case .list, .get, .listKeys, .listNodes, .getAllowedVmSizesForResize, .usages: true
    case .put, .patch, .delete, .detach, .start, .stop, .restart, .updateSchedules,
      .updateIdleShutdownSetting, .customServices, .enableSso, .checkName, .workspace, .vmSizes,
      .quotas, .updateQuotas, .operation, .token, .metadata, .getBlob, .putBlob, .deleteBlob,
      .leaseBlob, .listBlobs, .container:
      false
    }
  }

  /// True if it is about one compute, or one blob.
  var hasName: Bool {
    switch self {
    case .get, .put, .patch, .delete, .detach, .listKeys, .listNodes, .start, .stop, .restart,
      .updateSchedules, .updateIdleShutdownSetting, .customServices, .enableSso,
      .getAllowedVmSizesForResize, .operation, .getBlob, .putBlob, .deleteBlob, .leaseBlob:
      true
    case .list, .checkName, .workspace, .vmSizes, .usages, .quotas, .updateQuotas, .token,
      .metadata, .listBlobs, .container:
      false
    }
  }

  /// True if it is about one workspace.
  var hasWorkspace: Bool {
    switch self {
    case .list, .checkName, .workspace: true
    default: hasName && Self.ofComputes.contains(self)
    }
  }

  /// What a request on a route asks for.
  init(_ route: Route, _ request: EmulatedRequest) {
    switch route {
    case .computes: self = .list
    case .compute:
      switch request.method {
      case "PUT": self = .put
      case "PATCH": self = .patch
      case "DELETE":
        let action = request.parameter("underlyingResourceAction")?.lowercased()
        self = action == "detach" ? .detach : .delete
      default: self = .get
      }
    case .action(_, _, let action): self = EmulatedOperation(rawValue: action) ?? .get
    case .nameCheck: self = .checkName
    case .workspace, .workspaces: self = .workspace
    case .region(.sizes, _, _): self = .vmSizes
    case .region(.usages, _, _): self = .usages
    case .region(.quotas, _, _): self = .quotas
    case .region(.updateQuotas, _, _): self = .updateQuotas
    case .operation: self = .operation
    case .token, .instanceToken, .appServiceToken: self = .token
    case .cloudMetadata, .instanceDiscovery, .openIDConfiguration: self = .metadata
    }
  }
}
