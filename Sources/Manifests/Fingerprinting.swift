public import Digests
public import TargetModel

/// Fills in the fingerprints of what the service takes and never tells.
///
/// A fingerprint belongs to one place: workspace, target and field. The same password elsewhere
/// has another.
public func withFingerprints(
  _ targets: [ComputeTarget], by fingerprinter: SecretFingerprinter, in workspace: WorkspaceIdentity
) -> [ComputeTarget] {
  targets.map { target in
    var target = target
    for (slot, field) in target.kind.fields.enumerated() where field.isWriteOnly {
      guard let value = target.attributes[slot], value != .null else { continue }
      let text =
        if case .secret(let secret) = value { secret.reveal() } else { value.canonicalJSON }
      let place = "\(workspace.resourceID)/\(target.address.nameKey)#\(field.path)".lowercased()
      target.secretFingerprints[field.path] = fingerprinter.fingerprint(of: text, at: place)
    }
    return target
  }
}
