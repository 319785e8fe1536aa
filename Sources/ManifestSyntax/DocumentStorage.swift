internal import Diagnostics

/// The nodes of a document in one array; children are stretches of a second one.
///
/// A node that was not read but made of others is a document with that node alone, whose children
/// are nodes of other documents.
final class DocumentStorage: Sendable {
  let file: String
  let texts: ScalarTexts
  let nodes: [NodeRecord]
  let root: Int32?
  let start: TextPoint
  /// True if nothing in a scalar that was made refers to anything, whatever it looks like.
  let isVerbatim: Bool
  private let children: [Int32]
  /// The children of a node that was made.
  private let parts: [YAMLNode]

  init(
    file: String, texts: ScalarTexts, nodes: [NodeRecord], children: [Int32], root: Int32?,
    start: TextPoint
  ) {
    self.file = file
    self.texts = texts
    self.nodes = nodes
    self.children = children
    self.root = root
    self.start = start
    isVerbatim = false
    parts = []
  }

  /// A scalar that was made.
  init(
    _ text: String, _ reading: YAMLScalar.Reading, isVerbatim: Bool, at location: SourceLocation
  ) {
    var texts = ScalarTexts()
    let (start, end) = (TextPoint(location.start), TextPoint(location.end))
    nodes = [
      NodeRecord(
        texts.add(text), reading, isNull: YAMLScalar.isNull(text, read: reading), start: start,
        end: end)
    ]
    file = location.file
    self.texts = texts
    self.start = start
    self.isVerbatim = isVerbatim
    root = 0
    children = []
    parts = []
  }

  /// A collection that was made; of a mapping, keys and values in turn.
  init(_ kind: YAMLNode.Kind, of parts: [YAMLNode], at location: SourceLocation) {
    let (start, end) = (TextPoint(location.start), TextPoint(location.end))
    nodes = [NodeRecord(kind, children: 0..<parts.count, start: start, end: end)]
    file = location.file
    texts = ScalarTexts()
    self.start = start
    isVerbatim = false
    root = 0
    children = []
    self.parts = parts
  }

  /// A node of the stretch of a collection's children.
  func child(_ index: Int) -> YAMLNode {
    parts.isEmpty ? YAMLNode(storage: self, index: children[index]) : parts[index]
  }

  /// The value of a key among the children of a mapping; nil where there is none.
  func value(of key: String, among stretch: Range<Int>) -> YAMLNode? {
    let keys = stride(from: stretch.lowerBound, to: stretch.upperBound, by: 2)
    guard parts.isEmpty, texts.isASCII else {
      return keys.first { child($0).reads(key) }.map { child($0 + 1) }
    }
    var key = key
    return key.withUTF8 { key in
      for index in keys where texts.reads(nodes[Int(children[index])], key) {
        return child(index + 1)
      }
      return nil
    }
  }

  /// Does something with each two children, the entries of a mapping.
  func forEachPair(
    of stretch: Range<Int>, _ act: (_ key: YAMLNode, _ value: YAMLNode) -> Void
  ) {
    for index in stride(from: stretch.lowerBound, to: stretch.upperBound, by: 2) {
      guard parts.isEmpty else {
        act(parts[index], parts[index + 1])
        continue
      }
      act(
        YAMLNode(storage: self, index: children[index]),
        YAMLNode(storage: self, index: children[index + 1]))
    }
  }

  func location(_ start: TextPoint, _ end: TextPoint) -> SourceLocation {
    SourceLocation(file: file, from: start, to: end)
  }
}

/// A node as it is stored: numbers only, so that nothing is counted, copied or freed with it.
struct NodeRecord: Sendable {
  let kind: YAMLNode.Kind
  /// How a scalar is read.
  let reading: YAMLScalar.Reading
  /// True for a scalar that means null.
  let isNull: Bool
  /// What `ScalarTexts` finds a scalar's text by; where the stretch of a collection's children is.
  private let stretch: ScalarTexts.Stretch
  let start: TextPoint
  let end: TextPoint
  /// How many nodes it stands for once aliases and merges are expanded.
  let expandedSize: Int32
  /// How many collections stand inside each other in it, itself included.
  let height: Int32

  /// A scalar.
  init(
    _ text: ScalarTexts.Stretch, _ reading: YAMLScalar.Reading, isNull: Bool, start: TextPoint,
    end: TextPoint
  ) {
    kind = .scalar
    self.reading = reading
    self.isNull = isNull
    stretch = text
    self.start = start
    self.end = end
    expandedSize = 1
    height = 0
  }

  /// A collection.
  init(
    _ kind: YAMLNode.Kind, children: Range<Int> = 0..<0, start: TextPoint, end: TextPoint,
    expandedSize: Int = 1, height: Int32 = 1
  ) {
    self.kind = kind
    reading = .quoted
    isNull = false
    stretch = ScalarTexts.Stretch(
      start: Int32(children.lowerBound), count: Int32(children.count))
    self.start = start
    self.end = end
    self.expandedSize = Int32(clamping: expandedSize)
    self.height = height
  }

  /// Where a scalar's text is; nothing for a collection.
  var text: ScalarTexts.Stretch {
    kind == .scalar ? stretch : ScalarTexts.Stretch(start: 0, count: 0)
  }

