internal import Diagnostics

// Keys that differ, and merge keys carried out.
extension DocumentBuilder {
  /// A mapping's children, of those that are pending, once keys are known to be unique and merge keys
  /// are expanded.
  func settled(
    _ pairs: Range<Int>, reporting findings: inout DiagnosticList
  ) throws(Refusal) -> [Int32] {
    var seen = KeyIndex(count: pairs.count / 2)
    var merge: (key: Int32, value: Int32)?
    var result: [Int32] = []
    result.reserveCapacity(pairs.count)
    for index in stride(from: pairs.lowerBound, to: pairs.upperBound - 1, by: 2) {
      let pair = (key: pending[index], value: pending[index + 1])
      let record = nodes[Int(pair.key)]
      guard record.kind == .scalar else { continue }
      let key = texts.text(of: record)
      let isMerge = key == "<<" && record.reading == .plain
      if let first = isMerge ? merge?.key : seen[key] {
        try checkRoom(in: findings, at: nodes[Int(pair.key)].start)
        findings.append(.duplicateKey(key, location(Int(pair.key)), first: location(Int(first))))
      } else if isMerge {
        merge = pair
      } else {
        seen.add(key, pair.key)
        result.append(pair.key)
        result.append(pair.value)
      }
    }
    if let merge { try mergeEntries(of: Int(merge.value), &seen, &result, reporting: &findings) }
    return result
  }

  /// True for so few keys that looking at each pair of them is quickest, if all differ and none is a
  /// merge key.
  func areFewAndDiffer(_ pairs: Range<Int>) -> Bool {
    guard pairs.count <= 32, pairs.count.isMultiple(of: 2) else { return false }
    // A bit for the look of each key so far: most keys look like no other.
    var looks: UInt64 = 0
    for index in stride(from: pairs.lowerBound, to: pairs.upperBound, by: 2) {
      let record = nodes[Int(pending[index])]
      guard record.kind == .scalar, !texts.isMergeKey(record) else { return false }
      let look = texts.look(of: record)
      let isNew = looks & look == 0
      looks |= look
      if isNew { continue }
      for other in stride(from: pairs.lowerBound, to: index, by: 2)
      where texts.areSame(nodes[Int(pending[other])], record) {
        return false
      }
    }
    return true
  }

  /// Adds the entries of a merged mapping, or of a list of them, that are not there yet.
  private func mergeEntries(
    of node: Int, _ seen: inout KeyIndex, _ result: inout [Int32],
    reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    let sources: [Int] =
      if nodes[node].kind == .sequence {
        children[nodes[node].children].map { Int($0) }
      } else {
        [node]
      }
    for source in sources {
      guard nodes[source].kind == .mapping else {
        try checkRoom(in: findings, at: nodes[source].start)
        findings.append(.badMerge(location(source)))
        continue
      }
      for index in nodes[source].keys {
        let record = nodes[Int(children[index])]
        guard record.kind == .scalar else { continue }
        let key = texts.text(of: record)
        guard seen[key] == nil else { continue }
        seen.add(key, children[index])
        result += children[index...(index + 1)]
      }
    }
  }
}

/// The keys of a mapping that were met, with their nodes.
///
/// Most mappings have a few keys, which are found faster by looking at each than by hashing.
struct KeyIndex {
  private var few: [(key: String, node: Int32)] = []
  private var many: [String: Int32] = [:]

  private static let most = 16

  init(count: Int) {
    few.reserveCapacity(min(count, Self.most))
  }

  subscript(key: String) -> Int32? {
    many.isEmpty ? few.first { $0.key == key }?.node : many[key]
  }

  /// Adds a key that is not there yet.
  mutating func add(_ key: String, _ node: Int32) {
    if many.isEmpty, few.count < Self.most {
      few.append((key, node))
      return
    }
    for entry in few { many[entry.key] = entry.node }
    few = []
    many[key] = node
  }
}
