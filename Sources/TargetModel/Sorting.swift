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
}
