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
      switch storage.nodes[index].content {
      case .scalar: .scalar
      case .sequence: .sequence
      case .mapping: .mapping
      }
    case .made(let node):
      switch node.content {
      case .scalar: .scalar
      case .sequence: .sequence
      case .mapping: .mapping
      }
    }
  }

  private var written: (text: String, reading: YAMLScalar.Reading)? {
    switch source {
    case .read(let storage, let index):
      if case .scalar(let text, let reading) = storage.nodes[index].content {
        return (text, reading)
      }
    case .made(let node):
      if case .scalar(let text, let reading) = node.content { return (text, reading) }
    }
    return nil
  }

  /// The text of a scalar as it reads once quotes and escapes are resolved; empty for collections.
  public var text: String { written?.text ?? "" }

  /// The meaning of a scalar by the core schema; nil for collections.
  public var scalar: YAMLScalar? { written.map { YAMLScalar($0.text, read: $0.reading) } }

  /// True for a scalar that means null.
  public var isNull: Bool { written.map { YAMLScalar.isNull($0.text, read: $0.reading) } ?? false }

  /// True for a scalar without quotes, block style or tag.
  public var isPlain: Bool { written?.reading == .plain }

  /// True if nothing in the scalar refers to anything, whatever it looks like.
  package var isVerbatim: Bool {
    if case .made(let node) = source { node.isVerbatim } else { false }
  }

  /// The elements of a sequence; empty for anything else.
  public var elements: [YAMLNode] {
    switch source {
    case .read(let storage, let index):
      guard case .sequence(let children) = storage.nodes[index].content else { return [] }
      return storage.children[children].map { YAMLNode(storage: storage, index: Int($0)) }
    case .made(let node):
      guard case .sequence(let elements) = node.content else { return [] }
      return elements
    }
  }

  /// The entries of a mapping in their order, merged ones last; empty for anything else.
  ///
  /// No key occurs twice, and keys are scalars.
  public var entries: [(key: YAMLNode, value: YAMLNode)] {
    switch source {
    case .read(let storage, let index):
      guard case .mapping(let children) = storage.nodes[index].content else { return [] }
      return stride(from: children.lowerBound, to: children.upperBound, by: 2).map {
        (
          YAMLNode(storage: storage, index: Int(storage.children[$0])),
          YAMLNode(storage: storage, index: Int(storage.children[$0 + 1]))
        )
      }
    case .made(let node):
      guard case .mapping(let entries) = node.content else { return [] }
      return entries
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
    guard case .mapping(let stretch) = nodes[mapping].content else { return nil }
    for index in stride(from: stretch.lowerBound, to: stretch.upperBound, by: 2) {
      if case .scalar(key, _) = nodes[Int(children[index])].content {
        return Int(children[index + 1])
      }
    }
    return nil
  }
}

/// A node as it is stored.
struct NodeRecord: Sendable {
  enum Content: Sendable {
    case scalar(String, YAMLScalar.Reading)
    /// Its children's stretch.
    case sequence(Range<Int>)
    /// Keys and values in turn.
    case mapping(Range<Int>)
  }

  var content: Content
  var start: TextPoint
  var end: TextPoint
  /// How many nodes it stands for once aliases and merges are expanded.
  var expandedSize: Int32
  /// How many collections stand inside each other in it, itself included.
  var height: Int32
}
