internal import Diagnostics
internal import ManifestSyntax

/// What the documents of a kind say unless they say otherwise.
struct KindDefaults: Hashable, Sendable {
  /// The kind, as written.
  let kind: YAMLNode
  /// A mapping of fields.
  let fields: YAMLNode

  /// Defaults stand in one place of one file.
  static func == (left: KindDefaults, right: KindDefaults) -> Bool {
    left.kind.text == right.kind.text && left.fields.location == right.fields.location
      && left.fields.says(sameAs: right.fields)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(kind.text)
    hasher.combine(fields.location)
  }
}

extension YAMLNode {
  /// True if two nodes say the same, wherever they stand.
  func says(sameAs other: YAMLNode) -> Bool {
    guard kind == other.kind, scalar == other.scalar, text == other.text else { return false }
    let (entries, others) = (entries, other.entries)
    return elements.count == other.elements.count && entries.count == others.count
      && zip(elements, other.elements).allSatisfy { $0.says(sameAs: $1) }
      && zip(entries, others).allSatisfy {
        $0.key.text == $1.key.text && $0.value.says(sameAs: $1.value)
      }
  }

  /// A mapping with the entries of another over it.
  ///
  /// Mappings merge key by key; anything else replaces what stood there, lists too. A `null` takes
  /// away what stood there, and where nothing did, it stays. Each value keeps the place where it was
  /// written.
  ///
  /// - Parameters:
  ///   - merges: counts entries, for a limit.
  func merged(
    under over: YAMLNode, at location: SourceLocation, counting merges: inout Int
  ) -> YAMLNode {
    let (lower, upper) = (entries, over.entries)
    merges += lower.count + upper.count
    if upper.isEmpty { return self }
    if lower.isEmpty { return over }
    var rest: [String: Int] = [:]
    for (index, entry) in upper.enumerated() { rest[entry.key.text] = index }
    var result: [(key: YAMLNode, value: YAMLNode)] = []
    var isUsed = Array(repeating: false, count: upper.count)
    for entry in lower {
      guard let index = rest[entry.key.text] else {
        result.append(entry)
        continue
      }
      isUsed[index] = true
      let winner = upper[index]
      if winner.value.scalar == .null { continue }
      if entry.value.kind == .mapping, winner.value.kind == .mapping {
        let place = location == over.location ? winner.value.location : entry.value.location
        result.append(
          (
            winner.key,
            entry.value.merged(under: winner.value, at: place, counting: &merges)
          ))
      } else {
        result.append(winner)
      }
    }
    result += upper.indices.filter { !isUsed[$0] }.map { upper[$0] }
    return YAMLNode(entries: result, at: location)
  }
}
