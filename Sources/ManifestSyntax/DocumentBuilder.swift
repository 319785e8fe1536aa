internal import Diagnostics

/// Builds one document from events: a value that is fed and asked, without knowing the parser.
struct DocumentBuilder {
  private let file: String
  private let lines: LineTable
  private let limits: YAMLLimits

  private var nodes: [NodeRecord] = []
  private var children: [Int32] = []
  private var root: Int?
  private var start = TextPoint(line: 0, column: 0)
  private var startIndex = 0
  private var open: [OpenCollection] = []
  private var anchors: [String: Int] = [:]
  private var openAnchors: Set<String> = []
  private var expandedSize = 0

  /// A collection whose end has not come yet.
  private struct OpenCollection {
    let node: Int
    let isMapping: Bool
    let isFlow: Bool
    let anchor: String?
    /// The column of the innermost block collection around a flow collection, or -1.
    let blockColumn: Int32
    var children: [Int32] = []
  }

  init(file: String, text: CheckedText, limits: YAMLLimits) {
    self.file = file
    self.lines = text.lines
    self.limits = limits
  }

  mutating func begin(_ located: EventSource.Located) {
    nodes.removeAll()
    children.removeAll()
    anchors.removeAll()
    openAnchors.removeAll()
    open.removeAll()
    root = nil
    expandedSize = 0
    start = located.start
    startIndex = located.endIndex
  }

  mutating func finish() -> YAMLDocument? {
    YAMLDocument(
      storage: DocumentStorage(
        file: file, nodes: nodes, children: children, root: root, start: start, lines: lines))
  }

  func place(_ located: EventSource.Located) -> SourceLocation {
    place(located.start, located.end)
  }

  func place(_ start: TextPoint, _ end: TextPoint) -> SourceLocation {
    SourceLocation(file: file, start: lines.position(of: start), end: lines.position(of: end))
  }

  /// Takes a node's event. False where a limit is reached and the file can't be read further.
  mutating func take(
    _ located: EventSource.Located, reporting findings: inout DiagnosticList
  ) -> Bool {
    guard located.endIndex - startIndex <= limits.documentSize else {
      findings.append(.tooLarge("a document has at most \(limits.documentSize) bytes", place(located)))
      return false
    }
    checkFlow(located, reporting: &findings)
    switch located.event {
    case .scalar(let text, let tag, let anchor, let isPlain, let isQuoted):
      return scalar(
        text, tag, anchor, isPlain: isPlain, isQuoted: isQuoted, located, reporting: &findings)
    case .sequenceStart(let tag, let anchor, let isFlow):
      return begin(
        located, isMapping: false, isFlow: isFlow, tag: tag, anchor: anchor, reporting: &findings)
    case .mappingStart(let tag, let anchor, let isFlow):
      return begin(
        located, isMapping: true, isFlow: isFlow, tag: tag, anchor: anchor, reporting: &findings)
    case .collectionEnd: return end(located, reporting: &findings)
    case .alias(let name): return alias(name, located, reporting: &findings)
    case .streamStart, .streamEnd, .documentStart, .documentEnd: return true
    }
  }

  // MARK: Nodes

  private mutating func scalar(
    _ text: String, _ tag: String?, _ anchor: String?, isPlain: Bool, isQuoted: Bool,
    _ located: EventSource.Located, reporting findings: inout DiagnosticList
  ) -> Bool {
    let isKey = expectsKey
    let limit = isKey ? limits.keyLength : limits.scalarLength
    guard text.utf8.count <= limit else {
      let what = isKey ? "a key" : "a value"
      findings.append(.tooLarge("\(what) has at most \(limit) bytes", place(located)))
      return false
    }
    if !isPlain { checkForm(located, isQuoted: isQuoted, reporting: &findings) }
    let reading = reading(of: tag, isPlain: isPlain, located, reporting: &findings)
    let node = append(
      NodeRecord(
        content: .scalar(text, reading), start: located.start, end: located.end, expandedSize: 1))
    if let anchor { anchors[anchor] = node }
    if isKey { checkKey(text, reading, located, reporting: &findings) }
    return attach(node, located, reporting: &findings)
  }

