internal import Diagnostics

/// Reads a document that is written as nearly all manifests are.
///
/// That is: mappings and sequences in block style, scalars and brackets on one line, and plain blocks
/// of text. It feeds the same builder as libyaml's events do.
///
/// At anything else it gives up, and at whatever may be wrong: anchors, tags, escapes, tabs, texts
/// and brackets of several lines. libyaml then reads the document from its start. Both come to the
/// same where both can read, which `CommonFormTests` hold.
struct CommonForm {
  private let bytes: [UInt8]
  private let isASCII: Bool
  private let start: TextPoint
  private let end: TextPoint
  private var offset: Int
  private var line: Int32
  private var lineStart: Int
  /// How many bytes before this one on the line begin no character.
  private var continuations = 0
  /// The collections whose end has not come yet.
  private var open: [(column: Int32, isSequence: Bool)] = []
  /// Right behind the colon of a key whose value has not come yet.
  private var awaited: TextPoint?

  private struct GivenUp: Error {}

  /// - Parameter end: where the next document or nothing begins.
  init(_ text: CheckedText, from start: TextPoint, to end: TextPoint) {
    bytes = text.bytes
    isASCII = text.isASCII
    self.start = start
    self.end = end
    offset = Int(start.offset)
    lineStart = offset
    line = start.line
    open.reserveCapacity(8)
  }

  /// The document; nil if it is not in this form, or has anything that must be reported.
  mutating func read(with builder: inout DocumentBuilder) -> YAMLDocument? {
    var findings = DiagnosticList()
    do {
      try begin(&builder)
      while try goToContent() { try addLine(&builder, &findings) }
      guard !open.isEmpty else { return nil }
      try addAbsentValue(&builder, &findings)
      while !open.isEmpty { try close(&builder, &findings) }
      let document = try builder.finish(TextStretch(start: end, end: end))
      return findings.isEmpty ? document : nil
    } catch {
      return nil
    }
  }

  // MARK: Lines

  private mutating func begin(_ builder: inout DocumentBuilder) throws {
    let isExplicit = bytes.isMarker(UInt8(ascii: "-"), at: offset)
    if isExplicit {
      offset += 3
      let marker = TextStretch(start: start, end: point)
      try builder.begin(marker, isExplicit: true)
      try skipToLineEnd()
    } else {
      guard try goToContent() else { throw GivenUp() }
      try builder.begin(TextStretch(start: point, end: point), isExplicit: false)
      offset = lineStart
    }
  }

  /// Goes to the first character of the next line that has any besides a comment.
  private mutating func goToContent() throws -> Bool {
    while offset < end.offset {
      while bytes[offset] == .space { offset += 1 }
      switch bytes[offset] {
      case .lineFeed: goToNextLine()
      case .hash: try skipToLineEnd()
      default: return true
      }
    }
    return false
  }

  private mutating func goToNextLine() {
    offset += 1
    line += 1
    lineStart = offset
    continuations = 0
  }

  /// Passes blanks and a comment up to the next line.
  private mutating func skipToLineEnd() throws {
    let first = offset
    while bytes[offset] == .space { offset += 1 }
    if bytes[offset] == .hash, offset > first || offset == lineStart || bytes[offset - 1] == .space
    {
      while bytes[offset] != .lineFeed {
        guard bytes[offset] != .carriageReturn else { throw GivenUp() }
        offset += 1
      }
    }
    guard bytes[offset] == .lineFeed else { throw GivenUp() }
    goToNextLine()
  }

  /// Takes a line with content, whose first character is next.
  private mutating func addLine(
    _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    let column = point.column
    let isEntry = bytes[offset] == .dash && bytes[offset + 1] == .space
    if let parent = open.last, awaited != nil {
      if column > parent.column || (isEntry && column == parent.column) {
        awaited = nil
        try openCollection(isSequence: isEntry, at: column, &builder, &findings)
      } else {
        try addAbsentValue(&builder, &findings)
      }
    }
    while let last = open.last,
      last.column > column || (last.column == column && last.isSequence && !isEntry)
    {
      try close(&builder, &findings)
    }
    if open.isEmpty {
      // A document has one root.
      guard builder.nodes.isEmpty else { throw GivenUp() }
      try openCollection(isSequence: isEntry, at: column, &builder, &findings)
    }
    guard let last = open.last, last.column == column, last.isSequence == isEntry else {
      throw GivenUp()
    }
    guard isEntry else { return try addEntry(&builder, &findings) }
    offset += 1
    skipSpaces()
    guard let keyEnd = endOfKey() else { return try addValue(&builder, &findings) }
    try openCollection(isSequence: false, at: point.column, &builder, &findings)
    try addEntry(upTo: keyEnd, &builder, &findings)
  }

