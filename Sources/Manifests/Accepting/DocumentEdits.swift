internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Changes of single entries of a document that leave the rest of the text as it is, comments
/// included.
///
/// What can't be done so (an alias, a comment inside a list that is to be another) is refused; the
/// caller reads the result again and compares.
struct DocumentEdits {
  /// The text, with a line break at the end.
  private let bytes: [UInt8]
  private let addsBreak: Bool
  private var edits: [Edit] = []

  private struct Edit {
    let range: Range<Int>
    let text: [UInt8]
    /// How far to the right it stands; of two that are put in at one place, what is deeper belongs
    /// to what is above.
    var column = 0
  }

  init(_ bytes: [UInt8]) {
    addsBreak = bytes.last != 0x0A
    self.bytes = addsBreak ? bytes + [0x0A] : bytes
  }

  /// The whole text with all edits.
  var applied: [UInt8] {
    var result: [UInt8] = []
    var position = 0
    let inOrder = edits.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      return (one.range.lowerBound, one.range.upperBound, -one.column, left.offset)
        < (other.range.lowerBound, other.range.upperBound, -other.column, right.offset)
    }.map(\.element)
    for edit in inOrder where edit.range.lowerBound >= position {
      result += bytes[position..<edit.range.lowerBound] + edit.text
      position = edit.range.upperBound
    }
    result += bytes[position...]
    return addsBreak ? result.dropLast() : result
  }

  /// Gives the entry at a path of keys a value, or takes it away.
  ///
  /// - Returns: false if that is not possible in place.
  mutating func set(
    _ value: YAMLValue?, at path: ArraySlice<String>, in node: YAMLNode
  ) -> Bool {
    guard let first = path.first, node.kind == .mapping else { return false }
    guard let entry = node.ownEntry(first) else {
      // A merged value is covered by one of the document's own, and can't be taken away.
      guard let value else { return node[first] == nil }
      return insert(first, value.nested(below: path.dropFirst()), into: node)
    }
    if path.count > 1 {
      if entry.value.kind == .mapping, !entry.isAlias {
        return set(value, at: path.dropFirst(), in: entry.value)
      }
      guard let value, entry.value.scalar == .null else { return false }
      return replace(entry, by: value.nested(below: path.dropFirst()), in: node)
    }
    guard let value else { return remove(entry, from: node) }
    return replace(entry, by: value, in: node)
  }

  // MARK: One entry

  private mutating func replace(
    _ entry: OwnEntry, by value: YAMLValue, in node: YAMLNode
  ) -> Bool {
    guard !entry.isAlias else { return false }
    // A collection on one line stays on one line.
    if value.isCollection, entry.value.kind != .scalar, isFlow(entry.value),
      let token = token(of: entry.value, orCollection: true)
    {
      edits.append(Edit(range: token, text: Array(value.flowText.utf8)))
      return true
    }
    if case .mapping(let entries) = value, !entries.isEmpty, entry.value.kind == .mapping,
      !entry.value.entries.isEmpty
    {
      return replaceEntries(of: entry.value, by: entries)
    }
    let isFlow = isFlow(node)
    if case .scalar = value, let token = token(of: entry.value) {
      let text = isFlow ? value.flowText : String(value.yaml.dropLast())
      if !text.contains("\n") {
        edits.append(Edit(range: token, text: Array(text.utf8)))
        return true
      }
    }
    if isFlow {
      guard let token = token(of: entry.value, orCollection: true) else { return false }
      edits.append(Edit(range: token, text: Array(value.flowText.utf8)))
      return true
    }
    guard let lines = lines(of: entry), !bytes[lines].hasComment else { return false }
    edits.append(
      Edit(range: lines, text: block(entry.key.text, value, column: entry.column)))
    return true
  }

  private mutating func replaceEntries(
    of node: YAMLNode, by entries: [YAMLValue.Entry]
  ) -> Bool {
    let wanted = Set(entries.map(\.key))
    for (key, _) in node.entries where !wanted.contains(key.text) {
      guard set(nil, at: [key.text], in: node) else { return false }
    }
    for entry in entries where node[entry.key]?.value != entry.value {
      guard set(entry.value, at: [entry.key], in: node) else { return false }
    }
    return true
  }

  private mutating func remove(_ entry: OwnEntry, from node: YAMLNode) -> Bool {
    guard !isFlow(node), let lines = lines(of: entry) else { return false }
    edits.append(Edit(range: lines, text: []))
    return true
  }

  private mutating func insert(_ key: String, _ value: YAMLValue, into node: YAMLNode) -> Bool {
    // What is Berth's own stays at the end.
    let own = node.ownEntries
    guard let last = own.last(where: { $0.key.text != "berth" }) ?? own.last else { return false }
    if isFlow(node) {
      let end = node.location.end.offset - 1
      guard end > 0, end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return false }
      let name = YAMLValue.text(key).flowText
      edits.append(
        Edit(range: end..<end, text: Array(", \(name): \(value.flowText)".utf8)))
      return true
    }
    guard let lines = lines(of: last) else { return false }
    edits.append(
      Edit(
        range: lines.upperBound..<lines.upperBound,
        text: block(key, value, column: last.column), column: last.column))
    return true
  }

  // MARK: Places

  private func isFlow(_ node: YAMLNode) -> Bool {
    let start = node.location.start.offset
    return start < bytes.count && "{[".utf8.contains(bytes[start])
  }

  /// The bytes of a value that stands in one piece; nil for one with an anchor, a tag or of
  /// several lines.
  private func token(of node: YAMLNode, orCollection: Bool = false) -> Range<Int>? {
    let range =
      node.location.start
      .offset..<max(
        node.location.start.offset, node.location.end.offset)
    guard !range.isEmpty, range.upperBound <= bytes.count, node.kind == .scalar || orCollection,
      !"&*!|>".utf8.contains(bytes[range.lowerBound]), !bytes[range].contains(0x0A)
    else { return nil }
    return range
  }

  /// The lines of an entry that begins its line; nil for another.
  private func lines(of entry: OwnEntry) -> Range<Int>? {
    let key = entry.key.location.start.offset
    let start = bytes[..<key].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    guard bytes[start..<key].allSatisfy({ $0 == 0x20 }) else { return nil }
    var last = entry.key.location.end.offset
    if entry.isAlias == false, entry.value.location.end.offset > last {
      last = entry.value.location.end.offset
      // The end of a block may be told as the beginning of the next line.
      if last > 0, bytes[last - 1] == 0x0A { last -= 1 }
    }
    let end = bytes[last...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
    return start..<end
  }

  private func block(_ key: String, _ value: YAMLValue, column: Int) -> [UInt8] {
    let indent = String(repeating: " ", count: column)
    let text = YAMLValue.mapping([.init(key, value)]).yaml
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return Array(lines.map { $0.isEmpty ? "\n" : indent + $0 + "\n" }.joined().utf8)
  }
}

