internal import TargetModel

/// What the service does with single kinds that no table of fields says, by `computeType`.
struct ServiceBehaviour: Sendable {
  /// PUT and PATCH over a living target answer success and change nothing.
  var ignoresWrites = false
  /// Fixed fields that a PUT may carry in another value: it is accepted, and the value stays.
  var keepsSilently: [AttributePath] = []
  /// Parts of the body that a PUT changes whatever the field's table says.
  var changesByPut: [AttributePath] = []
  /// A PUT takes the tags it carries, as ARM does as a rule; nothing is known of other kinds.
  var replacesTags = false
  /// What an action sets besides the fields that say so themselves: these can't be given otherwise
  /// than by making the target anew, but the service has an action for them.
  var setByActions: [String: AttributePath] = [:]
  /// What is never told, whatever the field's table says.
  var secrets: [AttributePath] = []
  /// What older clients read without asking whether it is there (api.md section 18); null where
  /// nothing is known.
  var alwaysShown: [AttributePath] = []
  /// What the service sets when a target of the kind begins, stands, or was changed.
  var report: @Sendable (inout AttributeValue, Moment) -> Void = { _, _ in }

  /// A point in a target's life.
  enum Moment {
    case begun
    case ready
    case updated
  }

  /// The behaviour of a kind; the plain one for a kind that is not in the table.
  static func of(_ computeType: String) -> ServiceBehaviour {
    byComputeType[computeType.lowercased()] ?? ServiceBehaviour()
  }

  private static let byComputeType: [String: ServiceBehaviour] = [
    // A PUT with another size over a cluster is accepted and keeps the size
    // (Azure/azure-rest-api-specs issue 18889).
    "amlcompute": ServiceBehaviour(
      keepsSilently: ["properties.properties.vmSize"],
      secrets: ["properties.properties.userAccountCredentials.adminUserPassword"],
      alwaysShown: paths("vmSize", "vmPriority", "scaleSettings", "subnet", "errors"),
      report: reportCluster),
    // A PUT over an instance is accepted and ignored (Azure/bicep-types-az issue 2543).
    "computeinstance": ServiceBehaviour(
      ignoresWrites: true,
      setByActions: [
        "customServices": "properties.properties.customServices",
        "enableSso": "properties.properties.enableSSO",
      ],
      alwaysShown: paths("vmSize", "sshSettings", "createdBy", "errors", "state", "subnet"),
      report: reportInstance),
    // TLS, the load balancer and the size change by PUT of the merged body, as the SDK v1 does it.
    "aks": ServiceBehaviour(
      changesByPut: paths(
        "sslConfiguration", "loadBalancerType", "loadBalancerSubnet", "agentCount"),
      replacesTags: true,
      secrets: paths("sslConfiguration.cert", "sslConfiguration.key"),
      alwaysShown: paths(
        "agentVmSize", "agentCount", "clusterPurpose", "clusterFqdn", "systemServices",
        "loadBalancerType", "loadBalancerSubnet"),
      report: { body, moment in
        guard moment == .ready else { return }
        // As many as the older SDK's documentation says, by what the cluster is for.
        let isForTests = body[.clusterPurpose]?.text?.lowercased() == "devtest"
        body.fill("properties.properties.agentCount", isForTests ? 1 : 3)
        body.fill("properties.properties.agentVmSize", "Standard_D3_v2")
      }),
    "virtualmachine": ServiceBehaviour(secrets: paths("administratorAccount")),
    "hdinsight": ServiceBehaviour(secrets: paths("administratorAccount")),
    "databricks": ServiceBehaviour(secrets: paths("databricksAccessToken")),
    "kubernetes": ServiceBehaviour(
      secrets: paths("relayConnectionString", "serviceBusConnectionString")),
    "synapsespark": ServiceBehaviour(report: reportSparkPool),
  ]

  /// Paths below `properties.properties`.
  private static func paths(_ names: String...) -> [AttributePath] {
    names.map { AttributePath("properties.properties.\($0)") }
  }
}

// MARK: What the service reports

