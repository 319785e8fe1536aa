extension ObservedTarget {
  /// A fingerprint of everything a plan relies on: if it moved, what was planned may not fit any
  /// more.
  ///
  /// What only the service sets may move by itself and is left out. 64 hexadecimal digits.
  public func fingerprint(in catalog: KindCatalog) -> String {
    var facts = DigestedFacts()
    facts.add("name", name.lowercased())
    facts.add("kind", kind.text)
    facts.add("state", state.text.lowercased())
    facts.add("attached", isAttached ? "true" : "false")
    facts.add("resource", resource.map { $0.key + "#" + ($0.share ?? "") } ?? "")
    facts.add("power", power?.rawValue ?? "")
    for (key, value) in MarkTags.tags(for: marks).sorted(by: { $0.key < $1.key }) {
      facts.add(key, value)
    }
    // The service's word for a kind we do not know may be another kind's name in manifests.
    let fields = isKnownKind ? catalog[kind]?.fields ?? [] : []
    for (slot, field) in fields.enumerated() where field.setBy == .user {
      if let value = attributes[slot] { facts.add(value, of: field) }
    }
    return facts.sha256
  }
}
