internal import Diagnostics

/// A document can't be read on; the finding says why.
struct Refusal: Error {
  let finding: Diagnostic
  /// True if nothing after the document is read either.
  var endsFile = false

  init(_ finding: Diagnostic, endsFile: Bool = false) {
    self.finding = finding
    self.endsFile = endsFile
  }
}

/// Builds one document from events: a value that is fed and asked, without knowing the parser.
///
/// It counts as it goes: whatever would be too deep, too large or too often repeated refuses the
/// document at the event that shows it.
struct DocumentBuilder {
  let file: String
  private let limits: YAMLLimits
  /// How many findings there may be.
  private let room: Int

  private(set) var nodes: [NodeRecord] = []
  var children: [Int32] = []
  private(set) var texts: ScalarTexts
  private var root: Int32?
  private var start: TextPoint
  private var open: [OpenCollection] = []
  /// The children so far of all open collections, those of the innermost last.
  private(set) var pending: [Int32] = []
  private var anchors: [String: Anchored] = [:]
  /// The anchors of collections whose end has not come yet, those of the innermost last.
  private var openAnchors: [(name: String, node: Int)] = []
  private var layout: LayoutCheck
  /// What aliases stand for, besides the nodes that are written.
  private var expandedSize = 0
  /// Where the node that was completed last ends.
  private var lastNodeEnd: TextPoint

  /// A collection whose end has not come yet.
  private struct OpenCollection {
    let node: Int
    let isMapping: Bool
    let isFlow: Bool
    /// The column of the innermost block collection, itself included; -1 if there is none.
    let indent: Int32
    var height: Int32 = 1
    /// Where its children begin among those that are pending.
    let firstChild: Int
  }

  private struct Anchored {
    let node: Int
    var isComplete: Bool
  }

  init(file: String, text: CheckedText, limits: YAMLLimits, room: Int) {
    self.file = file
    self.room = room
    self.limits = limits
    layout = LayoutCheck(file: file, text: text)
    texts = ScalarTexts(of: text)
    start = text.start
    lastNodeEnd = text.start
  }

  /// Forgets a document that was refused; the next may begin at a point.
  mutating func restart(at point: TextPoint) {
    layout.lastEnd = point
    clear()
  }

  private mutating func clear() {
    nodes.makeRoomForAnother()
    children.makeRoomForAnother()
    texts.removeOthers()
    pending.removeAll(keepingCapacity: true)
    if !anchors.isEmpty { anchors.removeAll() }
    openAnchors.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
    root = nil
    expandedSize = 0
  }

  mutating func begin(_ located: TextStretch, isExplicit: Bool) throws(Refusal) {
    clear()
    start = located.start
    try layout.checkGap(upTo: start, indent: nil, closes: true)
    guard isExplicit else { return }
    try layout.checkDirectives(from: start, to: located.end)
    layout.lastEnd = located.end
  }

  mutating func finish(_ located: TextStretch) throws(Refusal) -> YAMLDocument {
    try endStream(located)
    layout.lastEnd = max(layout.lastEnd, located.end)
    return YAMLDocument(
      storage: DocumentStorage(
        file: file, texts: texts, nodes: nodes, children: children, root: root, start: start))
  }

  /// Nothing but a comment may follow `...`.
  func checkLineEnd(at end: TextPoint) throws(Refusal) { try layout.checkLineEnd(at: end) }

  /// Looks at what stands before the end of the text or of a document.
  func endStream(_ located: TextStretch) throws(Refusal) {
    try layout.checkGap(upTo: located.start, indent: nil, closes: true)
  }

  func place(_ start: TextPoint, _ end: TextPoint) -> SourceLocation {
    SourceLocation(file: file, from: start, to: end)
  }

  /// False where there are too many findings to go on.
  func hasRoom(in findings: DiagnosticList) -> Bool { findings.findings.count < room }

  /// Ends the file where there are too many findings.
  func checkRoom(in findings: DiagnosticList, at point: TextPoint) throws(Refusal) {
    guard !hasRoom(in: findings) else { return }
    throw Refusal(.tooManyFindings(limits.findings, place(point, point)), endsFile: true)
  }

  private var indent: Int32 { open.last?.indent ?? -1 }

