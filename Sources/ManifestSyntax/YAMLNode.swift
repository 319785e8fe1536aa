public import Diagnostics

/// One document of a YAML file.
public struct YAMLDocument: Sendable {
  let storage: DocumentStorage

  /// The file it came from.
  public var file: String { storage.file }

  /// Its content; nil for a document without any.
  public var root: YAMLNode? {
    storage.root.map { YAMLNode(storage: storage, index: $0) }
  }

  /// Where it begins.
  public var location: SourceLocation { storage.location(storage.start, storage.start) }
}

/// A node of a document, with its place in the file.
///
/// A light view: nodes live in one array per document. An alias is the node it names, place
/// included; merge keys are expanded. A node can also be made of others, of several files even,
/// each of which keeps its place.
public struct YAMLNode: Sendable {
  private enum Source {
    case read(DocumentStorage, Int)
    case made(MadeNode)
  }

  private let source: Source

  init(storage: DocumentStorage, index: Int) {
    source = .read(storage, index)
  }

  /// A scalar.
  ///
  /// - Parameters:
  ///   - isPlain: whether the text tells what it means, as without quotes.
  ///   - isVerbatim: whether nothing in it refers to anything, whatever it looks like.
  package init(
    text: String, isPlain: Bool, isVerbatim: Bool = false, at location: SourceLocation
  ) {
    source = .made(
      MadeNode(.scalar(text, isPlain ? .plain : .quoted), isVerbatim, at: location))
  }

  /// A sequence.
  package init(elements: [YAMLNode], at location: SourceLocation) {
    source = .made(MadeNode(.sequence(elements), at: location))
  }

  /// A mapping.
  ///
  /// No key may occur twice, and keys are scalars.
  package init(entries: [(key: YAMLNode, value: YAMLNode)], at location: SourceLocation) {
    source = .made(MadeNode(.mapping(entries), at: location))
  }

  /// What a node is.
  public enum Kind: Hashable, Sendable {
    case scalar
    case sequence
    case mapping
  }

  /// What the node is.
  public var kind: Kind {
    switch source {
    case .read(let storage, let index):
      storage.nodes[index].kind
    case .made(let node):
      switch node.content {
      case .scalar: .scalar
      case .sequence: .sequence
      case .mapping: .mapping
      }
    }
  }

  /// How a scalar is read; nil for collections.
  private var reading: YAMLScalar.Reading? {
    switch source {
    case .read(let storage, let index):
      storage.nodes[index].kind == .scalar ? storage.nodes[index].reading : nil
    case .made(let node):
      if case .scalar(_, let reading) = node.content { reading } else { nil }
    }
  }

  /// The text of a scalar as it reads once quotes and escapes are resolved; empty for collections.
  public var text: String {
    switch source {
    case .read(let storage, let index): storage.nodes[index].text
    case .made(let node):
      if case .scalar(let text, _) = node.content { text } else { "" }
    }
  }

  /// The meaning of a scalar by the core schema; nil for collections.
  public var scalar: YAMLScalar? { reading.map { YAMLScalar(text, read: $0) } }

  /// True for a scalar that means null.
  public var isNull: Bool {
    switch source {
    case .read(let storage, let index): storage.nodes[index].isNull
    case .made: reading.map { YAMLScalar.isNull(text, read: $0) } ?? false
    }
  }

  /// True for a scalar without quotes, block style or tag.
  public var isPlain: Bool { reading == .plain }

  /// True if nothing in the scalar refers to anything, whatever it looks like.
  package var isVerbatim: Bool {
    if case .made(let node) = source { node.isVerbatim } else { false }
  }

  /// The elements of a sequence; empty for anything else.
  public var elements: [YAMLNode] {
    switch source {
    case .read(let storage, let index):
      guard storage.nodes[index].kind == .sequence else { return [] }
      return storage.children[storage.nodes[index].children]
        .map { YAMLNode(storage: storage, index: Int($0)) }
    case .made(let node):
      guard case .sequence(let elements) = node.content else { return [] }
      return elements
    }
  }

  /// The entries of a mapping in their order, merged ones last; empty for anything else.
  ///
  /// No key occurs twice, and keys are scalars.
  public var entries: Entries {
    switch source {
    case .read(let storage, let index):
      let record = storage.nodes[index]
      return Entries(.read(storage, record.kind == .mapping ? record.children : 0..<0))
    case .made(let node):
      if case .mapping(let entries) = node.content { return Entries(.made(entries)) }
      return .empty
    }
  }

