package import Diagnostics
package import TargetModel

/// Refuses what the stack's version of the service's interface would drop without a word
/// (`Field.isPreviewOnly`).
///
/// - Parameter apiVersion: the version, such as `2025-12-01`; previews end with `-preview`.
package func checkPreviewFields(
  of target: ComputeTarget, apiVersion: String, reporting findings: inout DiagnosticList
) {
  guard !apiVersion.hasSuffix("-preview") else { return }
  for (slot, field) in target.kind.fields.enumerated() where field.isPreviewOnly {
    guard let value = target.attributes[slot], !field.isDefault(value) else { continue }
    findings.append(.previewOnlyField(field.path, of: target, apiVersion))
  }
}

extension Rule {
  /// A field that the stack's version of the service's interface does not have.
  package static let previewOnlyField = Rule("preview-only-field")
}

extension Diagnostic {
  fileprivate static func previewOnlyField(
    _ path: AttributePath, of target: ComputeTarget, _ apiVersion: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .previewOnlyField, "Field of preview versions alone",
      detail: """
        Version \(apiVersion) of the service's interface has no '\(path)': it would drop it without \
        a word. Set 'backend.api_version' in berth.yaml to a preview that has it, such as \
        2026-05-15-preview, or take the line out.
        """,
      address: target.address.description, at: target.location(of: path))
  }
}
