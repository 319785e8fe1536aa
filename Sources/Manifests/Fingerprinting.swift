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
      let place = fingerprintPlace(field.path, of: target.address, in: workspace)
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

/// The fingerprint of a secret as the service keeps it, to compare with the one last applied.
public func fingerprint(
  of secret: SecretText, at path: AttributePath, of address: TargetAddress,
  by fingerprinter: SecretFingerprinter, in workspace: WorkspaceIdentity
) -> String {
  fingerprinter.fingerprint(
    of: fingerprinter.stretched(secret.reveal()),
    at: fingerprintPlace(path, of: address, in: workspace))
}

private func fingerprintPlace(
  _ path: AttributePath, of address: TargetAddress, in workspace: WorkspaceIdentity
) -> String {
  "\(workspace.resourceID)/\(address.nameKey)#\(path)".lowercased()
}
