internal import TargetModel

/// Parts of a compute's body that not every version of the interface has.
struct VersionedPart {
  let path: AttributePath
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

  /// The table of api.md section 2; what it does not tell of previews is taken from the first
  /// client that sends it.
  static let all: [VersionedPart] = [
    VersionedPart("properties.disableLocalAuth", "2021-04-01", "2021-04-01"),
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
}

extension APIVersion {
  /// What the service takes of a body that a client sends in this version.
  func taken(_ body: AttributeValue) -> AttributeValue {
    var taken = without(
      body,
      VersionedPart.all.filter { !has(stableFrom: $0.sent.stable, previewFrom: $0.sent.preview) })
    if !takesComputeLocation { taken["properties.computeLocation" as AttributePath] = nil }
    return taken
  }

  /// What the service shows of a body in this version.
  func shown(_ body: AttributeValue) -> AttributeValue {
    without(
      body,
      VersionedPart.all.filter { !has(stableFrom: $0.shown.stable, previewFrom: $0.shown.preview) })
  }

  private func without(_ body: AttributeValue, _ parts: [VersionedPart]) -> AttributeValue {
    var kept = body
    for part in parts { kept[part.path] = nil }
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
