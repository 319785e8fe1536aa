internal import Digests

extension ComputeTarget {
  /// A digest of what the manifest says, normalised and without secrets: 32 hexadecimal digits.
  ///
  /// It tells later whether the manifest moved since it was last applied.
  public var appliedDigest: String {
    var facts = DigestedFacts()
    facts.add("kind", kind.name.text)
    for (slot, field) in kind.fields.enumerated() where !field.isSecret {
      guard let value = attributes[slot] ?? field.defaultValue, value != .null else { continue }
      facts.add(value, of: field)
    }
    return String(facts.sha256.prefix(32))
  }

  /// The marks that an apply of this target leaves.
  public func marks(of stack: String) -> OwnershipMarks {
    OwnershipMarks(
      stack: stack, applied: appliedDigest, secrets: secretFingerprints,
      onRemove: settings.onRemove, isProtected: settings.protect)
  }
}

/// What a digest is made of: lines of names and what they stand for, put together as bytes.
struct DigestedFacts {
  private var bytes: [UInt8] = []

  /// Adds a fact.
  mutating func add(_ name: String, _ text: String) {
    begin(name)
    bytes += text.utf8
  }

  /// Adds a field's value, in one form whatever its spelling.
  mutating func add(_ value: AttributeValue, of field: Field) {
    begin(field.path.description)
    bytes += field.normalised(value).canonicalJSONBytes
  }

  private mutating func begin(_ name: String) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
    bytes += name.utf8
    bytes.append(UInt8(ascii: "="))
  }

  /// The SHA-256 of all of them, 64 hexadecimal digits.
  var sha256: String { Digests.sha256(bytes) }
}
