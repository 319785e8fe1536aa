/// Which places of JSON texts of one shape are wanted: those at some paths.
struct JSONSelection: Sendable {
  /// What is wanted of a value.
  struct Part: Sendable {
    /// The number of the path at which it stands if that is wanted, else -1.
    fileprivate(set) var number = -1
    /// The number of the map that it must be if something in it is wanted, else -1.
    fileprivate var map = -1

    static let nothing = Part()
  }

  /// What is wanted of the whole.
  private(set) var whole = Part.nothing
  /// How many paths there are.
  private(set) var count = 0
  private var numbers: [AttributePath: Int] = [:]
  /// The keys of all maps, so that a key is looked up once wherever it stands.
  private let keys: NameTable
  /// What is wanted of the entries, by map and key.
  private var parts: [Part] = []

  /// What stands at some paths; a path that is named twice has one number.
  init(_ paths: [AttributePath]) {
    keys = NameTable(Set(paths.flatMap(\.segments)).sorted())
    for path in paths where numbers[path] == nil {
      numbers[path] = count
      whole = add(path.segments[...], to: whole)
      count += 1
    }
  }

  /// Adds the way of the path with the next number.
  private mutating func add(_ way: ArraySlice<String>, to part: Part) -> Part {
    var part = part
    guard let key = way.first.flatMap({ keys[$0] }) else {
      part.number = count
      return part
    }
    if part.map < 0 {
      part.map = parts.count / keys.names.count
      parts += Array(repeating: .nothing, count: keys.names.count)
    }
    let place = part.map * keys.names.count + key
    parts[place] = add(way.dropFirst(), to: parts[place])
    return part
  }

  /// The number of a path; nil if it is none of them.
  func number(of path: AttributePath) -> Int? { numbers[path] }

  /// What is wanted of an entry, by the bytes of its key.
  func entry(_ key: UnsafeBufferPointer<UInt8>, of part: Part) -> Part {
    part.map < 0 ? .nothing : entry(keys[key], of: part)
  }

  /// What is wanted of an entry.
  func entry(_ key: String, of part: Part) -> Part {
    part.map < 0 ? .nothing : entry(keys[key], of: part)
  }

  private func entry(_ key: Int?, of part: Part) -> Part {
    key.map { parts[part.map * keys.names.count + $0] } ?? .nothing
  }
}
