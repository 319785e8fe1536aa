internal import TargetModel

/// The secrets that clients sent, for `listKeys`; in memory only.
///
/// Neither a list nor a file ever has them: the service shows them to none but who asks for keys.
struct KeptSecrets {
  private var byCompute = RecentMemory<AttributeValue>(count: 20_000, size: 16 << 20)

  /// Below `properties.properties`, by `computeType`.
  private static let paths: [String: [String]] = [
    "virtualmachine": ["administratorAccount"], "hdinsight": ["administratorAccount"],
    "databricks": ["databricksAccessToken"],
  ]

  mutating func keep(_ body: AttributeValue, of name: String, in workspace: WorkspacePath) {
    guard let type = body[AttributePath("properties.computeType")]?.text?.lowercased(),
      let keys = Self.paths[type]
    else { return }
    var secrets = AttributeValue.map([:])
    for key in keys {
      let value = body[AttributePath(["properties", "properties", key])]
      if let value, value != .null { secrets[AttributePath([key])] = value }
    }
    guard secrets != .map([:]) else { return }
    byCompute.keep(secrets, of: secrets.approximateSize, as: key(name, workspace))
  }

  mutating func forget(_ name: String, in workspace: WorkspacePath) {
    byCompute.forget(key(name, workspace))
  }

  private func key(_ name: String, _ workspace: WorkspacePath) -> String {
    "\(workspace.key)/\(name.lowercased())"
  }

  /// The answer of `listKeys`.
  ///
  /// Of a compute that was made before the emulator began, the secrets are not known and null.
  func keys(
    of body: AttributeValue, in workspace: WorkspacePath
  ) throws(ServiceError) -> AttributeValue {
    let name = body["name"]?.text ?? ""
    let type = body[AttributePath("properties.computeType")]?.text ?? ""
    if type.lowercased() == "aks" {
      return [
        "computeType": .text(type), "userKubeConfig": .text(kubeConfig(name, user: "clusterUser")),
        "adminKubeConfig": .text(kubeConfig(name, user: "clusterAdmin")),
        "imagePullSecretName": "azuremlcr",
      ]
    }
    guard let keys = Self.paths[type.lowercased()] else {
      throw ServiceError(
        400, "BadRequest", "'listKeys' is not supported for a compute of type '\(type)'.")
    }
    let kept = byCompute[key(name, workspace)]
    var answer: AttributeValue = ["computeType": .text(type)]
    for key in keys { answer[AttributePath([key])] = kept?[key: key] ?? .null }
    return answer
  }

  private func kubeConfig(_ name: String, user: String) -> String {
    """
    apiVersion: v1
    kind: Config
    clusters:
    - name: \(name)
      cluster: {server: "https://\(name.lowercased()).emulator.invalid:443"}
    users:
    - name: \(user)
      user: {token: emulated}
    contexts:
    - name: \(name)
      context: {cluster: \(name), user: \(user)}
    current-context: \(name)

    """
  }
}
