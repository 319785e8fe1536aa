internal import TargetModel

/// A part of a body that not every version of the interface has.
struct VersionedPart {
  let path: AttributePath
  /// The one type of compute that is meant; nil for every body with such a part.
  var computeType: String?
  /// From when on a client may send it: in stable versions (nil: in none) and in previews.
  let sent: (stable: String?, preview: String)
  /// From when on it is shown.
  let shown: (stable: String?, preview: String)

  private init(_ path: String, _ stable: String?, _ preview: String) {
    self.path = AttributePath(path)
    sent = (stable, preview)
    shown = (stable, preview)
  }

  private init(
    _ path: String, sent: (stable: String?, preview: String),
    shown: (stable: String?, preview: String)
  ) {
    self.path = AttributePath(path)
    self.sent = sent
    self.shown = shown
  }

  /// A part that is shown from a version on.
  ///
  /// What a client sends of it is always taken, since the older SDK sends such parts in a version
  /// that no document describes.
  private init(_ path: String, of computeType: String? = nil, shownFrom version: String) {
    self.init(path, sent: ("", ""), shown: (version, version))
    self.computeType = computeType
  }

  /// A compute's: the table of api.md section 2, and what the published documents add to it; what
  /// neither tells of previews is taken from the first client that sends it.
  static let computes: [VersionedPart] = [
    VersionedPart("systemData", shownFrom: "2021-04-01"),
    VersionedPart("sku", shownFrom: "2020-08-01"),
    VersionedPart("properties.isAttachedCompute", shownFrom: "2018-11-19"),
    VersionedPart("properties.disableLocalAuth", "2021-04-01", "2021-04-01"),
    VersionedPart("properties.properties.osType", shownFrom: "2020-08-01"),
    VersionedPart("properties.properties.remoteLoginPortPublicAccess", shownFrom: "2020-08-01"),
    VersionedPart(
      "properties.properties.enableNodePublicIp", of: "AmlCompute", shownFrom: "2021-04-01"),
    VersionedPart(
      "properties.properties.enableNodePublicIp", of: "ComputeInstance", shownFrom: "2022-05-01"),
    VersionedPart("properties.properties.isolatedNetwork", shownFrom: "2021-04-01"),
    VersionedPart("properties.properties.virtualMachineImage", shownFrom: "2021-04-01"),
    VersionedPart("properties.properties.setupScripts", shownFrom: "2021-04-01"),
    VersionedPart("properties.properties.lastOperation.operationTrigger", shownFrom: "2022-05-01"),
    VersionedPart("properties.properties.clusterPurpose", shownFrom: "2021-04-01"),
    VersionedPart("properties.properties.loadBalancerType", shownFrom: "2021-04-01"),
    VersionedPart("properties.properties.loadBalancerSubnet", shownFrom: "2021-04-01"),
    VersionedPart("properties.properties.workspaceUrl", shownFrom: "2021-04-01"),
    VersionedPart(
      "properties.properties.schedules", sent: ("2024-10-01", "2022-10-01"),
      shown: ("2022-05-01", "2021-03-01")),
    VersionedPart("properties.properties.customServices", "2024-10-01", "2022-06-01"),
    VersionedPart("properties.properties.osImageMetadata", "2024-10-01", "2022-06-01"),
    VersionedPart("properties.properties.idleTimeBeforeShutdown", "2025-12-01", "2022-06-01"),
    VersionedPart("properties.properties.enableSSO", "2025-12-01", "2023-08-01"),
    VersionedPart("properties.properties.enableRootAccess", nil, "2023-08-01"),
    VersionedPart("properties.properties.releaseQuotaOnStop", nil, "2023-08-01"),
    VersionedPart("properties.properties.enableOSPatching", nil, "2023-08-01"),
    VersionedPart("properties.properties.autologgerSettings", nil, "2023-08-01"),
  ]

  /// A region's: sizes, usages and quotas.
  static let regions: [VersionedPart] = [
    VersionedPart("gpus", shownFrom: "2020-08-01"),
    VersionedPart("estimatedVMPrices", shownFrom: "2020-08-01"),
    VersionedPart("supportedComputeTypes", shownFrom: "2020-08-01"),
    VersionedPart("id", shownFrom: "2020-08-01"),
    VersionedPart("type", shownFrom: "2020-08-01"),
    VersionedPart("amlWorkspaceLocation", shownFrom: "2021-04-01"),
  ]

  /// A workspace's.
  static let workspaces: [VersionedPart] = [
    VersionedPart("sku", shownFrom: "2020-08-01"),
    VersionedPart("kind", shownFrom: "2022-10-01"),
    VersionedPart("properties.hbiWorkspace", shownFrom: "2020-08-01"),
    VersionedPart("properties.mlFlowTrackingUri", shownFrom: "2022-05-01"),
    VersionedPart("properties.publicNetworkAccess", shownFrom: "2022-05-01"),
  ]
}

extension APIVersion {
  /// What the service takes of a body that a client sends in this version.
  func taken(_ body: AttributeValue) -> AttributeValue {
    var taken = without(
      body,
      VersionedPart.computes.filter {
        !has(stableFrom: $0.sent.stable, previewFrom: $0.sent.preview)
      })
    if !takesComputeLocation { taken["properties.computeLocation" as AttributePath] = nil }
    return taken
  }

  /// What the service shows of a body in this version.
  ///
  /// In the version of the older SDK, which no document describes, everything is shown: what that
  /// SDK reads is known from itself (api.md section 18).
  func shown(
    _ body: AttributeValue, of parts: [VersionedPart] = VersionedPart.computes
  ) -> AttributeValue {
    without(
      body,
      parts.filter { part in
        !has(stableFrom: part.shown.stable, previewFrom: part.shown.preview)
          && !(isOfOlderSDK && part.sent.stable == "")
      })
  }

  private func without(_ body: AttributeValue, _ parts: [VersionedPart]) -> AttributeValue {
    var kept = body
    let computeType = body[AttributePath("properties.computeType")]?.text?.lowercased()
    for part in parts where part.computeType.map({ $0.lowercased() == computeType }) ?? true {
      if kept[part.path] != nil { kept[part.path] = nil }
    }
    return kept
  }

  /// A PATCH in today's form.
  func patch(_ body: AttributeValue) -> AttributeValue {
    let outer: AttributePath = "properties.scaleSettings"
    let inner: AttributePath = "properties.properties.scaleSettings"
    var patch = body
    if patchesOuterProperties, let settings = body[outer], body[inner] == nil {
      patch[inner] = settings
    }
    patch[outer] = nil
    return patch
  }
}
