/// The entries of a map, each key once, in the order of the keys.
///
/// A sorted list: maps have few entries, which are found faster by looking than by hashing, take
/// half the memory, and come in one order wherever they are told.
public struct AttributeMap: Hashable, Sendable {
  private var entries: [Entry]

  private struct Entry: Sendable {
    let key: String
    var value: AttributeValue
  }

  /// True if both say the same.
  ///
  /// Without recursion: maps stand deep inside each other, and stacks may be small.
  public static func == (left: AttributeMap, right: AttributeMap) -> Bool {
    var open: [(AttributeValue, AttributeValue)] = []
    guard left.mayEqual(right, &open) else { return false }
    while let pair = open.popLast() {
      switch pair {
      case (.map(let left), .map(let right)):
        guard left.mayEqual(right, &open) else { return false }
      case (.list(let left), .list(let right)):
        guard left.count == right.count else { return false }
        for index in left.indices { open.append((left[index], right[index])) }
      case (let left, let right):
        guard left == right else { return false }
      }
    }
    return true
  }

  /// True if two maps have the same keys and the same values; the lists and maps among them are left
  /// to be compared.
  private func mayEqual(
    _ other: AttributeMap, _ open: inout [(AttributeValue, AttributeValue)]
  ) -> Bool {
    guard entries.count == other.entries.count else { return false }
    for index in entries.indices {
      guard entries[index].key == other.entries[index].key else { return false }
      switch entries[index].value {
      case .list, .map: open.append((entries[index].value, other.entries[index].value))
      case .null, .bool, .integer, .number, .text, .secret:
        guard entries[index].value == other.entries[index].value else { return false }
      }
    }
    return true
  }