  // MARK: Collections

  private mutating func openCollection(
    isSequence: Bool, at column: Int32, _ builder: inout DocumentBuilder,
    _ findings: inout DiagnosticList
  ) throws {
    var place = TextStretch(start: point, end: point)
    if isSequence, open.last?.column == column {
      // libyaml's place of a sequence that is not indented has its first dash in it.
      place.end.column += 1
      place.end.offset += 1
    }
    try builder.begin(
      EventSource.Opening(isMapping: !isSequence, isFlow: false, tag: nil, anchor: nil), place,
      reporting: &findings)
    open.append((column, isSequence))
  }

  private mutating func close(
    _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    open.removeLast()
    // The builder knows where a block ends: where the last node in it does.
    try builder.end(TextStretch(start: end, end: end), reporting: &findings)
  }

  private mutating func addEntry(
    upTo keyEnd: Int? = nil, _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    guard let keyEnd = keyEnd ?? endOfKey() else { throw GivenUp() }
    try add(offset..<keyEnd, .plain, endingAt: keyEnd, &builder, &findings)
    offset += 1
    let value = point
    skipSpaces()
    switch bytes[offset] {
    case .lineFeed, .hash:
      awaited = value
      try skipToLineEnd()
    default: try addValue(&builder, &findings)
    }
  }

  /// Says that nothing is the value of the last key, if it has none yet.
  private mutating func addAbsentValue(
    _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    guard let place = awaited else { return }
    awaited = nil
    try builder.add(
      EventSource.Scalar(text: "", tag: nil, anchor: nil, style: .plain),
      TextStretch(start: place, end: place), reporting: &findings)
  }

  // MARK: Scalars

  /// Where a key of letters, digits and a few signs ends that begins here; nil if there is none.
  private func endOfKey() -> Int? {
    var index = offset
    guard bytes[index].mayBeginKey else { return nil }
    while bytes[index].mayBeInKey { index += 1 }
    guard bytes[index] == .colon, bytes[index + 1] == .space || bytes[index + 1] == .lineFeed
    else { return nil }
    return index
  }

