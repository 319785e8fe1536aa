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
  public static func isMark(_ tag: String) -> Bool { index(of: tag) != nil }

  /// Where a tag stands among the names; nil if it is the user's own.
  private static func index(of tag: String) -> Int? {
    // Nearly all tags are told by their first letter.
    guard let first = tag.utf8.first, first | 0x20 == UInt8(ascii: "b") else { return nil }
    return all[tag.inLowerCase]
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
    var (owner, digest, entries, policy): (String?, String?, String?, String?)
    var isProtected = false
    for (key, value) in tags {
      guard let index = index(of: key), let text = value.text else { continue }
      switch names[index] {
      case stack: owner = text
      case applied: digest = isDigest(text) ? text : nil
      case secrets: entries = text
      case onRemove: policy = text
      default: isProtected = text == "true"
      }
    }
    var fingerprints: [AttributePath: String] = [:]
    for entry in entries?.split(separator: " ") ?? [] {
      let parts = entry.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fingerprints[AttributePath(String(parts[0]))] = String(parts[1]) }
    }
    return OwnershipMarks(
      stack: digest == nil ? nil : owner, applied: digest, secrets: fingerprints,
      onRemove: policy.flatMap(RemovalPolicy.init), isProtected: isProtected)
  }

  private static func isDigest(_ text: String) -> Bool {
    guard text.utf8.count == 32 else { return false }
    var text = text
    return text.withUTF8 { bytes in
      bytes.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
    }
  }
}
