internal import Digests

extension ObservedTarget {
  /// A fingerprint of everything a plan relies on: if it moved, what was planned may not fit any
  /// more. 64 hexadecimal digits.
  public var fingerprint: String {
    var lines = [
      "name=\(name.lowercased())", "kind=\(kind)", "state=\(state.text.lowercased())",
      "attached=\(isAttached)", "resource=\(resource.map { $0.key + "#" + ($0.share ?? "") } ?? "")",
      "power=\(power?.rawValue ?? "")",
    ]
    for (key, value) in MarkTags.tags(for: marks).sorted(by: { $0.key < $1.key }) {
      lines.append("\(key)=\(value)")
    }
    for slot in attributes.indices {
      if let value = attributes[slot] { lines.append("\(slot)=\(value.canonicalJSON)") }
    }
    return sha256(lines.joined(separator: "\n"))
  }
}
