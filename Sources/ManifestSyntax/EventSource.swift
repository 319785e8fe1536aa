internal import CLibYAML

/// libyaml's events, one by one, as values of our own.
///
/// The only file that calls libyaml's parser.
struct EventSource: ~Copyable {
  /// What the parser met.
  enum Event {
    case streamStart
    case streamEnd
    case documentStart(Directives)
    case documentEnd(isExplicit: Bool)
    case scalar(Scalar)
    case collectionStart(Opening)
    case collectionEnd
    case alias(String)
  }

  /// What stood before a document.
  struct Directives {
    var version: (major: Int32, minor: Int32)?
    var hasTags: Bool
    var isExplicit: Bool
  }

  /// A scalar and how it was written.
  struct Scalar: Equatable {
    enum Style {
      case plain, quoted, block
    }

    let text: String
    let tag: String?
    let anchor: String?
    let style: Style
  }

  /// The start of a collection.
  struct Opening: Equatable {
    let isMapping: Bool
    let isFlow: Bool
    let tag: String?
    let anchor: String?
  }

  /// An event with its place.
  struct Located {
    let event: Event
    let place: TextStretch

    var start: TextPoint { place.start }
    var end: TextPoint { place.end }
  }

  /// The text is not YAML.
  struct Failure: Error {
    let problem: String
    let context: String
    let point: TextPoint
    /// Where that began which failed.
    let contextPoint: TextPoint?
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The parser reads from here without copying; nil until it is asked for something, since most files
  /// never need it.
  private var input: UnsafeMutableBufferPointer<UInt8>?
  private let text: CheckedText
  /// Where the parser began: it counts lines and characters from there.
  private var base: TextPoint
  private var isReady = false
  // libyaml counts characters, we count bytes. Its marks come nearly in order, so a cursor that
  // walks from the last one answers cheaply.
  private var cursorIndex = 0
  private var cursorOffset = 0
  /// The end of a text whose last line has no break, once it was asked for.
  private var endPoint: TextPoint?

  init(_ text: CheckedText) {
    self.text = text
    base = text.start
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
  }

  deinit {
    if let input {
      yaml_parser_delete(parser)
      input.deallocate()
    }
    parser.deallocate()
  }

  /// Begins again at a later point.
  mutating func restart(at point: TextPoint) {
    base = point
    guard let input else { return }
    yaml_parser_delete(parser)
    start(input)
  }

  /// Begins to read at the base.
  private mutating func start(_ input: UnsafeMutableBufferPointer<UInt8>) {
    cursorIndex = 0
    cursorOffset = Int(base.offset)
    isReady = yaml_parser_initialize(parser) == 1
    guard isReady else { return }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    let rest = UnsafeMutableBufferPointer(rebasing: input[Int(base.offset)...])
    yaml_parser_set_input_string(parser, rest.baseAddress, rest.count)
  }

  /// The text as the parser reads it.
  private func copyOfText() -> UnsafeMutableBufferPointer<UInt8> {
    let bytes = text.bytes
    let lastOther = bytes.lastIndex { !$0.isBlank }
    // libyaml misreads blanks at the very end of a block scalar unless a line break follows.
    let needsBreak = bytes.last?.isBlank == true && lastOther.map { bytes[$0].isBreak } == true
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(
      capacity: bytes.count + (needsBreak ? 1 : 0))
    _ = copy.initialize(from: bytes)
    if needsBreak { copy.initializeElement(at: bytes.count, to: UInt8(ascii: "\n")) }
    return copy
  }

  /// The next event.
  mutating func next() throws(Failure) -> Located {
    if input == nil {
      let copy = copyOfText()
      input = copy
      start(copy)
    }
    guard isReady else {
      throw Failure(
        problem: "there is no memory to read it", context: "", point: base, contextPoint: nil)
    }
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
    defer { yaml_event_delete(&raw) }
    return Located(
      event: Self.event(raw),
      place: TextStretch(start: point(raw.start_mark), end: point(raw.end_mark)))
  }

