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
  private let storage: DocumentStorage
  private let index: Int32

  init(storage: DocumentStorage, index: Int32) {
    self.storage = storage
    self.index = index
  }

  /// A scalar.
  ///
  /// - Parameters:
  ///   - isPlain: whether the text tells what it means, as without quotes.
  ///   - isVerbatim: whether nothing in it refers to anything, whatever it looks like.
  package init(
    text: String, isPlain: Bool, isVerbatim: Bool = false, at location: SourceLocation
  ) {
    self.init(
      storage: DocumentStorage(
        text, isPlain ? .plain : .quoted, isVerbatim: isVerbatim, at: location),
      index: 0)
  }

  /// A sequence.
  package init(elements: [YAMLNode], at location: SourceLocation) {
    self.init(storage: DocumentStorage(.sequence, of: elements, at: location), index: 0)
  }

  /// A mapping.
  ///
  /// No key may occur twice, and keys are scalars.
  package init(entries: [(key: YAMLNode, value: YAMLNode)], at location: SourceLocation) {
    let parts = entries.flatMap { [$0.key, $0.value] }
    self.init(storage: DocumentStorage(.mapping, of: parts, at: location), index: 0)
  }

  /// What a node is.
  public enum Kind: Hashable, Sendable {
    case scalar
    case sequence
    case mapping
  }

  private var record: NodeRecord { storage.nodes[Int(index)] }

  /// What the node is.
  public var kind: Kind { record.kind }

  /// How a scalar is read; nil for collections.
  private var reading: YAMLScalar.Reading? { kind == .scalar ? record.reading : nil }

  /// The text of a scalar as it reads once quotes and escapes are resolved; empty for collections.
  ///
  /// Made when it is asked for.
  public var text: String { storage.texts.text(of: record) }

  /// What is made of the bytes of a scalar's text, without making a text of them.
  package func withBytes(_ look: (UnsafeBufferPointer<UInt8>) -> Int?) -> Int? {
    storage.texts.withBytes(of: record, look)
  }

  /// True for a scalar in whose text a byte stands.
  package func has(_ byte: UInt8) -> Bool {
    withBytes { UnsafeRawBufferPointer($0).holds(byte) ? 1 : nil } != nil
  }

  /// True for a scalar with this text.
  package func reads(_ text: String) -> Bool {
    kind == .scalar && storage.texts.reads(record, text)
  }

  /// The meaning of a scalar by the core schema; nil for collections.
  public var scalar: YAMLScalar? {
    // Most that mean anything are short numbers, which no text is made for.
    if isPlain, let integer = withBytes({ YAMLScalar.shortInteger(in: $0) }) {
      return .integer(integer)
    }
    return reading.map { YAMLScalar(text, read: $0) }
  }

  /// True for a scalar that means null.
  public var isNull: Bool { record.isNull }

  /// True for a scalar without quotes, block style or tag.
  public var isPlain: Bool { reading == .plain }

  /// True if nothing in the scalar refers to anything, whatever it looks like.
  package var isVerbatim: Bool { storage.isVerbatim }

  /// The elements of a sequence; empty for anything else.
  public var elements: [YAMLNode] {
    kind == .sequence ? record.children.map(storage.child) : []
  }

  /// The entries of a mapping in their order, merged ones last; empty for anything else.
  ///
  /// No key occurs twice, and keys are scalars.
  public var entries: Entries {
    Entries(storage, kind == .mapping ? record.children : 0..<0)
  }

  /// How many entries a mapping has; none for anything else.
  package var entryCount: Int { kind == .mapping ? record.children.count / 2 : 0 }

  /// Does something with each entry of a mapping.
  package func forEachEntry(_ act: (_ key: YAMLNode, _ value: YAMLNode) -> Void) {
    guard kind == .mapping else { return }
    storage.forEachPair(of: record.children, act)
  }

  /// The entries of a mapping, each put together when it is asked for.
  public struct Entries: RandomAccessCollection, Sendable {
    private let storage: DocumentStorage
    /// Keys and values in turn.
    private let children: Range<Int>

    /// No entries.
    public static let empty = Entries(
      DocumentStorage(.mapping, of: [], at: SourceLocation(startOf: "")), 0..<0)

    fileprivate init(_ storage: DocumentStorage, _ children: Range<Int>) {
      self.storage = storage
      self.children = children
    }

    /// The first entry's index.
    public var startIndex: Int { 0 }

    /// How many entries there are.
    public var endIndex: Int { children.count / 2 }

    /// An entry.
    public subscript(index: Int) -> (key: YAMLNode, value: YAMLNode) {
      let first = children.lowerBound + index * 2
      return (storage.child(first), storage.child(first + 1))
    }
  }

  /// The value of a mapping's entry; nil where there is none.
  public subscript(key: String) -> YAMLNode? {
    kind == .mapping ? storage.value(of: key, among: record.children) : nil
  }

  /// Where the node stands.
  public var location: SourceLocation { storage.location(record.start, record.end) }
}
