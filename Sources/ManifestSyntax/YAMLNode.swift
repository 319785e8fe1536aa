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
/// included; merge keys are expanded.
public struct YAMLNode: Sendable {
  let storage: DocumentStorage
  let index: Int

  /// What a node is.
  public enum Kind: Hashable, Sendable {
    case scalar
    case sequence
    case mapping
  }

  private var record: NodeRecord { storage.nodes[index] }

  /// What the node is.
  public var kind: Kind {
    switch record.content {
    case .scalar: .scalar
    case .sequence: .sequence
    case .mapping: .mapping
    }
  }

  /// The text of a scalar as it reads once quotes and escapes are resolved; empty for collections.
  public var text: String {
    if case .scalar(let text, _) = record.content { text } else { "" }
  }

  /// The meaning of a scalar by the core schema; nil for collections.
  public var scalar: YAMLScalar? {
    guard case .scalar(let text, let reading) = record.content else { return nil }
    return YAMLScalar(text, read: reading)
  }

  /// True for a scalar without quotes, block style or tag.
  public var isPlain: Bool {
    if case .scalar(_, .plain) = record.content { true } else { false }
  }

  /// The elements of a sequence; empty for anything else.
  public var elements: [YAMLNode] {
    guard case .sequence(let children) = record.content else { return [] }
    return storage.children[children].map { YAMLNode(storage: storage, index: Int($0)) }
  }

  /// The entries of a mapping in their order, merged ones last; empty for anything else.
  ///
  /// No key occurs twice, and keys are scalars.
  public var entries: [(key: YAMLNode, value: YAMLNode)] {
    guard case .mapping(let children) = record.content else { return [] }
    return stride(from: children.lowerBound, to: children.upperBound, by: 2).map {
      (
        YAMLNode(storage: storage, index: Int(storage.children[$0])),
        YAMLNode(storage: storage, index: Int(storage.children[$0 + 1]))
      )
    }
  }

  /// The value of a mapping's entry; nil where there is none.
  public subscript(key: String) -> YAMLNode? {
    entries.first { $0.key.text == key }?.value
  }

  /// Where the node stands.
  public var location: SourceLocation { storage.location(record.start, record.end) }
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
