internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import TargetModel

/// Finds the kind that a command line names.
///
/// - Parameter besides: other words that could have been meant.
func knownKind(
  _ word: String, besides: [String] = [], reporting findings: inout DiagnosticList
) -> KindDescriptor? {
  if let kind = KindCatalog.azureML[KindName(word)] { return kind }
  let refused = refusedKind(word, { _ in nil }, at: SourceLocation(startOf: word))
  let known = KindCatalog.azureML.kinds.map(\.name.text)
  findings.append(
    .unknownName(
      "There is no kind '\(word)'.", meant: nearest(to: word, among: known + besides),
      advice: kindAdvice(for: word) ?? refused?.detail, known: known + besides))
  return nil
}

extension KindCatalog {
  /// The schemas of the kinds that this program knows.
  static var schemas: ManifestSchemas {
    ManifestSchemas(.azureML, namePattern: namePattern(of:))
  }
}

extension Rule {
  /// A command names a kind or a field that there is.
  static let unknownName = Rule("unknown-name")
}

extension Diagnostic {
  static func unknownName(
    _ what: String, meant: String?, advice: String? = nil, known: [String]
  ) -> Diagnostic {
    Diagnostic(
      .error, .unknownName, "Name is not known",
      detail: what + " "
        + (advice ?? meant.map { "Did you mean \"\($0)\"?" }
          ?? "It is one of \(known.map { "'\($0)'" }.joined(separator: ", "))."))
  }
}
