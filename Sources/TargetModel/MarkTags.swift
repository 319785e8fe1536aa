/// The tags in which the service keeps Berth's marks, beside the user's own.
public enum MarkTags {
  static let stack = "berth-stack"
  static let applied = "berth-applied"
  static let secrets = "berth-secrets"
  static let onRemove = "berth-on-remove"
  static let protect = "berth-protect"

  private static let all = NameTable([stack, applied, secrets, onRemove, protect].sorted())

  /// The names of all marks, sorted.
  package static var names: [String] { all.names }

  /// True for a tag that is Berth's and never part of the user's own.
  public static func isMark(_ tag: String) -> Bool {
    // Nearly all tags are told by their first letter.
    tag.utf8.first.map { $0 | 0x20 == UInt8(ascii: "b") } ?? false
      && all[tag.inLowerCase] != nil
  }

  /// The marks as tags.
  public static func tags(for marks: OwnershipMarks) -> [String: String] {
    var tags: [String: String] = [:]
    tags[stack] = marks.stack
    tags[applied] = marks.applied
    if !marks.secrets.isEmpty {
      tags[secrets] = marks.secrets.sorted { $0.key < $1.key }
        .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
    tags[onRemove] = marks.onRemove?.rawValue
    if marks.isProtected { tags[protect] = "true" }
    return tags
  }

  /// The marks that tags hold.
  ///
  /// Tags are written by anybody: what can't be read counts as absent. A claim to own the target
  /// is one only beside the digest of what was applied, as Berth writes the two: whoever types the
  /// name of a stack into a tag gives nothing into its hands.
  public static func marks(in tags: AttributeMap) -> OwnershipMarks {
    // Of two spellings of a key the last in order counts, which is the one that Berth writes.
    var marks: [(key: String, text: String)] = []
    for (key, value) in tags where isMark(key) {
      if let text = value.text { marks.append((key.inLowerCase, text)) }
    }
    if marks.isEmpty { return OwnershipMarks() }
    func mark(_ key: String) -> String? { marks.last { $0.key == key }?.text }
    var fingerprints: [AttributePath: String] = [:]
    for entry in mark(secrets)?.split(separator: " ") ?? [] {
      let parts = entry.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fingerprints[AttributePath(String(parts[0]))] = String(parts[1]) }
    }
    let digest = mark(applied).flatMap { isDigest($0) ? $0 : nil }
    return OwnershipMarks(
      stack: digest == nil ? nil : mark(stack), applied: digest, secrets: fingerprints,
      onRemove: mark(onRemove).flatMap(RemovalPolicy.init), isProtected: mark(protect) == "true")
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 32
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }
}
