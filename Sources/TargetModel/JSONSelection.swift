/// Which parts of JSON texts of one shape are wanted; nothing is made of the others.
struct JSONSelection: Sendable {
  /// What is wanted of a value.
  enum Part: Hashable, Sendable {
    case nothing
    case all
    /// Some entries, if it is a map: those of the map with this number.
    case entries(of: Int)
  }

  private struct Map: Sendable {
    let keys: NameTable
    let parts: [Part]
  }

  /// An entry that is wanted, or of which a part is.
  struct Entry: Sendable {
    fileprivate let map: Int
    fileprivate let place: Int
  }

  /// What is wanted of the whole.
  private(set) var whole = Part.nothing
  private var maps: [Map] = []

  /// What stands at some paths, with all that is in it.
  init(_ paths: [AttributePath]) { whole = add(paths.map { $0.segments[...] }) }

  private mutating func add(_ ways: [ArraySlice<String>]) -> Part {
    if ways.contains(where: \.isEmpty) { return .all }
    let waysByKey = Dictionary(grouping: ways) { $0.first ?? "" }
    let keys = waysByKey.keys.sorted()
    let parts = keys.map { key in add(waysByKey[key, default: []].map { $0.dropFirst() }) }
    maps.append(Map(keys: NameTable(keys), parts: parts))
    return .entries(of: maps.count - 1)
  }

  /// The entry with a key, if anything of it is wanted.
  func entry(_ key: UnsafeBufferPointer<UInt8>, in wanted: Part) -> Entry? {
    guard case .entries(let map) = wanted else { return nil }
    return maps[map].keys[key].map { Entry(map: map, place: $0) }
  }

  /// What is wanted of an entry.
  func part(of entry: Entry?) -> Part {
    entry.map { maps[$0.map].parts[$0.place] } ?? .nothing
  }

  /// The key of an entry.
  func key(of entry: Entry) -> String { maps[entry.map].keys.names[entry.place] }
}