  private mutating func begin(
    _ located: EventSource.Located, isMapping: Bool, isFlow: Bool, tag: String?, anchor: String?,
    reporting findings: inout DiagnosticList
  ) -> Bool {
    guard open.count < limits.depth else {
      findings.append(
        .tooLarge("collections stand at most \(limits.depth) deep", place(located), isDepth: true))
      return false
    }
    checkTag(tag, expected: isMapping ? "map" : "seq", located, reporting: &findings)
    if expectsKey { findings.append(.badKey("a collection", place(located))) }
    let node = append(
      NodeRecord(
        content: isMapping ? .mapping(0..<0) : .sequence(0..<0), start: located.start,
        end: located.end, expandedSize: 1))
    if let anchor { openAnchors.insert(anchor) }
    let outer = open.last
    let blockColumn =
      isFlow ? outer?.blockColumn ?? -1 : located.start.column
    open.append(
      OpenCollection(
        node: node, isMapping: isMapping, isFlow: isFlow, anchor: anchor, blockColumn: blockColumn))
    return true
  }

  private mutating func end(
    _ located: EventSource.Located, reporting findings: inout DiagnosticList
  ) -> Bool {
    guard var collection = open.popLast() else { return true }
    if collection.isMapping {
      collection.children = settled(collection.children, reporting: &findings)
    }
    let stretch = children.count..<(children.count + collection.children.count)
    children += collection.children
    let record = nodes[collection.node]
    let size = collection.children.reduce(1) { $0 + nodes[Int($1)].expandedSize }
    // A block collection's end mark is where the next token begins; its last child tells better.
    let end = collection.isFlow ? located.end : collection.children.last.map { nodes[Int($0)].end }
    nodes[collection.node] = NodeRecord(
      content: collection.isMapping ? .mapping(stretch) : .sequence(stretch), start: record.start,
      end: end ?? located.end, expandedSize: size)
    if let anchor = collection.anchor {
      openAnchors.remove(anchor)
      anchors[anchor] = collection.node
    }
    return attach(collection.node, located, reporting: &findings)
  }

  private mutating func alias(
    _ name: String, _ located: EventSource.Located, reporting findings: inout DiagnosticList
  ) -> Bool {
    if openAnchors.contains(name) {
      findings.append(.badAlias(name, "names a collection that it is part of", place(located)))
      return false
    }
    guard let node = anchors[name] else {
      findings.append(.badAlias(name, "names nothing before it", place(located)))
      return false
    }
    if expectsKey, case .scalar(let text, let reading) = nodes[node].content {
      checkKey(text, reading, located, reporting: &findings)
    } else if expectsKey {
      findings.append(.badKey("a collection", place(located)))
    }
    return attach(node, located, alias: name, reporting: &findings)
  }

  private mutating func append(_ record: NodeRecord) -> Int {
    nodes.append(record)
    return nodes.count - 1
  }

  /// Gives a node its place in the collection around it, and counts what it stands for.
  private mutating func attach(
    _ node: Int, _ located: EventSource.Located, alias: String? = nil,
    reporting findings: inout DiagnosticList
  ) -> Bool {
    if alias != nil { expandedSize += Int(nodes[node].expandedSize) }
    let written = nodes.count
    guard expandedSize + written <= min(limits.expandedNodes, max(1_000, written * limits.expansionFactor))
    else {
      findings.append(.tooManyNodes(alias, limits, place(located)))
      return false
    }
    if open.isEmpty {
      root = node
    } else {
      open[open.count - 1].children.append(Int32(node))
    }
    return true
  }

  /// True if the next node is a key of the mapping around it.
  private var expectsKey: Bool {
    guard let collection = open.last else { return false }
    return collection.isMapping && collection.children.count.isMultiple(of: 2)
  }

  // MARK: Mappings

  /// A mapping's children once keys are known to be unique and merge keys are expanded.
  private mutating func settled(
    _ pairs: [Int32], reporting findings: inout DiagnosticList
  ) -> [Int32] {
    var seen: [String: Int32] = [:]
    var merges: [Int32] = []
    var result: [Int32] = []
    result.reserveCapacity(pairs.count)
    for index in stride(from: 0, to: pairs.count - 1, by: 2) {
      guard case .scalar(let key, let reading) = nodes[Int(pairs[index])].content else { continue }
      if key == "<<", reading == .plain {
        merges.append(pairs[index + 1])
        continue
      }
      if let first = seen[key] {
        findings.append(
          .duplicateKey(key, location(Int(pairs[index])), first: location(Int(first))))
        continue
      }
      seen[key] = pairs[index]
      result += pairs[index...(index + 1)]
    }
    for merge in merges { mergeEntries(of: Int(merge), &seen, &result, reporting: &findings) }
    return result
  }

