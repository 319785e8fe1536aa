internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Reads `deadlines` of `berth.yaml`: how long a step may take, by the type of its target.
struct DeadlinesReader {
  /// The key of what counts for all types without a deadline of their own.
  static let standardKey = "default"
  /// Less can't be kept, and more is a mistake in the unit.
  static let range: ClosedRange<Duration> = .seconds(1) ... .seconds(7 * 24 * 3_600)
  /// What a deadline looks like, for people.
  static let form = "a time from 1s to 168h such as '30m' or '1h30m'"

  /// What is wrong: the key, what it must be, and what is there.
  private(set) var problems: [(path: String, expected: String, node: YAMLNode)] = []
  /// Where each type that has a deadline is named.
  private(set) var kindPlaces: [KindName: SourceLocation] = [:]

  mutating func read(_ node: YAMLNode) -> StepDeadlines {
    var deadlines = StepDeadlines()
    guard node.kind == .mapping else {
      problems.append(("deadlines", "a mapping of types to times", node))
      return deadlines
    }
    for (key, value) in node.entries {
      let time = deadline(value, "deadlines.\(key.text)")
      if key.text == Self.standardKey {
        deadlines.standard = time ?? deadlines.standard
      } else {
        let kind = KindName(key.text.lowercased())
        kindPlaces[kind] = key.location
        deadlines.byKind[kind] = time
      }
    }
    return deadlines
  }

  private mutating func deadline(_ node: YAMLNode, _ path: String) -> Duration? {
    if node.kind == .scalar, let time = DurationText.duration(node.text),
      Self.range.contains(time)
    {
      return time
    }
    problems.append((path, Self.form, node))
    return nil
  }
}
