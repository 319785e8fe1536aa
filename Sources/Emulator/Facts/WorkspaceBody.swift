internal import Digests
internal import TargetModel

/// What the service tells of a workspace.
enum WorkspaceBody {
  static func json(of workspace: WorkspaceIdentity, origin: String) -> AttributeValue {
    let group =
      "/subscriptions/\(workspace.subscriptionID)/resourceGroups/\(workspace.resourceGroup)"
    let stem = String(sha256(workspace.resourceID.lowercased()).prefix(10))
    let plain = workspace.name.lowercased().filter { $0.isLetter || $0.isNumber }
    return [
      "id": .text(workspace.resourceID), "name": .text(workspace.name),
      "type": "Microsoft.MachineLearningServices/workspaces",
      "location": .text(workspace.location), "tags": .map([:]), "kind": "Default",
      "sku": ["name": "Basic", "tier": "Basic"],
      "identity": [
        "type": "SystemAssigned",
        "principalId": .text(GUID.text(of: workspace.resourceID.lowercased() + "/principal")),
        "tenantId": .text(TokenIssuer.tenant),
      ],
      "properties": [
        "workspaceId": .text(GUID.text(of: workspace.resourceID.lowercased())),
        "friendlyName": .text(workspace.name), "description": "", "provisioningState": "Succeeded",
        "hbiWorkspace": false,
        "publicNetworkAccess": "Enabled",
        "discoveryUrl": .text("\(origin)/discovery"),
        "mlFlowTrackingUri": .text(
          "azureml://\(workspace.location).api.azureml.ms/mlflow/v1.0\(workspace.resourceID)"),
        "storageAccount": .text(
          "\(group)/providers/Microsoft.Storage/storageAccounts/\(plain.prefix(14))\(stem)"),
        "keyVault": .text(
          "\(group)/providers/Microsoft.KeyVault/vaults/\(plain.prefix(13))\(stem)"),
        "applicationInsights": .text(
          "\(group)/providers/Microsoft.Insights/components/\(plain.prefix(13))\(stem)"),
      ],
    ]
  }
}

/// Texts that look like ids.
enum GUID {
  /// Always the same for a text.
  static func text(of seed: String) -> String { grouped(String(sha256(seed).prefix(32))) }

  /// One of random bytes.
  static func text(_ bytes: [UInt8]) -> String {
    grouped(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  private static func grouped(_ digits: String) -> String {
    var groups: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }
}
