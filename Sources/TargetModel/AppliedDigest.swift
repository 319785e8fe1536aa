internal import Digests

extension ComputeTarget {
  /// A digest of what the manifest says, normalised and without secrets: 32 hexadecimal digits.
  ///
  /// It tells later whether the manifest moved since it was last applied.
  public var appliedDigest: String {
    var lines: [String] = ["kind=\(kind.name)"]
    for (slot, field) in kind.fields.enumerated() where !field.isSecret {
      guard let value = attributes[slot] ?? field.defaultValue, value != .null else { continue }
      lines.append("\(field.path)=\(field.normalised(value).canonicalJSON)")
    }
    return String(sha256(lines.joined(separator: "\n")).prefix(32))
  }

  /// The marks that an apply of this target leaves.
  public func marks(of stack: String) -> OwnershipMarks {
    OwnershipMarks(
      stack: stack, applied: appliedDigest, secrets: secretFingerprints,
      onRemove: settings.onRemove, isProtected: settings.protect)
  }
}
