internal import ComputeKinds
internal import Diagnostics
internal import ManifestSyntax
internal import Manifests
internal import TargetModel

extension FuzzTarget {
  /// What the service answers: a target in it can be looked at, remembered and imported.
  static let answer = FuzzTarget(name: "answer") { bytes throws(BrokenLaw) in
    guard let body = try? AttributeValue(json: bytes),
      let target = WireMapping(catalog: .azureML).target(in: body)
    else { return }
    try require("one target has one fingerprint", target.fingerprint(in: .azureML).utf8.count == 64)
    if let kind = KindCatalog.azureML[target.kind] { try checkImport(of: target, kind) }
  }
}

/// What is imported is a document with the target's name.
private func checkImport(of target: ObservedTarget, _ kind: KindDescriptor) throws(BrokenLaw) {
  let text = manifest(of: target, kind: kind, in: Binding.workspace)
  let reading = Reading(Array(text.utf8))
  try require("an import can be read", !reading.findings.hasErrors, text)
  try require("an import is a document", reading.documents.count == 1, text)
  try require(
    "it has the target's name",
    reading.documents.first?.root?["name"].map { isSame($0.text, target.name) } == true, text)
  _ = Binding(Array(text.utf8))
}