  /// True if the next node is a key.
  private var expectsKey: Bool {
    guard let last = open.indices.last else { return false }
    return open[last].isMapping && (pending.count - open[last].firstChild).isMultiple(of: 2)
  }

  private var isInFlow: Bool { open.last?.isFlow ?? false }

  /// Looks at the layout before a node that has text of its own.
  private func checkStart(of start: TextPoint) throws(Refusal) {
    try layout.checkGap(upTo: start, indent: isInFlow ? indent : nil, closes: false)
    if isInFlow || !expectsKey { try layout.checkIndentation(of: start, indent: indent) }
  }

  // MARK: Scalars

  mutating func add(
    _ scalar: EventSource.Scalar, _ located: TextStretch,
    reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    let (start, end) = try placeChecked(scalar, located)
    let isKey = expectsKey
    try checkLength(scalar.text.utf8.count, ofKey: isKey, from: start, to: end)
    if isInFlow, scalar.style == .plain, scalar.text == "-" {
      throw Refusal(.dashInFlow(place(start, end)))
    }
    var reading = scalar.style == .plain ? YAMLScalar.Reading.plain : .quoted
    if scalar.anchor != nil || scalar.tag != nil {
      try layout.checkProperties(from: start)
      if let tag = scalar.tag {
        reading = self.reading(
          tag, of: scalar.text, at: place(start, end), reporting: &findings)
      }
    }
    if let anchor = scalar.anchor {
      anchors[anchor] = Anchored(node: nodes.count, isComplete: true)
    }
    let isNull = YAMLScalar.isNull(scalar.text, read: reading)
    try attach(
      NodeRecord(texts.add(scalar.text), reading, isNull: isNull, start: start, end: end),
      isKey: isKey, reporting: &findings)
  }

  /// Adds a scalar without anchor and tag, whose text stands in the file as it reads, and whose
  /// layout is known to be right.
  mutating func add(
    _ text: Range<Int>, _ reading: YAMLScalar.Reading, known located: TextStretch,
    reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    layout.lastEnd = located.end
    let isKey = expectsKey
    try checkLength(text.count, ofKey: isKey, from: located.start, to: located.end)
    let isNull = reading == .plain && texts.isNullWord(text)
    try attach(
      NodeRecord(
        ScalarTexts.Stretch(text), reading, isNull: isNull, start: located.start,
        end: located.end),
      isKey: isKey, reporting: &findings)
  }

  // Inlined, so that a scalar that is no alias pays for nothing that aliases need.
  @inline(__always)
  private mutating func attach(
    _ scalar: NodeRecord, isKey: Bool, alias: (name: String, located: TextStretch)? = nil,
    reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    if isKey, scalar.isNull || isInFlow { checkKey(scalar, reporting: &findings) }
    try attach(append(scalar), height: 0, endingAt: scalar.end, alias: alias)
  }

  /// Where a scalar stands, once its layout is known to be right.
  private mutating func placeChecked(
    _ scalar: EventSource.Scalar, _ located: TextStretch
  ) throws(Refusal) -> (start: TextPoint, end: TextPoint) {
    let (start, end) = (located.start, located.end)
    guard start < end else {
      // Nothing is written; libyaml's place may lie before an indicator.
      return start < layout.lastEnd ? (layout.lastEnd, layout.lastEnd) : (start, start)
    }
    try checkStart(of: start)
    layout.lastEnd = end
    switch scalar.style {
    case .block:
      try layout.checkBlock(from: start, to: end)
      return (start, layout.trimmedEnd(of: end, from: start))
    case .plain where !isInFlow: break
    case .plain, .quoted: try layout.checkLines(from: start, to: end, indent: indent)
    }
    return (start, end)
  }

  @inline(__always)
  private func checkLength(
    _ length: Int, ofKey isKey: Bool, from start: TextPoint, to end: TextPoint
  ) throws(Refusal) {
    let limit = isKey ? limits.keyLength : limits.scalarLength
    guard length > limit else { return }
    throw Refusal(
      .tooLarge(
        "\(isKey ? "a key" : "a value") has at most \(limit) bytes", place(start, end)))
  }

  // MARK: Collections

