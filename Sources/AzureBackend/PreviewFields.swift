internal import BackendInterface
internal import ComputeService
internal import TargetModel

/// Keeps fields that only preview versions of the interface have out of requests to a stable one.
///
/// `checkPreviewFields` tells documents that ask for them long before; this is the last door.
struct PreviewFields {
  let catalog: KindCatalog
  let apiVersion: String

  /// A request as the version can say it: what is the default anyway is left out.
  ///
  /// - Throws: if it asks for something else, before anything was sent.
  func sayable(_ request: ServiceRequest) throws(BackendFailure) -> ServiceRequest {
    guard case .put(let name, var body) = request, !apiVersion.hasSuffix("-preview"),
      let type = body["properties.computeType"]?.text,
      let kind = catalog.kind(computeType: type)
    else { return request }
    for field in kind.fields where field.isPreviewOnly {
      guard let wire = field.wire, let value = body[wire] else { continue }
      let isDefault = value == .null || field.defaultValue.map(field.encode) == value
      guard isDefault else { throw .previewOnly(field, apiVersion) }
      body[wire] = nil
    }
    return .put(name: name, body: body)
  }
}

extension BackendFailure {
  fileprivate static func previewOnly(_ field: Field, _ version: String) -> BackendFailure {
    BackendFailure(
      .invalid, code: "PreviewOnly",
      message: "'\(field.path)' is no part of version \(version) of the service's interface, which "
        + "would drop it without a word.",
      advice: "Set 'backend.api_version' to a preview that has it, such as 2026-05-15-preview, or "
        + "take the field out.")
  }
}
