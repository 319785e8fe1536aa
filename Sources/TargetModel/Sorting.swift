extension Array {
  /// The elements by a key that is made once for each; where keys are equal, as they were.
  ///
  /// Elements are often large and their keys are put together, and most lists are in order already.
  @inlinable
  package func sorted<Key: Comparable>(byKey key: (Element) -> Key) -> [Element] {
    var keys = indices.map { (key: key(self[$0]), index: $0) }
    if zip(keys, keys.dropFirst()).allSatisfy({ $0.key <= $1.key }) { return self }
    keys.sort { $0.key < $1.key }
    return keys.map { self[$0.index] }
  }

  /// The first index of a sorted array whose element does not come before something.
  @inlinable
  package func firstIndexSorted(_ comesBefore: (Element) -> Bool) -> Int {
    var range = indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        comesBefore(self[middle])
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