  /// Feeds what makes two maps equal.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(entries.count)
    for index in entries.indices {
      hasher.combine(entries[index].key)
      entries[index].value.hash(into: &hasher)
    }
  }

  /// No entries.
  public init() { entries = [] }

  /// No entries, with room for so many.
  public init(minimumCapacity: Int) {
    entries = []
    entries.reserveCapacity(minimumCapacity)
  }

  /// The entries of a list in which no key occurs twice.
  public init(uniqueKeysWithValues entries: some Sequence<(String, AttributeValue)>) {
    self.init(entries) { _, _ in preconditionFailure("a key occurs twice") }
  }

  /// The entries of a list; of those with one key, what is made of their values.
  public init(
    _ entries: some Sequence<(String, AttributeValue)>,
    uniquingKeysWith combine: (AttributeValue, AttributeValue) throws -> AttributeValue
  ) rethrows {
    self.init(minimumCapacity: entries.underestimatedCount)
    var isSorted = true
    for (key, value) in entries {
      let (index, isThere) = isSorted ? place(of: key) : (self.entries.count, false)
      if isThere {
        self.entries[index].value = try combine(self.entries[index].value, value)
      } else if index == self.entries.count || self.entries.count <= Self.few {
        insert(Entry(key: key, value: value), at: index)
      } else {
        // Many are sorted together: making room in front of each would take too long.
        isSorted = false
        self.entries.append(Entry(key: key, value: value))
      }
    }
    if isSorted { return }
    self.entries.sort { $0.key < $1.key }
    try join(combine)
  }

  /// Among so many entries each is quickest put in its place at once.
  private static let few = 16

  /// The entries of a list; of those with one key, the last.
  package init(lastOf entries: [(String, AttributeValue)]) {
    self.init(entries) { _, last in last }
  }

  /// The entries of a dictionary.
  public init(_ entries: [String: AttributeValue]) {
    self.init(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
  }

  /// Makes one entry of those that have one key, in a list that is sorted.
  private mutating func join(
    _ combine: (AttributeValue, AttributeValue) throws -> AttributeValue
  ) rethrows {
    var joined: [Entry] = []
    joined.reserveCapacity(entries.count)
    for entry in entries {
      if let last = joined.last, last.key == entry.key {
        joined[joined.count - 1].value = try combine(last.value, entry.value)
      } else {
        joined.append(entry)
      }
    }
    entries = joined
  }

  private mutating func insert(_ entry: Entry, at index: Int) {
    // Mostly it is the last one, and inserting there takes ten times as long as appending.
    if index == entries.count { entries.append(entry) } else { entries.insert(entry, at: index) }
  }

  /// Where a key is, or where it would be.
  private func place(of key: String) -> (index: Int, isThere: Bool) {
    // Entries mostly come in their order.
    guard let last = entries.last, key <= last.key else { return (entries.count, false) }
    let index = entries.firstIndexSorted { $0.key < key }
    return (index, entries[index].key == key)
  }

  /// Where a key is; nil if it is not there.
  private func index(of key: String) -> Int? {
    // Most maps have a handful of keys, and telling texts apart is quicker than ordering them.
    if entries.count <= 8 {
      for index in entries.indices where entries[index].key == key { return index }
      return nil
    }
    let (index, isThere) = place(of: key)
    return isThere ? index : nil
  }

  /// The value at the end of a way of keys; only that one is copied.
  func value(at way: [String], from step: Int = 0) -> AttributeValue? {
    guard let index = index(of: way[step]) else { return nil }
    if step + 1 == way.count { return entries[index].value }
    guard case .map(let next) = entries[index].value else { return nil }
    return next.value(at: way, from: step + 1)
  }

  /// The value of a key; nil if there is none.
  public subscript(key: String) -> AttributeValue? {
    get { index(of: key).map { entries[$0].value } }
    set {
      let (index, isThere) = place(of: key)
      switch (isThere, newValue) {
      case (true, let value?): entries[index].value = value
      case (false, let value?): insert(Entry(key: key, value: value), at: index)
      case (true, nil): entries.remove(at: index)
      case (false, nil): break
      }
    }
  }

  /// The value at a path of maps in each other, or nil where there is none.
  public subscript(path path: AttributePath) -> AttributeValue? {
    get { path.segments.isEmpty ? .map(self) : value(at: path.segments) }
    set {
      guard path.segments.count > 1 else {
        if let key = path.segments.first { self[key] = newValue }
        return
      }
      var whole = AttributeValue.map(self)
      // Nobody else holds the entries now, so they change in place.
      entries = []
      whole[path] = newValue
      self = whole.map ?? [:]
    }
  }

  /// The value of a key, or another one that is put there when it is changed.
  public subscript(key: String, default value: @autoclosure () -> AttributeValue) -> AttributeValue
  {
    get { self[key] ?? value() }
    _modify {
      let (index, isThere) = place(of: key)
      if !isThere { insert(Entry(key: key, value: value()), at: index) }
      yield &entries[index].value
    }
  }

  /// The same, without room for more where that is much.
  private var inItsRoom: AttributeMap {
    guard entries.capacity > entries.count + 2 else { return self }
    var map = AttributeMap(minimumCapacity: entries.count)
    map.entries += entries
    return map
  }

  /// The keys, in their order.
  public var keys: [String] { entries.map(\.key) }

  /// The values, in the order of their keys.
  public var values: [AttributeValue] { entries.map(\.value) }

  /// Takes an entry away and answers with its value.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> AttributeValue? {
    let (index, isThere) = place(of: key)
    return isThere ? entries.remove(at: index).value : nil
  }

  /// The same keys with other values.
  public func mapValues<Failure: Error>(
    _ change: (AttributeValue) throws(Failure) -> AttributeValue
  ) throws(Failure) -> AttributeMap {
    var map = self
    for index in entries.indices { map.entries[index].value = try change(entries[index].value) }
    return map
  }

  /// The keys with what is made of their values, where anything is.
  public func compactMapValues(
    _ change: (AttributeValue) throws -> AttributeValue?
  ) rethrows -> AttributeMap {
    var map = AttributeMap(minimumCapacity: entries.count)
    for entry in entries {
      guard let value = try change(entry.value) else { continue }
      map.entries.append(Entry(key: entry.key, value: value))
    }
    return map
  }

  /// The entries that fit.
  public func filter(
    _ isIncluded: ((key: String, value: AttributeValue)) throws -> Bool
  ) rethrows -> AttributeMap {
    var map = AttributeMap()
    map.entries = try entries.filter { try isIncluded(($0.key, $0.value)) }
    return map
  }

  /// The entries of both; of a key that both have, what is made of their values.
  public func merging(
    _ other: some Sequence<(String, AttributeValue)>,
    uniquingKeysWith combine: (AttributeValue, AttributeValue) throws -> AttributeValue
  ) rethrows -> AttributeMap {
    try AttributeMap(map { ($0.key, $0.value) } + Array(other), uniquingKeysWith: combine)
  }

  /// The entries of both; of a key that both have, what is made of their values.
  public func merging(
    _ other: AttributeMap,
    uniquingKeysWith combine: (AttributeValue, AttributeValue) throws -> AttributeValue
  ) rethrows -> AttributeMap {
    try merging(other.map { ($0.key, $0.value) }, uniquingKeysWith: combine)
  }

  /// Takes the entries of another map in.
  public mutating func merge(
    _ other: AttributeMap,
    uniquingKeysWith combine: (AttributeValue, AttributeValue) throws -> AttributeValue
  ) rethrows {
    self = try merging(other, uniquingKeysWith: combine)
  }
}

extension AttributeMap {
  /// What becomes a map, entry by entry; quickest where they come in the order of their keys.
  struct Builder: Sendable {
    /// Those that came in that order: mostly all of them.
    private var sorted = AttributeMap(minimumCapacity: 8)
    /// Those from the first on that did not.
    private var others: [(String, AttributeValue)] = []
    /// The keys, once there are others.
    private var seen: Set<String>?

    /// True for a key that was not there before, which an entry must follow.
    mutating func takes(_ key: String) -> Bool {
      if seen == nil {
        guard let last = sorted.entries.last, key <= last.key else { return true }
        seen = Set(sorted.keys)
      }
      return seen?.insert(key).inserted ?? true
    }

    /// Adds an entry whose key was taken.
    mutating func add(_ value: AttributeValue, under key: String) {
      if seen == nil {
        sorted.entries.append(Entry(key: key, value: value))
      } else {
        others.append((key, value))
      }
    }

    /// All entries.
    var map: AttributeMap {
      others.isEmpty ? sorted.inItsRoom : sorted.merging(others) { _, last in last }
    }
  }
}

extension AttributeMap: RandomAccessCollection {
  /// The first entry's index.
  public var startIndex: Int { 0 }

  /// How many entries there are.
  public var endIndex: Int { entries.count }

  /// An entry.
  public subscript(index: Int) -> (key: String, value: AttributeValue) {
    (entries[index].key, entries[index].value)
  }
}

extension AttributeMap: ExpressibleByDictionaryLiteral {
  /// The entries of a literal; of those with one key, the last.
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    self.init(elements) { _, last in last }
  }
}
