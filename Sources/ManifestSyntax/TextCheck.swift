package import Diagnostics

/// What was learnt of a text before it is parsed.
struct CheckedText {
  /// The whole file.
  let bytes: [UInt8]
  /// Where the text begins: behind a byte order mark.
  let start: TextPoint
  let isASCII: Bool
  /// Where documents may begin besides the start: lines with `---`, and those after `...`.
  ///
  /// Both end a document wherever they stand, even inside quotes.
  let boundaries: [TextPoint]
  /// Where it ends.
  let end: TextPoint
  /// False if directives, marks of order or of ends, or an unfinished last line stand in it.
  let mayBeInCommonForm: Bool
}

/// Looks at every byte once: the text must be UTF-8 without characters that YAML does not allow,
/// and must not ask too much of the library below.
///
/// Nil if it does not pass.
func checkText(
  _ bytes: [UInt8], file: String, limits: YAMLLimits, reporting findings: inout DiagnosticList
) -> CheckedText? {
  // Offsets are kept in 32 bits.
  let largest = min(limits.fileSize, Int(Int32.max) - 2)
  guard bytes.count <= largest else {
    findings.append(.fileTooLarge(file, bytes.count, largest))
    return nil
  }
  guard !looksLikeUTF16(bytes) else {
    findings.append(.notUTF8(file, "this looks like UTF-16", at: .start))
    return nil
  }
  let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  var scan = TextScan(bytes: bytes, start: start)
  if let fault = scan.run() {
    let position = scan.position(of: fault.index)
    findings.append(
      fault.isEncoding
        ? .notUTF8(file, fault.what, at: position) : .forbidden(file, fault.what, at: position))
    return nil
  }
  guard scan.directives <= limits.directives else {
    findings.append(.tooManyDirectives(file, limits.directives))
    return nil
  }
  let text = scan.text
  if let large = text.document(largerThan: limits.documentSize) {
    findings.append(
      .documentTooLarge(limits.documentSize, SourceLocation(file: file, from: large, to: large)))
    return nil
  }
  return text
}

/// True for the marks of UTF-16, and for text in it without a mark.
private func looksLikeUTF16(_ bytes: [UInt8]) -> Bool {
  guard bytes.count >= 2 else { return false }
  return switch (bytes[0], bytes[1]) {
  case (0xFF, 0xFE), (0xFE, 0xFF), (0, 1...0x7F), (1...0x7F, 0): true
  default: false
  }
}

extension CheckedText {
  /// The start of the first document that has more bytes than `limit`.
  fileprivate func document(largerThan limit: Int) -> TextPoint? {
    var start = self.start
    for boundary in boundaries {
      if Int(boundary.offset - start.offset) > limit { return start }
      start = boundary
    }
    return bytes.count - Int(start.offset) > limit ? start : nil
  }
}

extension CheckedText {
  /// True for the start of a line with `---`.
  func isMarker(at point: TextPoint) -> Bool {
    point.column == 0 && bytes.isMarker(UInt8(ascii: "-"), at: Int(point.offset))
  }

  /// True for blank lines, comments and ends of documents, `...`.
  func hasNoContent(in stretch: Range<Int>) -> Bool {
    var offset = stretch.lowerBound
    while offset < stretch.upperBound {
      if bytes.isMarker(UInt8(ascii: "."), at: offset) { offset += 3 }
      while offset < stretch.upperBound, bytes[offset] == 0x20 { offset += 1 }
      guard offset < stretch.upperBound else { return true }
      guard bytes[offset].isBreak || bytes[offset] == UInt8(ascii: "#") else { return false }
      while offset < stretch.upperBound, !bytes[offset].isBreak { offset += 1 }
      offset = bytes.afterBreak(at: offset)
    }
    return true
  }
}

/// One walk over a text.
private struct TextScan {
  struct Fault {
    let index: Int
    let what: String
    let isEncoding: Bool
  }

  let bytes: [UInt8]
  private let start: Int
  private var lineStart: Int
  private var line: Int32 = 0
  private var isASCII = true
  private var boundaries: [TextPoint] = []
  private var hasEndMarkers = false
  var directives = 0

  init(bytes: [UInt8], start: Int) {
    self.bytes = bytes
    self.start = start
    lineStart = start
    if start < bytes.count, bytes[start] == UInt8(ascii: "%") { directives = 1 }
  }

  /// What was learnt, once `run` found no fault.
  var text: CheckedText {
    CheckedText(
      bytes: bytes, start: TextPoint(line: 0, column: 0, offset: Int32(start)), isASCII: isASCII,
      boundaries: boundaries,
      end: TextPoint(
        line: line, column: Int32(bytes.count - lineStart), offset: Int32(bytes.count)),
      mayBeInCommonForm: start == 0 && directives == 0 && !hasEndMarkers
        && bytes.last == UInt8(ascii: "\n"))
  }