  private mutating func failure() -> Failure {
    let state = parser.pointee
    return Failure(
      problem: state.problem.map { String(cString: $0) } ?? "it can't be read",
      context: state.context.map { String(cString: $0) } ?? "",
      point: point(state.problem_mark),
      contextPoint: state.context == nil ? nil : point(state.context_mark))
  }

  // MARK: Places

  private mutating func point(_ mark: yaml_mark_t) -> TextPoint {
    let offset = offset(ofCharacter: mark.index)
    let line = base.line + Int32(clamping: mark.line)
    // Where the last line has no break, libyaml says that the end is on a line of its own.
    if mark.column == 0, offset == text.bytes.count, line > base.line,
      text.bytes.last?.isBreak == false
    {
      return lastPoint(line: line - 1)
    }
    return TextPoint(line: line, column: Int32(clamping: mark.column), offset: Int32(offset))
  }

  private mutating func offset(ofCharacter index: Int) -> Int {
    let bytes = text.bytes
    if text.isASCII { return min(Int(base.offset) + index, bytes.count) }
    while cursorIndex < index, cursorOffset < bytes.count {
      cursorOffset += 1
      while cursorOffset < bytes.count, bytes[cursorOffset].isContinuation { cursorOffset += 1 }
      cursorIndex += 1
    }
    while cursorIndex > index, cursorOffset > Int(base.offset) {
      cursorOffset -= 1
      while cursorOffset > Int(base.offset), bytes[cursorOffset].isContinuation {
        cursorOffset -= 1
      }
      cursorIndex -= 1
    }
    return cursorOffset
  }

  private mutating func lastPoint(line: Int32) -> TextPoint {
    if let endPoint { return endPoint }
    let bytes = text.bytes
    let lineStart = bytes.lastIndex(where: \.isBreak).map { $0 + 1 } ?? Int(text.start.offset)
    let column = bytes[lineStart...].count { !$0.isContinuation }
    let point = TextPoint(line: line, column: Int32(column), offset: Int32(bytes.count))
    endPoint = point
    return point
  }

  // MARK: Events

  private static func event(_ raw: yaml_event_t) -> Event {
    switch raw.type {
    case YAML_DOCUMENT_START_EVENT:
      let start = raw.data.document_start
      return .documentStart(
        Directives(
          version: start.version_directive.map { ($0.pointee.major, $0.pointee.minor) },
          hasTags: start.tag_directives.start != start.tag_directives.end,
          isExplicit: start.implicit == 0))
    case YAML_DOCUMENT_END_EVENT:
      return .documentEnd(isExplicit: raw.data.document_end.implicit == 0)
    case YAML_SCALAR_EVENT:
      let scalar = raw.data.scalar
      return .scalar(
        Scalar(
          text: text(scalar.value, scalar.length), tag: text(scalar.tag),
          anchor: text(scalar.anchor), style: style(scalar.style)))
    case YAML_SEQUENCE_START_EVENT:
      let start = raw.data.sequence_start
      return .collectionStart(
        Opening(
          isMapping: false, isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE,
          tag: text(start.tag), anchor: text(start.anchor)))
    case YAML_MAPPING_START_EVENT:
      let start = raw.data.mapping_start
      return .collectionStart(
        Opening(
          isMapping: true, isFlow: start.style == YAML_FLOW_MAPPING_STYLE,
          tag: text(start.tag), anchor: text(start.anchor)))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
    case YAML_ALIAS_EVENT: return .alias(text(raw.data.alias.anchor) ?? "")
    case YAML_STREAM_END_EVENT: return .streamEnd
    default: return .streamStart
    }
  }

  private static func style(_ style: yaml_scalar_style_t) -> Scalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
    default: .plain
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?, _ length: Int) -> String {
    String(
      decoding: UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : length),
      as: UTF8.self)
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