  mutating func begin(
    _ opening: EventSource.Opening, _ located: TextStretch,
    reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    let hasProperties = opening.anchor != nil || opening.tag != nil
    if opening.isFlow || hasProperties {
      try checkStart(of: located.start)
      if hasProperties { try layout.checkProperties(from: located.start) }
      layout.lastEnd = opening.isFlow ? located.end : located.start
    }
    guard open.count < limits.depth else {
      throw Refusal(.tooDeep(limits.depth, place(located.start, located.start)))
    }
    if let tag = opening.tag {
      checkTag(
        tag, ofMapping: opening.isMapping, at: place(located.start, located.end),
        reporting: &findings)
    }
    if expectsKey {
      findings.append(.badKey("a collection", place(located.start, located.end)))
    }
    let node = append(
      NodeRecord(opening.isMapping ? .mapping : .sequence, start: located.start, end: located.end))
    if let anchor = opening.anchor {
      anchors[anchor] = Anchored(node: node, isComplete: false)
      openAnchors.append((anchor, node))
    }
    open.append(
      OpenCollection(
        node: node, isMapping: opening.isMapping, isFlow: opening.isFlow,
        indent: opening.isFlow ? indent : column(of: opening, located.end),
        firstChild: pending.count))
  }

  /// A block collection's column.
  ///
  /// libyaml's event ends right before its first indicator or key, but after the dash of a sequence
  /// that is not indented.
  private func column(of opening: EventSource.Opening, _ end: TextPoint) -> Int32 {
    let bytes = layout.text.bytes
    let isAtDash = end.offset < bytes.count && bytes[Int(end.offset)] == UInt8(ascii: "-")
    return !opening.isMapping && !isAtDash ? end.column - 1 : end.column
  }

  mutating func end(
    _ located: TextStretch, reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    guard let collection = open.last else { return }
    let (start, begun) = (nodes[collection.node].start, nodes[collection.node].end)
    var end = max(begun, lastNodeEnd)
    if collection.isFlow {
      // A pair between brackets, `[a: b]`, has no bracket of its own.
      if located.start < located.end {
        try layout.checkGap(upTo: located.start, indent: collection.indent, closes: true)
        layout.lastEnd = located.end
      }
      end = max(layout.lastEnd, begun)
    } else if collection.firstChild == pending.count {
      end = begun
    }
    open.removeLast()
    let first = children.count
    let own = collection.firstChild..<pending.count
    if collection.isMapping, !areFewAndDiffer(own) {
      children += try settled(own, reporting: &findings)
    } else {
      for index in own { children.append(pending[index]) }
    }
    pending.removeLast(own.count)
    var size = 1
    for index in first..<children.count { size += Int(nodes[Int(children[index])].expandedSize) }
    nodes[collection.node] = NodeRecord(
      collection.isMapping ? .mapping : .sequence, children: first..<children.count, start: start,
      end: end, expandedSize: size, height: collection.height)
    if let anchor = openAnchors.last, anchor.node == collection.node {
      openAnchors.removeLast()
      if anchors[anchor.name]?.node == collection.node { anchors[anchor.name]?.isComplete = true }
    }
    try attach(collection.node, height: collection.height, endingAt: end)
  }

  // MARK: Aliases

  mutating func addAlias(
    _ name: String, _ located: TextStretch, reporting findings: inout DiagnosticList
  ) throws(Refusal) {
    try checkStart(of: located.start)
    try layout.checkEndOfName(at: Int(located.end.offset), from: located.start)
    layout.lastEnd = located.end
    let place = place(located.start, located.end)
    guard let anchored = anchors[name] else {
      throw Refusal(.unknownAlias(nearest(to: name, among: anchors.keys.sorted()), place))
    }
    guard anchored.isComplete else {
      throw Refusal(.aliasOfItself(name, place, anchor: location(anchored.node)))
    }
    let named = nodes[anchored.node]
    guard open.count + Int(named.height) <= limits.depth else {
      throw Refusal(.tooDeep(limits.depth, place))
    }
    expandedSize += Int(named.expandedSize)
    guard expectsKey else {
      try attach(
        anchored.node, height: named.height, endingAt: located.end, alias: (name, located))
      return
    }
    guard named.kind == .scalar else {
      findings.append(.badKey("a collection", place))
      try attach(
        anchored.node, height: named.height, endingAt: located.end, alias: (name, located))
      return
    }
    try checkLength(Int(named.text.count), ofKey: true, from: located.start, to: located.end)
    // A key of its own, so that findings name the alias. It is no merge key.
    let key = NodeRecord(
      named.text, texts.isMergeKey(named) ? .quoted : named.reading, isNull: named.isNull,
      start: located.start, end: located.end)
    try attach(key, isKey: true, alias: (name, located), reporting: &findings)
  }