  mutating func run() -> Fault? {
    var index = start
    let count = bytes.count
    while index < count {
      index = endOfLetters(from: index)
      guard index < count else { break }
      let byte = bytes[index]
      if byte >= 0x20 && byte < 0x7F || byte == 0x09 {
        index += 1
      } else if byte.isBreak {
        index = bytes.afterBreak(at: index)
        beginLine(at: index)
      } else if byte < 0x80 {
        return Fault(index: index, what: character(byte), isEncoding: false)
      } else if let fault = multibyte(at: &index) {
        return fault
      }
    }
    return nil
  }

  /// Passes printable ASCII in steps of eight bytes, and stops at or before the first other byte.
  private func endOfLetters(from start: Int) -> Int {
    bytes.withUnsafeBytes { $0.passed(from: start, until: \.unprintable) }
  }

  private func character(_ byte: UInt8) -> String {
    byte == 0
      ? "a NUL character" : "the control character \(String(Unicode.Scalar(byte)).visible)"
  }

  private mutating func beginLine(at index: Int) {
    let endsDocument = bytes.isMarker(UInt8(ascii: "."), at: lineStart)
    if endsDocument { hasEndMarkers = true }
    lineStart = index
    line += 1
    guard index < bytes.count else { return }
    let first = bytes[index]
    if first == UInt8(ascii: "%") { directives += 1 }
    if endsDocument || (first == UInt8(ascii: "-") && bytes.isMarker(first, at: index)) {
      boundaries.append(TextPoint(line: line, column: 0, offset: Int32(index)))
    }
  }

  private mutating func multibyte(at index: inout Int) -> Fault? {
    let lead = bytes[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    let invalid = Fault(index: index, what: "here is a byte that is not", isEncoding: true)
    guard lead >= 0xC2, lead <= 0xF4, index + length <= bytes.count else { return invalid }
    var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length {
      let byte = bytes[index + offset]
      guard byte & 0xC0 == 0x80 else { return invalid }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    let least: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
    guard value >= least, let scalar = Unicode.Scalar(value) else { return invalid }
    switch value {
    case 0x80...0x84, 0x86...0x9F, 0xFFFE, 0xFFFF:
      return Fault(
        index: index, what: "the control character \(String(scalar).visible)", isEncoding: false)
    case 0xFEFF:
      return Fault(
        index: index, what: "a byte order mark that is not at the start", isEncoding: false)
    case 0x85, 0x2028, 0x2029:
      return Fault(
        index: index,
        what: "the line separator \(String(scalar).visible), which some programs take for text",
        isEncoding: false)
    default:
      isASCII = false
      index += length
    }
    return nil
  }

  /// The position of a byte in the last line.
  func position(of index: Int) -> SourcePosition {
    SourcePosition(
      line: Int(line) + 1, column: bytes[lineStart..<index].count { !$0.isContinuation } + 1,
      offset: index)
  }
}

extension Rule {
  /// A file is too large to read.
  package static let fileTooLarge = Rule("file-too-large")
  /// A manifest is text in UTF-8.
  package static let notUTF8 = Rule("not-utf-8")
  /// A character that YAML does not allow.
  package static let forbiddenCharacter = Rule("forbidden-character")
}

extension Diagnostic {
  fileprivate static func fileTooLarge(_ file: String, _ size: Int, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, .fileTooLarge, "File is too large",
      detail: "\(file) has \(size) bytes; a manifest has at most \(limit). Split it.",
      at: SourceLocation(startOf: file))
  }

  fileprivate static func notUTF8(
    _ file: String, _ what: String, at position: SourcePosition
  ) -> Diagnostic {
    Diagnostic(
      .error, .notUTF8, "File is not UTF-8 text",
      detail: "Manifests are text in UTF-8, and \(what). Save the file as UTF-8.",
      at: SourceLocation(file: file, start: position, end: position))
  }

  fileprivate static func forbidden(
    _ file: String, _ what: String, at position: SourcePosition
  ) -> Diagnostic {
    Diagnostic(
      .error, .forbiddenCharacter, "Character is not allowed in YAML",
      detail: """
        Here is \(what). Remove it; in double quotes it can be written as an escape such as "\\x1b".
        """,
      at: SourceLocation(file: file, start: position, end: position))
  }

  fileprivate static func tooManyDirectives(_ file: String, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, .unsupportedDirective, "Too many directives",
      detail: """
        More than \(limit) lines begin with '%'. Manifests need no directives; remove them.
        """,
      at: SourceLocation(startOf: file))
  }
}
