internal import TargetModel

/// What the service does with single kinds that no table of fields says, by `computeType`.
struct ServiceBehaviour {
  let computeType: String

  init(computeType: String) {
    self.computeType = computeType.lowercased()
  }

  /// A PUT on an instance answers success and changes nothing (Azure/bicep-types-az issue 2543).
  var ignoresPut: Bool { computeType == "computeinstance" }

  /// A PUT with another size over a living cluster is accepted and keeps the size
  /// (Azure/azure-rest-api-specs issue 18889).
  func keepsSilently(_ wire: AttributePath) -> Bool {
    computeType == "amlcompute" && wire == "properties.properties.vmSize"
  }

  /// TLS and the load balancer of an inference cluster change by PUT, as the SDK v1 does it.
  func updatesInPlace(_ wire: AttributePath) -> Bool {
    guard computeType == "aks" else { return false }
    return ["sslConfiguration", "loadBalancerType", "loadBalancerSubnet", "agentCount"]
      .contains(wire.segments.count > 2 ? wire.segments[2] : "")
  }

  /// What changes by PUT although no manifest names it.
  var alsoUpdates: [AttributePath] {
    computeType == "aks" ? ["properties.properties.sslConfiguration.status"] : []
  }

  /// What a PATCH may carry.
  static let patchable: [AttributePath] = [
    "properties.properties.scaleSettings.minNodeCount",
    "properties.properties.scaleSettings.maxNodeCount",
    "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown", "identity",
  ]

  /// What the service sets by itself once a target is ready.
  static func fillIn(_ body: inout AttributeValue) {
    switch body[.computeType]?.text?.lowercased() {
    case "amlcompute":
      let least = body["properties.properties.scaleSettings.minNodeCount"] ?? 0
      body["properties.properties.allocationState"] = "Steady"
      body["properties.properties.currentNodeCount"] = least
      body["properties.properties.targetNodeCount"] = least
      if body["properties.properties.remoteLoginPortPublicAccess"] == "NotSpecified" {
        let isPrivate = body["properties.properties.subnet.id"] != nil
        body["properties.properties.remoteLoginPortPublicAccess"] =
          isPrivate ? "Disabled" : "Enabled"
      }
    case "computeinstance":
      body[.state] = "Running"
      body["properties.properties.lastOperation"] = [
        "operationName": "Create", "operationStatus": "Succeeded", "operationTrigger": "User",
      ]
    case "synapsespark":
      body["properties.properties.sparkVersion"] = "3.4"
      body["properties.properties.nodeCount"] = 3
      body["properties.properties.nodeSize"] = "Small"
      body["properties.properties.nodeSizeFamily"] = "MemoryOptimized"
    case "aks":
      body["properties.properties.agentCount"] = 3
      body["properties.properties.agentVmSize"] = "Standard_D3_v2"
    case "box":
      // The invented kind of our own tests that can be switched off.
      body[.state] = "Running"
    default: break
    }
  }
}
