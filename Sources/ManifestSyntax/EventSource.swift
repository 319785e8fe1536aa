internal import CLibYAML

/// libyaml's events, one by one, as values of our own. The only file that calls libyaml's parser.
struct EventSource: ~Copyable {
  /// What the parser met.
  enum Event {
    case streamStart
    case streamEnd
    case documentStart(Directives)
    case documentEnd(isExplicit: Bool)
    case scalar(text: String, tag: String?, anchor: String?, isPlain: Bool, isFlowable: Bool)
    case sequenceStart(tag: String?, anchor: String?, isFlow: Bool)
    case mappingStart(tag: String?, anchor: String?, isFlow: Bool)
    case collectionEnd
    case alias(String)
  }

  /// What stood before a document.
  struct Directives {
    var version: (major: Int32, minor: Int32)?
    var hasTags: Bool
    var isExplicit: Bool
  }

  /// An event with its place.
  struct Located {
    let event: Event
    let start: TextPoint
    let end: TextPoint
    /// How many characters of the text the parser has consumed for it.
    let endIndex: Int
  }

  /// The text is not YAML.
  struct Failure: Error {
    let problem: String
    let context: String?
    let point: TextPoint
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The parser reads from here without copying.
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) {
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event.
  mutating func next() throws(Failure) -> Located {
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else {
      throw Failure(
        problem: parser.pointee.problem.map { String(cString: $0) } ?? "it can't be read",
        context: parser.pointee.context.map { String(cString: $0) },
        point: TextPoint(parser.pointee.problem_mark))
    }
    defer { yaml_event_delete(&raw) }
    return Located(
      event: Self.event(raw), start: TextPoint(raw.start_mark), end: TextPoint(raw.end_mark),
      endIndex: raw.end_mark.index)
  }

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
        text: text(scalar.value, scalar.length), tag: text(scalar.tag),
        anchor: text(scalar.anchor), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
        isFlowable: scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE
          || scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
    case YAML_SEQUENCE_START_EVENT:
      let start = raw.data.sequence_start
      return .sequenceStart(
        tag: text(start.tag), anchor: text(start.anchor),
        isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_START_EVENT:
      let start = raw.data.mapping_start
      return .mappingStart(
        tag: text(start.tag), anchor: text(start.anchor),
        isFlow: start.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
    case YAML_ALIAS_EVENT: return .alias(text(raw.data.alias.anchor) ?? "")
    case YAML_STREAM_END_EVENT: return .streamEnd
    default: return .streamStart
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?, _ length: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : length), as: UTF8.self)
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}

extension TextPoint {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int32(clamping: mark.line), column: Int32(clamping: mark.column))
  }
}
