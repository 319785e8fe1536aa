internal import Diagnostics
internal import ManifestSyntax

/// Entries of mappings that move, line by line, into a group beside them: `admin_username` becomes
/// `ssh_settings.admin_username`.
struct EntryMoves {
  /// Lines of an entry, the comments right above it included; counted from 0.
  private struct Entry {
    let lines: ClosedRange<Int>
    let column: Int
  }

  /// Entries on their way into one group.
  private struct Group {
    let name: String
    /// The line after which they go, and their column there; nil for a group that is to be made.
    let place: (line: Int, column: Int)?
    var entries: [Entry] = []
  }

  private var groups: [Group] = []
  /// The groups by the place of their mapping and by their name.
  private var indices: [String: Int] = [:]

  var isEmpty: Bool { groups.isEmpty }

  /// Moves an entry; false if its layout does not allow it.
  mutating func add(
    _ key: YAMLNode, _ value: YAMLNode, isAlias: Bool, to group: String, of node: YAMLNode,
    in bytes: [UInt8]
  ) -> Bool {
    let place = key.location.start
    let column = place.column - 1
    // A block mapping begins with its first key, and each key begins a line.
    guard node.location.start.offset <= place.offset, place.offset < node.location.end.offset,
      !"{&!".utf8.contains(bytes[node.location.start.offset]), place.offset >= column,
      bytes[(place.offset - column)..<place.offset].allSatisfy({ $0 == 0x20 }),
      let end = lastLine(of: key, value, isAlias: isAlias, in: bytes)
    else { return false }
    let id = "\(node.location.start.offset) \(group)"
    if indices[id] == nil {
      guard let new = Self.group(group, of: node, in: bytes) else { return false }
      indices[id] = groups.count
      groups.append(new)
    }
    guard let index = indices[id] else { return false }
    let start = Self.firstLine(
      above: place.offset - column, column, line: place.line - 1, in: bytes)
    groups[index].entries.append(Entry(lines: start...end, column: column))
    return true
  }

  private static func group(_ name: String, of node: YAMLNode, in bytes: [UInt8]) -> Group? {
    guard let present = node.entry(name) else { return Group(name: name, place: nil) }
    let (key, value) = present
    // Merged ones and aliases stand elsewhere; brackets would need more than lines.
    guard value.kind == .mapping, key.location.start.offset > node.location.start.offset - 1,
      value.location.start.line > key.location.start.line,
      !"{&!*".utf8.contains(bytes[value.location.start.offset])
    else { return nil }
    return Group(
      name: name,
      place: (value.location.end.line - 1, value.location.start.column - 1))
  }

  private func lastLine(
    of key: YAMLNode, _ value: YAMLNode, isAlias: Bool, in bytes: [UInt8]
  ) -> Int? {
    let line = key.location.start.line - 1
    if isAlias {
      let rest = bytes[key.location.end.offset...].drop { $0 == 0x20 || $0 == UInt8(ascii: ":") }
      return rest.first == UInt8(ascii: "*") ? line : nil
    }
    if value.location.start.offset == value.location.end.offset { return line }
    return value.location.end.line - 1
  }

  /// The first of the comments right above a line, or the line itself.
  private static func firstLine(
    above start: Int, _ column: Int, line: Int, in bytes: [UInt8]
  ) -> Int {
    var (start, line) = (start, line)
    while start > 0 {
      let before = bytes[..<(start - 1)].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let text = bytes[before..<(start - 1)]
      guard text.prefix(column).allSatisfy({ $0 == 0x20 }),
        text.dropFirst(column).first == UInt8(ascii: "#")
      else { break }
      (start, line) = (before, line - 1)
    }
    return line
  }

  // MARK: Carrying it out

  /// The text with its entries where they belong now.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    if isEmpty { return bytes }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    var moved: Set<Int> = []
    var before: [Int: [[UInt8]]] = [:]
    var after: [Int: [[UInt8]]] = [:]
    for group in groups {
      guard let first = group.entries.first else { continue }
      for entry in group.entries { moved.formUnion(entry.lines) }
      if let (line, column) = group.place {
        after[line, default: []] += group.entries.flatMap { shifted($0, to: column, lines) }
      } else {
        let name = spaces(first.column) + Array("\(group.name):".utf8)
        before[first.lines.lowerBound] =
          [name] + group.entries.flatMap { shifted($0, to: first.column + 2, lines) }
      }
    }
    var result: [[UInt8]] = []
    for (index, line) in lines.enumerated() {
      result += before[index] ?? []
      if !moved.contains(index) { result.append(Array(line)) }
      result += after[index] ?? []
    }
    return Array(result.joined(separator: [0x0A]))
  }

  private func shifted(
    _ entry: Entry, to column: Int, _ lines: [ArraySlice<UInt8>]
  ) -> [[UInt8]] {
    entry.lines.map { index in
      guard index < lines.count, !lines[index].isEmpty else { return [] }
      return spaces(max(0, column - entry.column)) + lines[index]
    }
  }

  private func spaces(_ count: Int) -> [UInt8] { Array(repeating: 0x20, count: count) }
}
