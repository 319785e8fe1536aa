internal import Digests

extension ObservedTarget {
  /// A fingerprint of everything a plan relies on: if it moved, what was planned may not fit any
  /// more.
  ///
  /// What only the service sets may move by itself and is left out. 64 hexadecimal digits.
  public func fingerprint(in catalog: KindCatalog) -> String {
    var lines = [
      "name=\(name.lowercased())", "kind=\(kind)", "state=\(state.text.lowercased())",
      "attached=\(isAttached)",
      "resource=\(resource.map { $0.key + "#" + ($0.share ?? "") } ?? "")",
      "power=\(power?.rawValue ?? "")",
    ]
    for (key, value) in MarkTags.tags(for: marks).sorted(by: { $0.key < $1.key }) {
      lines.append("\(key)=\(value)")
    }
    // The service's word for a kind we do not know may be another kind's name in manifests.
    let fields = isKnownKind ? catalog[kind]?.fields ?? [] : []
    for (slot, field) in fields.enumerated() where field.setBy == .user {
      if let value = attributes[slot] {
        lines.append("\(field.path)=\(field.normalised(value).canonicalJSON)")
      }
    }
    return sha256(lines.joined(separator: "\n"))
  }
}
