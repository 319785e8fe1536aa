/// The tags in which the service keeps Berth's marks, beside the user's own.
public enum MarkTags {
  static let stack = "berth-stack"
  static let applied = "berth-applied"
  static let secrets = "berth-secrets"
  static let onRemove = "berth-on-remove"
  static let protect = "berth-protect"

  private static let all: Set<String> = [stack, applied, secrets, onRemove, protect]

  /// The names of all marks, sorted.
  package static var names: [String] { all.sorted() }

  /// True for a tag that is Berth's and never part of the user's own.
  public static func isMark(_ tag: String) -> Bool { all.contains(tag.lowercased()) }

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
  /// Tags are written by anybody: what can't be read counts as absent.
  public static func marks(in tags: [String: String]) -> OwnershipMarks {
    // Of two spellings of a key the last in order counts, which is the one that Berth writes.
    let marks = Dictionary(
      tags.sorted { $0.key < $1.key }.map { ($0.key.lowercased(), $0.value) },
      uniquingKeysWith: { _, last in last })
    var fingerprints: [AttributePath: String] = [:]
    for entry in (marks[secrets] ?? "").split(separator: " ") {
      let parts = entry.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fingerprints[AttributePath(String(parts[0]))] = String(parts[1]) }
    }
    return OwnershipMarks(
      stack: marks[stack], applied: marks[applied], secrets: fingerprints,
      onRemove: marks[onRemove].flatMap(RemovalPolicy.init), isProtected: marks[protect] == "true")
  }
}