/// An entry that stands in its mapping's own text, rather than being merged into it.
struct OwnEntry {
  let key: YAMLNode
  let value: YAMLNode

  /// True if the value stands elsewhere.
  var isAlias: Bool { value.location.start.offset < key.location.start.offset }

  /// Counted from 0.
  var column: Int { key.location.start.column - 1 }
}

extension YAMLNode {
  fileprivate var ownEntries: [OwnEntry] {
    entries.filter { key, _ in
      (location.start.offset..<max(location.start.offset + 1, location.end.offset))
        .contains(key.location.start.offset)
    }
    .map { OwnEntry(key: $0.key, value: $0.value) }
    .sorted { $0.key.location.start.offset < $1.key.location.start.offset }
  }

  fileprivate func ownEntry(_ key: String) -> OwnEntry? {
    ownEntries.first { $0.key.text == key }
  }
}

extension ArraySlice<UInt8> {
  /// True if a comment may stand here; a `#` in a text counts too.
  fileprivate var hasComment: Bool { contains(UInt8(ascii: "#")) }
}

extension YAMLValue {
  /// The value below keys: `a.b` makes `a: {b: value}`.
  fileprivate func nested(below path: ArraySlice<String>) -> YAMLValue {
    path.reversed().reduce(self) { .mapping([.init($1, $0)]) }
  }

  fileprivate var isCollection: Bool {
    switch self {
    case .scalar: false
    case .sequence, .mapping: true
    }
  }

  /// A text without quotes, where it needs none in any place.
  private var plainText: String? {
    let text = yaml.dropLast()
    let isPlain = text.utf8.allSatisfy {
      ("a"..."z").contains(UnicodeScalar($0)) || ("A"..."Z").contains(UnicodeScalar($0))
        || ("0"..."9").contains(UnicodeScalar($0)) || "_-./".utf8.contains($0)
    }
    return isPlain ? String(text) : nil
  }

  /// The value on one line, quoted as JSON has it where quotes are needed.
  fileprivate var flowText: String {
    switch self {
    case .scalar(.null): "null"
    case .scalar(.bool(let bool)): bool ? "true" : "false"
    case .scalar(.integer(let integer)): "\(integer)"
    case .scalar(.number(let number)): AttributeValue.number(number).canonicalJSON
    case .scalar(.text(let text)):
      plainText ?? AttributeValue.text(text).canonicalJSON
    case .sequence(let elements): "[" + elements.map(\.flowText).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { "\(YAMLValue.text($0.key).flowText): \($0.value.flowText)" }
        .joined(separator: ", ") + "}"
    }
  }
}