  /// Adds the entries of a merged mapping, or of a list of them, that are not there yet.
  private func mergeEntries(
    of node: Int, _ seen: inout [String: Int32], _ result: inout [Int32],
    reporting findings: inout DiagnosticList
  ) {
    let sources: [Int] =
      if case .sequence(let stretch) = nodes[node].content {
        children[stretch].map { Int($0) }
      } else {
        [node]
      }
    for source in sources {
      guard case .mapping(let stretch) = nodes[source].content else {
        findings.append(.badMerge(location(source)))
        continue
      }
      for index in stride(from: stretch.lowerBound, to: stretch.upperBound, by: 2) {
        guard case .scalar(let key, _) = nodes[Int(children[index])].content, seen[key] == nil
        else { continue }
        seen[key] = children[index]
        result += children[index...(index + 1)]
      }
    }
  }

  private func location(_ node: Int) -> SourceLocation {
    place(nodes[node].start, nodes[node].end)
  }

  // MARK: Checks

  private func checkKey(
    _ text: String, _ reading: YAMLScalar.Reading, _ located: EventSource.Located,
    reporting findings: inout DiagnosticList
  ) {
    if YAMLScalar(text, read: reading) == .null { findings.append(.badKey("null", place(located))) }
    // libyaml reads `{ ?a: 1 }` as the key `a`, YAML as the key `?a`.
    if open.last?.isFlow == true, lines.byte(before: located.start) == UInt8(ascii: "?") {
      findings.append(.badKey("a '?' without a blank", place(located)))
    }
  }

  /// What libyaml accepts in flow collections although YAML does not, as far as marks can tell.
  private func checkFlow(
    _ located: EventSource.Located, reporting findings: inout DiagnosticList
  ) {
    guard let collection = open.last, collection.isFlow else { return }
    if case .collectionEnd = located.event {
      if lines.byte(at: located.end) == UInt8(ascii: "#") {
        findings.append(.commentWithoutBlank(place(located.end, located.end)))
      }
      return
    }
    if case .scalar("-", nil, nil, isPlain: true, isFlowable: false) = located.event {
      findings.append(.flowFault("A dash stands alone between brackets", place(located)))
    }
    if lines.text(after: located.end).hasPrefix(",#") {
      findings.append(.commentWithoutBlank(place(located.end, located.end)))
    }
    let opening = nodes[collection.node].start
    if located.start.line > opening.line, located.start.column <= collection.blockColumn {
      findings.append(
        .flowFault("Text between brackets is indented less than what it belongs to", place(located)))
    }
  }

  /// What libyaml accepts around quoted and block scalars although YAML does not.
  private func checkForm(
    _ located: EventSource.Located, isQuoted: Bool, reporting findings: inout DiagnosticList
  ) {
    guard isQuoted else {
      let header = lines.text(after: located.start).drop { "|>+-0123456789".contains($0) }
      if header.first == "#" {
        findings.append(.commentWithoutBlank(place(located.start, located.start)))
      }
      return
    }
    if lines.byte(at: located.end) == UInt8(ascii: "#") {
      findings.append(.commentWithoutBlank(place(located.end, located.end)))
    }
    let column = open.last?.blockColumn ?? -1
    guard located.end.line > located.start.line, column >= 0 else { return }
    for line in (located.start.line + 1)...located.end.line {
      let indent = lines.indentation(ofLine: line)
      if let indent, indent <= column {
        let point = TextPoint(line: line, column: indent)
        findings.append(
          .flowFault(
            "The quoted text goes on indented less than what it belongs to", place(point, point)))
        return
      }
    }
  }

  private func reading(
    of tag: String?, isPlain: Bool, _ located: EventSource.Located,
    reporting findings: inout DiagnosticList
  ) -> YAMLScalar.Reading {
    guard let tag else { return isPlain ? .plain : .quoted }
    if tag == "!" { return .quoted }
    guard tag.hasPrefix("tag:yaml.org,2002:"),
      let core = YAMLScalar.CoreTag(rawValue: String(tag.dropFirst(18)))
    else {
      findings.append(.unknownTag(tag, place(located)))
      return .quoted
    }
    return .tagged(core)
  }

  private func checkTag(
    _ tag: String?, expected: String, _ located: EventSource.Located,
    reporting findings: inout DiagnosticList
  ) {
    guard let tag, tag != "!", tag != "tag:yaml.org,2002:\(expected)" else { return }
    findings.append(.unknownTag(tag, place(located)))
  }
}
