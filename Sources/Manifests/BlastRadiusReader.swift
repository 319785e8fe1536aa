internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Reads `blast_radius` of `berth.yaml`: how much one plan may take away.
///
/// What is not understood is refused and never taken for "no limit".
struct BlastRadiusReader {
  /// What is wrong: the key, what it must be, and what is there.
  private(set) var problems: [(path: String, expected: String, node: YAMLNode)] = []
  /// Keys that mean nothing.
  private(set) var unknownKeys: [(key: YAMLNode, known: [String], place: String)] = []
  /// Where each kind that has limits is named.
  private(set) var kindPlaces: [KindName: SourceLocation] = [:]

  mutating func read(_ node: YAMLNode) -> BlastRadius {
    var radius = BlastRadius()
    guard isMapping(node, "blast_radius") else { return radius }
    check(node, known: ["above", "kinds", "reattachments", "removals"], "blast_radius")
    radius.limits = limits(in: node, "blast_radius", else: radius.limits)
    if let above = node["above"] {
      radius.above = count(above, "blast_radius.above") ?? radius.above
    }
    if let kinds = node["kinds"], isMapping(kinds, "blast_radius.kinds") {
      for (key, value) in kinds.entries {
        let path = "blast_radius.kinds.\(key.text)"
        guard isMapping(value, path) else { continue }
        check(value, known: ["reattachments", "removals"], path)
        let kind = KindName(key.text.lowercased())
        kindPlaces[kind] = key.location
        radius.byKind[kind] = limits(in: value, path, else: .init())
      }
    }
    return radius
  }

  private mutating func limits(
    in node: YAMLNode, _ path: String, else standard: BlastRadius.Limits
  ) -> BlastRadius.Limits {
    BlastRadius.Limits(
      removals: limit("removals", in: node, path, else: standard.removals),
      reattachments: limit("reattachments", in: node, path, else: standard.reattachments))
  }

  /// A limit says all there is: `count: 5` alone takes the percentage away.
  private mutating func limit(
    _ key: String, in node: YAMLNode, _ path: String, else standard: BlastRadius.Limit
  ) -> BlastRadius.Limit {
    guard let value = node[key] else { return standard }
    let path = "\(path).\(key)"
    guard isMapping(value, path) else { return standard }
    check(value, known: ["count", "percent"], path)
    var limit = BlastRadius.Limit()
    if let count = value["count"] { limit.count = self.count(count, path + ".count") }
    if let percent = value["percent"] {
      if case .integer(let number) = percent.scalar, (0...100).contains(number) {
        limit.percent = number
      } else {
        problems.append((path + ".percent", "a whole number from 0 to 100", percent))
      }
    }
    return limit
  }

  private mutating func count(_ node: YAMLNode, _ path: String) -> Int? {
    if case .integer(let number) = node.scalar, (0...1_000_000).contains(number) { return number }
    problems.append((path, "a whole number from 0 to 1000000", node))
    return nil
  }

  private mutating func isMapping(_ node: YAMLNode, _ path: String) -> Bool {
    if node.kind == .mapping { return true }
    problems.append((path, "a mapping", node))
    return false
  }

  private mutating func check(_ node: YAMLNode, known: [String], _ place: String) {
    for (key, _) in node.entries where !known.contains(key.text) {
      unknownKeys.append((key, known, place))
    }
  }
}