  @inline(__always)
  private mutating func append(_ record: NodeRecord) -> Int {
    nodes.append(record)
    return nodes.count - 1
  }

  /// Gives a node its place in the collection around it, and counts what it stands for.
  @inline(__always)
  private mutating func attach(
    _ node: Int, height: Int32, endingAt end: TextPoint,
    alias: (name: String, located: TextStretch)? = nil
  ) throws(Refusal) {
    lastNodeEnd = end
    if expandedSize > 0 || nodes.count > limits.expandedNodes {
      try checkSize(at: node, alias)
    }
    guard let last = open.indices.last else {
      root = Int32(node)
      return
    }
    pending.append(Int32(node))
    if height >= open[last].height { open[last].height = height + 1 }
  }

  /// Refuses a document that stands for too many nodes.
  private func checkSize(
    at node: Int, _ alias: (name: String, located: TextStretch)?
  ) throws(Refusal) {
    let written = nodes.count
    let grown = written.multipliedReportingOverflow(by: limits.expansionFactor)
    let most = min(limits.expandedNodes, grown.overflow ? .max : max(1_000, grown.partialValue))
    guard expandedSize + written <= most else {
      let place =
        alias.map { self.place($0.located.start, $0.located.end) } ?? location(node)
      throw Refusal(.tooManyNodes(alias?.name, limits, place))
    }
  }

  func location(_ node: Int) -> SourceLocation {
    place(nodes[node].start, nodes[node].end)
  }

  // MARK: Checks

  private func checkKey(_ key: NodeRecord, reporting findings: inout DiagnosticList) {
    if key.isNull { findings.append(.badKey("null", place(key.start, key.end))) }
    // libyaml reads `{ ?a: 1 }` as the key `a`, YAML as the key `?a`.
    let offset = Int(key.start.offset)
    if isInFlow, offset > 0, layout.text.bytes[offset - 1] == UInt8(ascii: "?") {
      findings.append(.badKey("a '?' without a blank", place(key.start, key.end)))
    }
  }

  private func reading(
    _ tag: String, of text: String, at place: SourceLocation,
    reporting findings: inout DiagnosticList
  ) -> YAMLScalar.Reading {
    if tag == "!" { return .quoted }
    guard tag.hasPrefix("tag:yaml.org,2002:"),
      let core = YAMLScalar.CoreTag(rawValue: String(tag.dropFirst(18)))
    else {
      findings.append(.unknownTag(place))
      return .quoted
    }
    if !core.fits(text) { findings.append(.tagMisfit("!!\(core.rawValue)", place)) }
    return .tagged(core)
  }

  private func checkTag(
    _ tag: String, ofMapping isMapping: Bool, at place: SourceLocation,
    reporting findings: inout DiagnosticList
  ) {
    guard tag != "!", tag != "tag:yaml.org,2002:\(isMapping ? "map" : "seq")" else {
      return
    }
    let core = ["str", "int", "float", "bool", "null", "map", "seq"]
    let name = tag.hasPrefix("tag:yaml.org,2002:") ? String(tag.dropFirst(18)) : ""
    findings.append(
      core.contains(name) ? .tagMisfit("!!\(name)", place) : .unknownTag(place))
  }
}

extension Array {
  /// Takes everything out and leaves room for about as much, since documents of one file are much
  /// alike; where nobody holds the document before any more, its own.
  fileprivate mutating func makeRoomForAnother() {
    let expected = count
    if capacity / 2 > expected {
      self = []
      reserveCapacity(expected)
    } else {
      removeAll(keepingCapacity: true)
    }
  }
}
