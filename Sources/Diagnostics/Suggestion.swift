/// The candidate that was most likely meant, or nil if none is near.
///
/// Near means at most a third of the letters wrong, and at most three; case does not count.
/// Swapped neighbours are one mistake: `vmSise` and `vmSzie` are both near `vmSize`.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let typed = Array(word.lowercased().unicodeScalars.prefix(64))
  let limit = min(3, max(1, typed.count / 3))
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars.prefix(64))
    guard abs(other.count - typed.count) <= limit else { continue }
    let distance = editDistance(typed, other)
    guard distance <= limit else { continue }
    if let found = best, (found.distance, found.candidate) <= (distance, candidate) { continue }
    best = (candidate, distance)
  }
  return best?.candidate
}

/// The least number of insertions, deletions, substitutions and swaps of neighbours.
private func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
  if first.isEmpty || second.isEmpty { return max(first.count, second.count) }
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for row in 1...first.count {
    var current = [row]
    current.reserveCapacity(second.count + 1)
    for column in 1...second.count {
      let substitution = first[row - 1] == second[column - 1] ? 0 : 1
      var distance = min(
        last[column] + 1, current[column - 1] + 1, last[column - 1] + substitution)
      if row > 1, column > 1, first[row - 1] == second[column - 2],
        first[row - 2] == second[column - 1]
      {
        distance = min(distance, beforeLast[column - 2] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[second.count]
}