  /// The stretch of a collection's children; of a mapping, keys and values in turn.
  var children: Range<Int> {
    kind == .scalar ? 0..<0 : Int(stretch.start)..<Int(stretch.start + stretch.count)
  }

  /// Where the keys of a mapping stand among the children; each value is right behind its key.
  var keys: StrideTo<Int> { stride(from: children.lowerBound, to: children.upperBound, by: 2) }
}

/// The texts of a document's scalars.
///
/// Most stand in the file as they read, and are made where somebody asks for them: keys are mostly
/// looked up, and numbers read, without.
struct ScalarTexts: Sendable {
  /// The file.
  private let bytes: [UInt8]
  let isASCII: Bool
  /// Those that don't stand there.
  private var others: [String] = []

  /// Where a text is.
  struct Stretch: Sendable {
    /// The offset in the file; below zero for one that does not stand there.
    let start: Int32
    /// How many bytes it has.
    let count: Int32

    /// A text that stands in the file as it reads.
    init(_ stretch: Range<Int>) {
      self.init(start: Int32(stretch.lowerBound), count: Int32(stretch.count))
    }

    fileprivate init(start: Int32, count: Int32) {
      self.start = start
      self.count = count
    }
  }

  /// The texts of a file.
  init(of text: CheckedText) {
    bytes = text.bytes
    isASCII = text.isASCII
  }

  /// Texts of no file.
  init() {
    bytes = []
    isASCII = true
  }

  /// Keeps a text that does not stand in the file.
  mutating func add(_ text: String) -> Stretch {
    others.append(text)
    return Stretch(start: -Int32(others.count), count: Int32(clamping: text.utf8.count))
  }

  /// Forgets what does not stand in the file.
  mutating func removeOthers() {
    if !others.isEmpty { others = [] }
  }

  /// A scalar's text; empty for a collection.
  func text(of node: NodeRecord) -> String { text(at: node.text) }

  private func text(at stretch: Stretch) -> String {
    guard stretch.start >= 0 else { return others[Int(-1 - stretch.start)] }
    return bytes.withUnsafeBufferPointer { String(decoding: $0[stretch], as: UTF8.self) }
  }

  func withBytes(
    of node: NodeRecord, _ look: (UnsafeBufferPointer<UInt8>) -> Int?
  ) -> Int? {
    let stretch = node.text
    guard stretch.start >= 0 else {
      var text = text(at: stretch)
      return text.withUTF8(look)
    }
    return bytes.withUnsafeBufferPointer { look($0[stretch]) }
  }

  /// True for a text of the file that means null where no quotes are around it.
  func isNullWord(_ stretch: Range<Int>) -> Bool {
    switch stretch.count {
    case 0: true
    case 1: bytes[stretch.lowerBound] == UInt8(ascii: "~")
    case 4:
      bytes[stretch.lowerBound] | 0x20 == UInt8(ascii: "n")
        && YAMLScalar.isNull(text(at: Stretch(stretch)), read: .plain)
    default: false
    }
  }

  /// True if a scalar says this.
  func reads(_ node: NodeRecord, _ text: String) -> Bool {
    guard isASCII else { return self.text(of: node) == text }
    var text = text
    return text.withUTF8 { reads(node, $0) }
  }

  /// True if a node is a scalar with these bytes.
  func reads(_ node: NodeRecord, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard node.kind == .scalar, node.text.count == text.count else { return false }
    guard node.text.start >= 0 else { return self.text(of: node).utf8.elementsEqual(text) }
    return bytes.withUnsafeBytes { bytes in
      UnsafeRawBufferPointer(rebasing: bytes[Int(node.text.start)...].prefix(text.count))
        .holdsSame(as: UnsafeRawBufferPointer(text))
    }
  }

  /// True for a scalar that merges what follows it, unless it is in quotes.
  func isMergeKey(_ node: NodeRecord) -> Bool { node.text.count == 2 && reads(node, "<<") }

  /// A bit that is the same for scalars that say the same, and seldom for others; all bits where that
  /// takes a closer look.
  func look(of node: NodeRecord) -> UInt64 {
    let stretch = node.text
    guard isASCII, stretch.start >= 0, stretch.count > 0 else { return .max }
    let first = Int(bytes[Int(stretch.start)])
    let last = Int(bytes[Int(stretch.start + stretch.count) - 1])
    return 1 &<< UInt64(truncatingIfNeeded: Int(stretch.count) &* 7 &+ first &* 5 &+ last &* 31)
  }

  /// True if two scalars say the same.
  func areSame(_ left: NodeRecord, _ right: NodeRecord) -> Bool {
    let (left, right) = (left.text, right.text)
    guard isASCII, left.start >= 0, right.start >= 0 else {
      return text(at: left) == text(at: right)
    }
    guard left.count == right.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      UnsafeRawBufferPointer(rebasing: bytes[Int(left.start)...].prefix(Int(left.count)))
        .holdsSame(
          as: UnsafeRawBufferPointer(
            rebasing: bytes[Int(right.start)...].prefix(Int(right.count))))
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate subscript(stretch: ScalarTexts.Stretch) -> UnsafeBufferPointer {
    UnsafeBufferPointer(rebasing: self[Int(stretch.start)..<Int(stretch.start + stretch.count)])
  }
}