  /// The entries of a mapping, each put together when it is asked for.
  public struct Entries: RandomAccessCollection, Sendable {
    fileprivate enum Source {
      /// Keys and values in turn.
      case read(DocumentStorage, Range<Int>)
      case made([(key: YAMLNode, value: YAMLNode)])
    }

    private let source: Source

    /// No entries.
    public static let empty = Entries(.made([]))

    fileprivate init(_ source: Source) { self.source = source }

    /// The first entry's index.
    public var startIndex: Int { 0 }

    /// How many entries there are.
    public var endIndex: Int {
      switch source {
      case .read(_, let children): children.count / 2
      case .made(let entries): entries.count
      }
    }

    /// An entry.
    public subscript(index: Int) -> (key: YAMLNode, value: YAMLNode) {
      switch source {
      case .read(let storage, let children):
        let first = children.lowerBound + index * 2
        return (
          YAMLNode(storage: storage, index: Int(storage.children[first])),
          YAMLNode(storage: storage, index: Int(storage.children[first + 1]))
        )
      case .made(let entries): return entries[index]
      }
    }
  }

  /// The value of a mapping's entry; nil where there is none.
  public subscript(key: String) -> YAMLNode? {
    switch source {
    case .read(let storage, let index):
      storage.value(of: key, in: index).map { YAMLNode(storage: storage, index: $0) }
    case .made: entries.first { $0.key.text == key }?.value
    }
  }

  /// Where the node stands.
  public var location: SourceLocation {
    switch source {
    case .read(let storage, let index):
      storage.location(storage.nodes[index].start, storage.nodes[index].end)
    case .made(let node): node.location
    }
  }
}

/// A node that was not read but made of others.
private final class MadeNode: Sendable {
  enum Content: Sendable {
    case scalar(String, YAMLScalar.Reading)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  let content: Content
  let isVerbatim: Bool
  let location: SourceLocation

  init(_ content: Content, _ isVerbatim: Bool = false, at location: SourceLocation) {
    self.content = content
    self.isVerbatim = isVerbatim
    self.location = location
  }
}

/// The nodes of a document in one array; children are stretches of a second one.
final class DocumentStorage: Sendable {
  let file: String
  let nodes: [NodeRecord]
  let children: [Int32]
  let root: Int?
  let start: TextPoint

  init(
    file: String, nodes: [NodeRecord], children: [Int32], root: Int?, start: TextPoint
  ) {
    self.file = file
    self.nodes = nodes
    self.children = children
    self.root = root
    self.start = start
  }

  func location(_ start: TextPoint, _ end: TextPoint) -> SourceLocation {
    SourceLocation(file: file, from: start, to: end)
  }

  /// The value under a key of a mapping.
  func value(of key: String, in mapping: Int) -> Int? {
    guard nodes[mapping].kind == .mapping else { return nil }
    for index in nodes[mapping].keys where nodes[Int(children[index])].text == key {
      return Int(children[index + 1])
    }
    return nil
  }
}

/// A node as it is stored.
///
/// Each fact is a field of its own, so that asking for one copies no other.
struct NodeRecord: Sendable {
  let kind: YAMLNode.Kind
  /// How a scalar is read.
  let reading: YAMLScalar.Reading
  /// True for a scalar that means null.
  let isNull: Bool
  /// What a scalar says; empty for collections.
  let text: String
  /// The stretch of a collection's children; of a mapping, keys and values in turn.
  var children: Range<Int> = 0..<0
  var start: TextPoint
  var end: TextPoint
  /// How many nodes it stands for once aliases and merges are expanded.
  var expandedSize: Int32 = 1
  /// How many collections stand inside each other in it, itself included.
  var height: Int32

  /// A scalar.
  init(_ text: String, _ reading: YAMLScalar.Reading, start: TextPoint, end: TextPoint) {
    kind = .scalar
    self.reading = reading
    isNull = YAMLScalar.isNull(text, read: reading)
    self.text = text
    self.start = start
    self.end = end
    height = 0
  }

  /// A collection without children.
  init(_ kind: YAMLNode.Kind, start: TextPoint, end: TextPoint) {
    self.kind = kind
    reading = .quoted
    isNull = false
    text = ""
    self.start = start
    self.end = end
    height = 1
  }

  /// Text and reading of a scalar; nil for a collection.
  var scalar: (text: String, reading: YAMLScalar.Reading)? {
    kind == .scalar ? (text, reading) : nil
  }

  /// Where the keys of a mapping stand among the children; each value is right behind its key.
  var keys: StrideTo<Int> { stride(from: children.lowerBound, to: children.upperBound, by: 2) }
}