  /// Adds what stands on the rest of the line, or a block that begins there, and goes to the line
  /// behind it.
  private mutating func addValue(
    _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    switch bytes[offset] {
    case UInt8(ascii: "|"): return try addBlock(joinedBy: "\n", &builder, &findings)
    case UInt8(ascii: ">"): return try addBlock(joinedBy: " ", &builder, &findings)
    case UInt8(ascii: "["), UInt8(ascii: "{"): try addBrackets(&builder, &findings)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): try addQuoted(&builder, &findings)
    case let first where first.mayBeginText:
      let end = try endOfText()
      try add(offset..<end, .plain, endingAt: end, &builder, &findings)
    default: throw GivenUp()
    }
    try skipToLineEnd()
  }

  private mutating func addQuoted(
    _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    let quote = bytes[offset]
    var index = offset + 1
    while bytes[index] != quote {
      // What is escaped, and what goes on in the next line.
      guard bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\\") else { throw GivenUp() }
      index += 1
    }
    guard bytes[index + 1] != quote else { throw GivenUp() }
    try add((offset + 1)..<index, .quoted, endingAt: index + 1, &builder, &findings)
  }

  /// Adds a block of text whose lines are all indented alike, with none empty.
  private mutating func addBlock(
    joinedBy joint: String, _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    let start = point
    offset += 1
    let isStripped = bytes[offset] == .dash
    if isStripped { offset += 1 }
    guard bytes[offset] == .lineFeed else { throw GivenUp() }
    goToNextLine()
    guard offset < end.offset else { throw GivenUp() }
    skipSpaces()
    let indent = offset - lineStart
    guard indent > Int(open.last?.column ?? 0) else { throw GivenUp() }
    var lines: [String] = []
    repeat {
      let from = offset
      guard bytes[from] > .space else { throw GivenUp() }
      while bytes[offset] >= 0x20 { offset += 1 }
      guard bytes[offset] == .lineFeed else { throw GivenUp() }
      lines.append(text(in: from..<offset))
      goToNextLine()
      while offset < end.offset, offset - lineStart < indent, bytes[offset] == .space {
        offset += 1
      }
    } while offset < end.offset && offset - lineStart == indent
    // An empty line behind the text may belong to it.
    guard offset == end.offset || bytes[offset] > .space else { throw GivenUp() }
    offset = lineStart
    try builder.add(
      EventSource.Scalar(
        text: lines.joined(separator: joint) + (isStripped ? "" : "\n"), tag: nil, anchor: nil,
        style: .block),
      TextStretch(start: start, end: point), reporting: &findings)
  }

  // MARK: Brackets

  /// Adds what stands in brackets up to their end, on this line.
  ///
  /// - Parameter depth: how many others they stand in; each takes stack, so that only a few may.
  private mutating func addBrackets(
    inside depth: Int = 0, _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    guard depth < 4 else { throw GivenUp() }
    let isMapping = bytes[offset] == UInt8(ascii: "{")
    let closing = isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]")
    try builder.begin(
      EventSource.Opening(isMapping: isMapping, isFlow: true, tag: nil, anchor: nil),
      passOne(), reporting: &findings)
    skipSpaces()
    while bytes[offset] != closing {
      if isMapping {
        guard let keyEnd = endOfKey() else { throw GivenUp() }
        try add(offset..<keyEnd, .plain, endingAt: keyEnd, &builder, &findings)
        offset += 1
        skipSpaces()
      }
      switch bytes[offset] {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        try addBrackets(inside: depth + 1, &builder, &findings)
      case UInt8(ascii: "\""), UInt8(ascii: "'"): try addQuoted(&builder, &findings)
      default:
        guard bytes[offset].mayBeginKey else { throw GivenUp() }
        var index = offset
        while bytes[index].mayBeInKey { index += 1 }
        try add(offset..<index, .plain, endingAt: index, &builder, &findings)
      }
      skipSpaces()
      guard bytes[offset] != closing else { break }
      guard bytes[offset] == UInt8(ascii: ",") else { throw GivenUp() }
      offset += 1
      skipSpaces()
      guard bytes[offset] != closing else { throw GivenUp() }
    }
    try builder.end(passOne(), reporting: &findings)
  }

  /// The place of the next character, which is passed.
  private mutating func passOne() -> TextStretch {
    let start = point
    offset += 1
    return TextStretch(start: start, end: point)
  }

  private mutating func skipSpaces() {
    while bytes[offset] == .space { offset += 1 }
  }

  /// Where a text without quotes ends that begins here.
  private func endOfText() throws -> Int {
    var index = offset
    while true {
      index = endOfPlain(from: index)
      switch bytes[index] {
      case .lineFeed: return behindLastLetter(before: index)
      case .hash where bytes[index - 1] == .space: return behindLastLetter(before: index)
      case .colon where bytes[index + 1] == .space || bytes[index + 1] == .lineFeed:
        throw GivenUp()
      case 0..<0x20: throw GivenUp()
      default: index += 1
      }
    }
  }

  /// Passes, eight at a time, what is no control character, colon or hash.
  private func endOfPlain(from start: Int) -> Int {
    bytes.withUnsafeBytes { bytes in
      bytes.passed(from: start) { $0.controls | $0.equal(to: .colon) | $0.equal(to: .hash) }
    }
  }

  /// Where a text ends behind which there are blanks only.
  private func behindLastLetter(before end: Int) -> Int {
    var end = end
    while bytes[end - 1] == .space { end -= 1 }
    return end
  }

  /// Adds a scalar that begins here, and goes to its end.
  private mutating func add(
    _ text: Range<Int>, _ reading: YAMLScalar.Reading, endingAt end: Int,
    _ builder: inout DocumentBuilder, _ findings: inout DiagnosticList
  ) throws {
    let start = point
    if !isASCII { continuations += bytes[text].count { $0.isContinuation } }
    offset = end
    // Nothing but blanks and comments stands between what is read, and all of it on one line.
    try builder.add(
      text, reading, known: TextStretch(start: start, end: point), reporting: &findings)
  }

  private func text(in stretch: Range<Int>) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      String(decoding: UnsafeBufferPointer(rebasing: bytes[stretch]), as: UTF8.self)
    }
  }

  /// Where reading is.
  private var point: TextPoint {
    TextPoint(
      line: line, column: Int32(offset - lineStart - continuations), offset: Int32(offset))
  }
}

extension UInt8 {
  fileprivate static let space = UInt8(ascii: " ")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
  fileprivate static let hash = UInt8(ascii: "#")
  fileprivate static let colon = UInt8(ascii: ":")
  fileprivate static let dash = UInt8(ascii: "-")

  fileprivate var mayBeginKey: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"),
      UInt8(ascii: "/"):
      true
    default: false
    }
  }

  fileprivate var mayBeInKey: Bool {
    mayBeginKey || self == .dash || self == UInt8(ascii: ".")
  }

  /// True for what begins a text and nothing else.
  fileprivate var mayBeginText: Bool {
    mayBeginKey || self >= 0x80 || self == UInt8(ascii: ".") || self == UInt8(ascii: "+")
      || self == UInt8(ascii: "(") || self == UInt8(ascii: "~")
  }
}
