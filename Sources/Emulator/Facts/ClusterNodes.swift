internal import Digests
internal import TargetModel

/// The nodes of a cluster: as many as it says it has.
enum ClusterNodes {
  /// - Parameter typed: true where the version says of what type of compute they are.
  static func list(of body: AttributeValue, typed: Bool) -> AttributeValue {
    let inner = body[AttributePath("properties.properties")] ?? .map([:])
    let count = min(max(0, inner["currentNodeCount"]?.integer ?? 0), 1_000)
    let stem = String(sha256(body["id"]?.text ?? "").prefix(10))
    let isPublic = inner["enableNodePublicIp"]?.bool ?? true
    var list: AttributeValue = [
      "nodes": .list(
        (0..<count).map { index in
          var node: AttributeValue = [
            "nodeId": .text("tvmps_\(stem)_\(index + 1)_d"),
            "privateIpAddress": .text("10.0.\(index / 250).\(index % 250 + 4)"),
            "port": .integer(50_000 + index), "nodeState": "idle",
          ]
          // 203.0.113.0/24 is for documentation: nobody is there.
          if isPublic { node["publicIpAddress"] = .text("203.0.113.\(index % 250 + 1)") }
          return node
        })
    ]
    if typed { list["computeType"] = "AmlCompute" }
    return list
  }
}
