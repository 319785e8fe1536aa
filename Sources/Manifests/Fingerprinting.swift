public import Digests
public import TargetModel

/// Fills in the fingerprints of what the service takes and never tells.
///
/// A fingerprint belongs to one place: workspace, target and field. The same password elsewhere
/// has another.
public func withFingerprints(
  _ targets: [ComputeTarget], by fingerprinter: SecretFingerprinter, in workspace: WorkspaceIdentity
) -> [ComputeTarget] {
  var stretched: [String: SecretFingerprinter.StretchedSecret] = [:]
  return targets.map { target in
    var target = target
    for (slot, field) in target.kind.fields.enumerated() where field.isWriteOnly {
      guard let value = target.attributes[slot], value != .null else { continue }
      let place = "\(workspace.resourceID)/\(target.address.nameKey)#\(field.path)".lowercased()
      guard case .secret(let secret) = value else {
        target.secretFingerprints[field.path] = fingerprinter.fingerprint(
          ofPublic: value.canonicalJSON, at: place)
        continue
      }
      let text = secret.reveal()
      let key = stretched[text] ?? fingerprinter.stretched(text)
      stretched[text] = key
      target.secretFingerprints[field.path] = fingerprinter.fingerprint(of: key, at: place)
    }
    return target
  }
}