private let clusterPort: AttributePath = "properties.properties.remoteLoginPortPublicAccess"

@Sendable private func reportCluster(
  _ body: inout AttributeValue, _ moment: ServiceBehaviour.Moment
) {
  let least = body[.leastNodes]?.integer ?? 0
  let isThere = moment != .begun
  body[.allocationState] = isThere ? "Steady" : "Resizing"
  body[.currentNodes] = .integer(isThere ? least : 0)
  body[.targetNodes] = .integer(least)
  // The service decides once: closed within a network, open otherwise.
  if moment == .ready, body[clusterPort]?.text ?? "NotSpecified" == "NotSpecified" {
    let isPrivate = body[.subnetID]?.text != nil
    body[clusterPort] = isPrivate ? "Disabled" : "Enabled"
  }
}

@Sendable private func reportInstance(
  _ body: inout AttributeValue, _ moment: ServiceBehaviour.Moment
) {
  guard moment == .begun else { return }
  body.fill("properties.properties.sshSettings.adminUserName", "azureuser")
  body.fill("properties.properties.sshSettings.sshPort", 22)
}

@Sendable private func reportSparkPool(
  _ body: inout AttributeValue, _ moment: ServiceBehaviour.Moment
) {
  guard moment == .ready else { return }
  let segments = (body[.resourceID]?.text ?? "").split(separator: "/").map(String.init)
  for (index, key) in [
    (1, "subscriptionId"), (3, "resourceGroup"), (7, "workspaceName"), (9, "poolName"),
  ]
  where index < segments.count {
    body[AttributePath("properties.properties.\(key)")] = .text(segments[index])
  }
  body.fill("properties.properties.sparkVersion", "3.4")
  body.fill("properties.properties.nodeCount", 3)
  body.fill("properties.properties.nodeSize", "Small")
  body.fill("properties.properties.nodeSizeFamily", "MemoryOptimized")
}

extension AttributeValue {
  /// Puts a value where there is none.
  mutating func fill(_ path: AttributePath, _ value: AttributeValue) {
    if self[path] ?? .null == .null { self[path] = value }
  }
}

/// A literal in brackets is split each time, so paths that are used for each target have names.
extension AttributePath {
  static let inner: AttributePath = "properties.properties"
  fileprivate static let clusterPurpose: AttributePath = "properties.properties.clusterPurpose"
  static let identityType: AttributePath = "identity.type"
  static let principalID: AttributePath = "identity.principalId"
  static let tenantID: AttributePath = "identity.tenantId"
  static let userAssignedIdentities: AttributePath = "identity.userAssignedIdentities"
  fileprivate static let leastNodes: AttributePath =
    "properties.properties.scaleSettings.minNodeCount"
  fileprivate static let allocationState: AttributePath = "properties.properties.allocationState"
  fileprivate static let currentNodes: AttributePath = "properties.properties.currentNodeCount"
  fileprivate static let targetNodes: AttributePath = "properties.properties.targetNodeCount"
  fileprivate static let subnetID: AttributePath = "properties.properties.subnet.id"
  static let provisioningState: AttributePath = "properties.provisioningState"
  static let provisioningErrors: AttributePath = "properties.provisioningErrors"
  static let computeType: AttributePath = "properties.computeType"
  static let resourceID: AttributePath = "properties.resourceId"
  static let ownDescription: AttributePath = "properties.description"
  static let computeLocation: AttributePath = "properties.computeLocation"
  static let isAttached: AttributePath = "properties.isAttachedCompute"
  static let createdOn: AttributePath = "properties.createdOn"
  static let modifiedOn: AttributePath = "properties.modifiedOn"
  static let state: AttributePath = "properties.properties.state"
  static let lastOperation: AttributePath = "properties.properties.lastOperation"
  /// When what a deletion left behind is gone; only in an orphan, which nobody is shown.
  static let remainsUntil: AttributePath = "remainsUntil"

  /// True if this path is the other or lies below it.
  func isWithin(_ other: AttributePath) -> Bool { segments.starts(with: other.segments) }
}
